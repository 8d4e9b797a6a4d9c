// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a signing database is used: when it is found elsewhere it was moved or copied, and a copy's
 * original may still be signing.
 *
 * @param machineId of the operating system's installation; empty where there is none
 * @param directory its real path
 * @param fileKey the directory's inode; empty where there is none
 * @param bootId of the running kernel; empty where it is not known
 * @param losesNothingWithPower whether what was released is on the disk ({@code durability=fsync})
 */
record Lease(
    String host,
    String machineId,
    String directory,
    String fileKey,
    String bootId,
    boolean losesNothingWithPower) {

  static Lease here(Path dir, boolean losesNothingWithPower) throws IOException {
    return new Lease(
        hostName(),
        firstLine(Path.of("/etc/machine-id")),
        dir.toRealPath().toString(),
        inode(dir),
        firstLine(Path.of("/proc/sys/kernel/random/boot_id")),
        losesNothingWithPower);
  }

  /** Whether {@code now} is this place still. */
  boolean isSamePlace(Lease now) {
    return host.equals(now.host)
        && machineId.equals(now.machineId)
        && directory.equals(now.directory)
        && fileKey.equals(now.fileKey);
  }

  /**
   * Whether everything that was released under this lease is in the database found under {@code
   * now}: it is when only the process can have died since.
   */
  boolean hasLostNothing(Lease now) {
    return losesNothingWithPower || isSameBoot(now);
  }

  /** Whether the machine is known to have run on since. */
  boolean isSameBoot(Lease now) {
    return !bootId.isEmpty() && bootId.equals(now.bootId);
  }

  private static String hostName() {
    String line = firstLine(Path.of("/proc/sys/kernel/hostname"));
    if (!line.isEmpty()) {
      return line;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  private static String inode(Path dir) throws IOException {
    // Not the file key: it holds the device's number too, which another boot may change.
    return dir.getFileSystem().supportedFileAttributeViews().contains("unix")
        ? String.valueOf(Files.getAttribute(dir, "unix:ino"))
        : "";
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      // Not a system that has it: the other fields must do.
      return "";
    }
  }
}
