// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.local;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.storage.kv.StorageException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal from its beginning up to the first record that is not whole. A record is the
 * length of what follows its checksum, the checksum (CRC-32C), the rollup, the transaction. One
 * thread.
 */
final class EntryReader implements AutoCloseable {
  static final byte[] MAGIC = "LSLOCAL1".getBytes(StandardCharsets.US_ASCII);

  /** Length and checksum. */
  static final int HEAD_BYTES = 8;

  /** Far above what a pool takes. */
  private static final int MAX_TRANSACTION_BYTES = 1 << 20;

  private final InputStream in;
  private long wholeBytes;

  /**
   * Opens a file.
   *
   * @throws StorageException when it is something else than a journal
   */
  EntryReader(Path file) throws IOException {
    in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    byte[] start = in.readNBytes(MAGIC.length);
    if (!isBeginning(start)) {
      in.close();
      throw new StorageException(file + " is not a journal of transactions: move it away");
    }
    wholeBytes = start.length < MAGIC.length ? 0 : MAGIC.length;
  }

  /** A journal whose first write was cut off is the beginning of one. */
  private static boolean isBeginning(byte[] start) {
    for (int i = 0; i < start.length; i++) {
      if (start[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** The next whole record, or null at the end or before what is torn. */
  @Nullable Entry next() throws IOException {
    byte[] head = in.readNBytes(HEAD_BYTES);
    if (wholeBytes == 0 || head.length < HEAD_BYTES) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(head);
    int length = fields.getInt();
    int checksum = fields.getInt();
    if (length <= Long.BYTES || length > Long.BYTES + MAX_TRANSACTION_BYTES) {
      return null;
    }
    byte[] content = in.readNBytes(length);
    if (content.length < length || checksum != checksum(content)) {
      return null;
    }
    wholeBytes += HEAD_BYTES + length;
    Bytes raw = Bytes.wrap(content).slice(Long.BYTES, length);
    return new Entry(ByteBuffer.wrap(content).getLong(), raw);
  }

  /** Bytes from the file's beginning to the end of the last whole record. */
  long wholeBytes() {
    return wholeBytes;
  }

  static byte[] encode(Entry entry) {
    int length = Long.BYTES + entry.raw().size();
    byte[] content =
        ByteBuffer.allocate(length)
            .putLong(entry.rollupId())
            .put(entry.raw().unsafeArray())
            .array();
    return ByteBuffer.allocate(HEAD_BYTES + length)
        .putInt(length)
        .putInt(checksum(content))
        .put(content)
        .array();
  }

  private static int checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
