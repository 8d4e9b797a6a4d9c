// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads the frames of a snapshot file and checks each. One thread. */
final class SnapshotReader implements AutoCloseable {
  private final DataInputStream in;
  private final MessageDigest digest = Digests.sha256();
  private long frames;

  /** One frame. */
  record Read(Frame kind, byte[] payload) {}

  /**
   * Takes over {@code file}, which is closed with this.
   *
   * @throws DecodeException when it does not begin as a snapshot does
   */
  SnapshotReader(InputStream file) throws IOException, DecodeException {
    byte[] magic = file.readNBytes(Frame.MAGIC.length);
    if (!Arrays.equals(magic, Frame.MAGIC)) {
      throw new DecodeException("it is not a snapshot, or one of another version");
    }
    this.in = new DataInputStream(new ZstdInputStream(file));
  }

  /** The next frame; after {@link Frame#END} nothing may follow. */
  Read next() throws IOException, DecodeException {
    try {
      int number = in.readUnsignedByte();
      Frame kind = Frame.of(number);
      int length = in.readInt();
      if (kind == null || length < 0 || length > Frame.LIMIT_BYTES) {
        throw new DecodeException("it is damaged at frame " + frames);
      }
      byte[] payload = in.readNBytes(length);
      CRC32C crc = new CRC32C();
      crc.update(number);
      crc.update(payload, 0, payload.length);
      if (payload.length != length || in.readInt() != (int) crc.getValue()) {
        throw new DecodeException("it is damaged at frame " + frames);
      }
      Read read = new Read(kind, payload);
      if (read.kind == Frame.END) {
        checkEnd(payload);
      }
      digest.update((byte) number);
      digest.update(payload);
      frames++;
      return read;
    } catch (EOFException e) {
      throw new DecodeException("it ends in the middle, after " + frames + " frames", e);
    } catch (ZstdIOException e) {
      throw new DecodeException(
          "it is damaged after frame %d: %s".formatted(frames, e.getMessage()), e);
    }
  }

  private void checkEnd(byte[] payload) throws IOException, DecodeException {
    RlpReader end = RlpReader.over(payload).list();
    long count = end.integer();
    byte[] sum = end.bytes();
    end.end();
    if (count != frames || !Arrays.equals(sum, digest.digest())) {
      throw new DecodeException("frames are missing or changed");
    }
    if (in.read() != -1) {
      throw new DecodeException("something follows its end");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
