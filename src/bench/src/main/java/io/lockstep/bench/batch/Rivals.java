// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Deflater;

/** What others compress the same bytes to. */
final class Rivals {
  private static final String BROTLI =
      "const z = require('zlib'), c = z.constants, b = require('fs').readFileSync(0);"
          + "process.stdout.write(String(z.brotliCompressSync(b, {params: {"
          + "[c.BROTLI_PARAM_QUALITY]: 10, [c.BROTLI_PARAM_LGWIN]: 22,"
          + "[c.BROTLI_PARAM_SIZE_HINT]: b.length}}).length))";

  private Rivals() {}

  /** Bytes that zlib makes of it at level 9. */
  static int zlib9(byte[] input) {
    try (Deflater deflater = new Deflater(9)) {
      deflater.setInput(input);
      deflater.finish();
      byte[] out = new byte[input.length + 1_024];
      return deflater.deflate(out);
    }
  }

  /** Bytes that brotli makes of it at quality 10, asked of node; empty where that is missing. */
  static OptionalInt brotli10(byte[] input) throws InterruptedException {
    Process node;
    try {
      node = new ProcessBuilder("node", "-e", BROTLI).redirectError(Redirect.DISCARD).start();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<byte[]> answer = executor.submit(() -> node.getInputStream().readAllBytes());
      try (OutputStream in = node.getOutputStream()) {
        in.write(input);
      }
      String text = new String(answer.get(), StandardCharsets.US_ASCII);
      return node.waitFor() == 0 ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    } catch (IOException | ExecutionException e) {
      return OptionalInt.empty();
    } finally {
      node.destroy();
    }
  }
}
