// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.node.snapshot.Snapshot;
import io.lockstep.node.snapshot.SnapshotExport;
import io.lockstep.node.snapshot.SnapshotImport;
import io.lockstep.node.snapshot.SnapshotRefused;
import io.lockstep.node.wire.StartFailure;
import io.lockstep.storage.kv.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** {@code lockstep snapshot …}. */
final class SnapshotCommand {
  @FunctionalInterface
  private interface Work {
    Snapshot run() throws IOException, StartFailure, SnapshotRefused;
  }

  private SnapshotCommand() {}

  static ExitCode export(Invocation.ExportSnapshot asked) {
    return run(
        "wrote " + asked.out(),
        () -> SnapshotExport.write(asked.dataDir(), asked.cluster(), asked.at(), asked.out()));
  }

  static ExitCode importFrom(Invocation.ImportSnapshot asked) {
    return run(
        "imported " + asked.file(),
        () -> SnapshotImport.read(asked.dataDir(), asked.cluster(), asked.file()));
  }

  private static ExitCode run(String done, Work work) {
    try {
      Snapshot snapshot = work.run();
      System.out.println(
          "%s: height %d, %d accounts, derived up to L1 block %d"
              .formatted(done, snapshot.height(), snapshot.accounts(), snapshot.l1Number()));
      snapshot.blockHashes().forEach(hash -> System.out.println("block " + hash.toHex()));
      return ExitCode.DONE;
    } catch (SnapshotRefused e) {
      return fail(ExitCode.NO, String.valueOf(e.getMessage()));
    } catch (StartFailure e) {
      return fail(ExitCode.USAGE, e.text());
    } catch (FileAlreadyExistsException e) {
      return fail(ExitCode.USAGE, e.getMessage() + " exists already");
    } catch (NoSuchFileException e) {
      return fail(ExitCode.USAGE, e.getMessage() + " does not exist");
    } catch (IOException | StorageException e) {
      return fail(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private static ExitCode fail(ExitCode code, String why) {
    System.err.println("lockstep: " + why);
    return code;
  }
}
