// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import io.lockstep.primitives.types.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The compiled contracts on the class path. Any thread. */
final class Artefacts {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Artefacts() {}

  /** What creates {@code contract}, with its constructor's arguments. */
  static Bytes creation(String contract, Bytes arguments) {
    String name = "/io/lockstep/contracts/" + contract + ".json";
    @Nullable InputStream found = Artefacts.class.getResourceAsStream(name);
    if (found == null) {
      throw new IllegalStateException(name + " is missing from the class path");
    }
    try (InputStream in = found) {
      byte[] code = Bytes.fromHex(MAPPER.readTree(in).path("bytecode").asString()).unsafeArray();
      byte[] all = new byte[code.length + arguments.size()];
      System.arraycopy(code, 0, all, 0, code.length);
      System.arraycopy(arguments.unsafeArray(), 0, all, code.length, arguments.size());
      return Bytes.wrap(all);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be read", e);
    }
  }
}
