// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.l1client.http.HttpStream;
import io.lockstep.primitives.codec.DecodeException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads a beacon state of hundreds of megabytes as it arrives. A node that does not say how long it
 * is has it put into a file first, since SSZ cannot be read without. Any thread.
 */
public final class StateStream {
  private static final long MAX_STATE_BYTES = 4L << 30;
  private static final long LONGEST_MS = 600_000;
  private static final int BUFFER_BYTES = 1 << 16;

  private StateStream() {}

  /** Takes a state's SSZ bytes. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * @param ssz buffered
     * @param lengthBytes of the whole state
     * @throws DecodeException when it is not the state that was asked for
     */
    T read(InputStream ssz, long lengthBytes) throws IOException, DecodeException;
  }

  static <T> T read(HttpStream answer, Reader<T> reader) throws IOException, DecodeException {
    CompletableFuture<Void> inTime = new CompletableFuture<>();
    // A node that stalls in the middle must not hold the reader for ever.
    CompletableFuture<Void> watch =
        inTime
            .orTimeout(LONGEST_MS, TimeUnit.MILLISECONDS)
            .whenComplete((done, late) -> {
              if (late != null) {
                close(answer);
              }
            });
    try {
      return answer.lengthBytes() < 0
          ? throughFile(answer, reader)
          : reader.read(
              new BufferedInputStream(answer.body(), BUFFER_BYTES), bounded(answer.lengthBytes()));
    } finally {
      inTime.complete(null);
      watch.cancel(false);
    }
  }

  private static <T> T throughFile(HttpStream answer, Reader<T> reader)
      throws IOException, DecodeException {
    Path file = Files.createTempFile("lockstep-beacon-state", ".ssz");
    try {
      byte[] buffer = new byte[BUFFER_BYTES];
      long total = 0;
      try (OutputStream out = Files.newOutputStream(file)) {
        for (int read = answer.body().read(buffer); read >= 0; read = answer.body().read(buffer)) {
          total = bounded(total + read);
          out.write(buffer, 0, read);
        }
      }
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
        return reader.read(in, total);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static long bounded(long lengthBytes) throws DecodeException {
    if (lengthBytes > MAX_STATE_BYTES) {
      throw new DecodeException(
          "a beacon state of " + lengthBytes + " bytes, limit " + MAX_STATE_BYTES);
    }
    return lengthBytes;
  }

  private static void close(HttpStream answer) {
    try {
      answer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
