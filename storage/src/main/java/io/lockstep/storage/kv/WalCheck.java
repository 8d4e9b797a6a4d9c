// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.kv;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Tells a torn write-ahead log from a damaged one. RocksDB checks each record's checksum, but takes
 * a record that reaches beyond the end of its log for the torn one that a death leaves, and ends
 * there without a word: one flipped bit in a length would forget every commit after it. A torn
 * record has nothing behind it; where a whole record follows, or the rest is a whole record but for
 * its length, the log is damaged.
 *
 * <p>Format: RocksDB wiki, "Write Ahead Log File Format": blocks of 32 KiB; a record has a masked
 * CRC-32C of type and payload, a length of two bytes, a type, little-endian. One thread.
 */
final class WalCheck {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;
  private static final int MASK_DELTA = 0xa282ead8;

  private WalCheck() {}

  /** Checks every log of the store in {@code dir}, before RocksDB reads them. */
  static void check(Path dir) throws IOException {
    List<Path> logs;
    try (Stream<Path> files = Files.list(dir)) {
      logs = files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
    for (Path log : logs) {
      long damagedAt = damagedAt(log);
      if (damagedAt >= 0) {
        throw new StorageException(
            "store %s is damaged: byte %d of its write-ahead log %s begins a record of a wrong length"
                .formatted(dir, damagedAt, log.getFileName()));
      }
    }
  }

  /** Where a record begins that does not fit but is not torn either; -1 when there is none. */
  private static long damagedAt(Path log) throws IOException {
    try (FileChannel file = FileChannel.open(log)) {
      long size = file.size();
      for (long block = 0; block < size; block += BLOCK_BYTES) {
        ByteBuffer bytes =
            ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, size - block))
                .order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && file.read(bytes, block + bytes.position()) > 0) {}
        int bad = damagedAt(bytes.array(), bytes.position());
        if (bad >= 0) {
          return block + bad;
        }
      }
      return -1;
    }
  }

  private static int damagedAt(byte[] block, int end) {
    int at = 0;
    while (end - at >= HEADER_BYTES) {
      int next = at + HEADER_BYTES + length(block, at);
      if (next > end) {
        return isWhole(block, at, end - at - HEADER_BYTES) || hasWholeAfter(block, at, end)
            ? at
            : -1;
      }
      at = next;
    }
    return -1;
  }

  private static boolean hasWholeAfter(byte[] block, int from, int end) {
    for (int at = from + 1; end - at >= HEADER_BYTES; at++) {
      int length = length(block, at);
      if (length > 0 && at + HEADER_BYTES + length <= end && isWhole(block, at, length)) {
        return true;
      }
    }
    return false;
  }

  private static int length(byte[] block, int at) {
    return (block[at + 4] & 0xff) | (block[at + 5] & 0xff) << 8;
  }

  private static boolean isWhole(byte[] block, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(block, at + HEADER_BYTES - 1, length + 1);
    int sum = (int) crc.getValue();
    int masked = Integer.rotateRight(sum, 15) + MASK_DELTA;
    return masked == ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }
}
