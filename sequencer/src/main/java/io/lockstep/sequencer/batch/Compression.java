// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.lockstep.primitives.codec.DecodeException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * DEFLATE and Zstandard over whole arrays. Decompression writes into an array of exactly the
 * declared length, which the caller has checked against the caps, and takes nothing but one
 * complete stream or frame: what a lenient decoder would let pass, another would refuse, and all
 * nodes must derive the same. Any thread.
 */
final class Compression {
  private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
  private static final int SINGLE_SEGMENT = 0x20;
  private static final int RESERVED = 0x08;
  private static final int DICTIONARY_ID = 0x03;

  private Compression() {}

  static byte[] deflate(byte[] input) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try {
      deflater.setInput(input);
      deflater.finish();
      byte[] out = new byte[input.length / 2 + 64];
      int size = 0;
      while (!deflater.finished()) {
        if (size == out.length) {
          out = Arrays.copyOf(out, out.length * 2);
        }
        size += deflater.deflate(out, size, out.length - size);
      }
      return Arrays.copyOf(out, size);
    } finally {
      deflater.end();
    }
  }

  static byte[] inflate(byte[] body, int length) throws DecodeException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(body);
      byte[] out = new byte[length];
      int size = 0;
      while (size < length) {
        int more = inflater.inflate(out, size, length - size);
        if (more == 0) {
          throw new DecodeException("DEFLATE stream of " + size + " bytes, declared " + length);
        }
        size += more;
      }
      // The end mark may still be unread; a stream that goes on would fill this byte.
      if (!inflater.finished() && (inflater.inflate(new byte[1]) != 0 || !inflater.finished())) {
        throw new DecodeException("DEFLATE stream goes on after the declared " + length + " bytes");
      }
      if (inflater.getRemaining() != 0) {
        throw new DecodeException(inflater.getRemaining() + " bytes after the DEFLATE stream");
      }
      return out;
    } catch (DataFormatException e) {
      throw new DecodeException("not a DEFLATE stream: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  static byte[] zstd(byte[] input, int level) {
    byte[] out = new byte[Math.toIntExact(Zstd.compressBound(input.length))];
    long size = Zstd.compressByteArray(out, 0, out.length, input, 0, input.length, level);
    if (Zstd.isError(size)) {
      throw new IllegalStateException("zstd could not compress: " + Zstd.getErrorName(size));
    }
    return Arrays.copyOf(out, (int) size);
  }

  static byte[] unzstd(byte[] body, int length) throws DecodeException {
    try {
      requireOneFrame(body, length);
      byte[] out = new byte[length];
      long size = Zstd.decompressByteArray(out, 0, length, body, 0, body.length);
      // Some of the library's calls return an error's number, others throw: both are taken.
      if (Zstd.isError(size)) {
        throw new DecodeException("not a zstd frame: " + Zstd.getErrorName(size));
      }
      if (size != length) {
        throw new DecodeException("zstd frame of " + size + " bytes, declared " + length);
      }
      return out;
    } catch (ZstdException e) {
      throw new DecodeException("not a zstd frame: " + e.getMessage(), e);
    }
  }

  private static void requireOneFrame(byte[] body, int length) throws DecodeException {
    // Magic, descriptor and at least two more bytes: what the checks below read.
    if (body.length < ZSTD_MAGIC.length + 3) {
      throw new DecodeException("zstd frame of " + body.length + " bytes");
    }
    // The library may also read the formats that were before RFC 8878; others do not.
    if (!Arrays.equals(body, 0, ZSTD_MAGIC.length, ZSTD_MAGIC, 0, ZSTD_MAGIC.length)) {
      throw new DecodeException("zstd frame without its magic");
    }
    long content = Zstd.getFrameContentSize(body, 0, body.length);
    if (content != length) {
      throw new DecodeException("zstd frame says " + content + " bytes, declared " + length);
    }
    long frame = Zstd.findFrameCompressedSize(body, 0, body.length);
    if (frame != body.length) {
      throw new DecodeException("zstd frame does not end with the body of " + body.length);
    }
    int descriptor = body[ZSTD_MAGIC.length];
    if ((descriptor & (RESERVED | DICTIONARY_ID)) != 0) {
      throw new DecodeException("zstd frame with a dictionary or reserved bit");
    }
    if ((descriptor & SINGLE_SEGMENT) == 0) {
      int window = body[ZSTD_MAGIC.length + 1] & 0xff;
      long base = 1L << (10 + (window >>> 3));
      if (base + base / 8 * (window & 7) > BatchLimits.MAX_ZSTD_WINDOW_BYTES) {
        throw new DecodeException("zstd window above " + BatchLimits.MAX_ZSTD_WINDOW_BYTES);
      }
    }
  }
}
