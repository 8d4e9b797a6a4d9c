// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fixture.Vectors;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Openings against the vectors of verify_kzg_proof, and against c-kzg with bytes changed. */
class PointEvaluationTest {
  private static final long SEED = Long.getLong("lockstep.seed", 4844L);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Random random = new Random(SEED);

  @Test
  void agreesWithTheVectorsAndWithTheLibrary() throws IOException {
    Path file = Vectors.folder("kzg").resolve("verify_kzg_proof.jsonl.gz");
    int checked = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode c = JSON.readTree(line);
        byte[][] parts = parts(c.path("input"));
        if (parts[0].length != 48 || parts[1].length + parts[2].length != 64) {
          continue; // the precompile's input has one length
        }
        if (parts[3].length == 48) {
          assertThat(holds(parts))
              .as(c.path("id").asString())
              .isEqualTo(c.path("output").asBoolean(false));
          byte[] changed = parts[random.nextInt(4)];
          changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
          assertThat(holds(parts))
              .as("%s changed, seed %d", c.path("id").asString(), SEED)
              .isEqualTo(Kzg.verifyProof(parts[0], parts[1], parts[2], parts[3]));
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(20);
  }

  private static byte[][] parts(JsonNode input) {
    byte[][] out = new byte[4][];
    String[] names = {"commitment", "z", "y", "proof"};
    for (int i = 0; i < 4; i++) {
      out[i] = Bytes.fromHex(input.path(names[i]).asString("0x")).toArray();
    }
    return out;
  }

  private static boolean holds(byte[][] parts) {
    byte[] input = new byte[192];
    Kzg.versionedHash(Bytes.wrap(parts[0])).write(input, 0);
    System.arraycopy(parts[1], 0, input, 32, 32);
    System.arraycopy(parts[2], 0, input, 64, 32);
    System.arraycopy(parts[0], 0, input, 96, 48);
    System.arraycopy(parts[3], 0, input, 144, 48);
    Precompile precompile = Precompiles.of(Fork.OSAKA).at(0, 0, 10);
    assertThat(precompile).isNotNull();
    return precompile.run(input, 0, input.length) != null;
  }
}
