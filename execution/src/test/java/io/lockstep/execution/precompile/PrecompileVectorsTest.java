// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fixture.Vectors;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.types.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Inputs and outputs of single precompiles, as the EIPs give them. */
class PrecompileVectorsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Which address a file is about, by its name's ending. */
  private static final Map<String, Integer> ADDRESSES =
      Map.of(
          "add_G1", 0x0b,
          "mul_G1", 0x0c,
          "msm_G1", 0x0c,
          "add_G2", 0x0d,
          "mul_G2", 0x0e,
          "msm_G2", 0x0e,
          "pairing_check", 0x0f,
          "map_fp_to_G1", 0x10,
          "map_fp2_to_G2", 0x11);

  @Test
  void agreesWithTheVectorsOfEip2537() throws IOException {
    int checked = 0;
    for (Path file : Vectors.files(Vectors.folder("precompiles/eip-2537"))) {
      String name = file.getFileName().toString().replace("fail-", "").replace("_bls.jsonl.gz", "");
      Integer address = ADDRESSES.get(name);
      assertThat(address).as(name).isNotNull();
      checked += check(file, address);
    }
    assertThat(checked).isGreaterThan(100);
  }

  @Test
  void agreesWithTheVectorsOfEip7951() throws IOException {
    int checked = 0;
    for (Path file : Vectors.files(Vectors.folder("precompiles/eip-7951"))) {
      checked += check(file, 0x100);
    }
    assertThat(checked).isGreaterThan(100);
  }

  private static int check(Path file, int address) throws IOException {
    Precompile precompile = Precompiles.of(Fork.OSAKA).at(0, 0, address);
    assertThat(precompile).isNotNull();
    int count = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode c = JSON.readTree(line);
        byte[] input = Bytes.fromHex(c.path("Input").asString()).toArray();
        // The input stands somewhere inside a bigger array, as it does in memory.
        byte[] shifted = new byte[input.length + 14];
        System.arraycopy(input, 0, shifted, 7, input.length);
        byte[] output = precompile.run(shifted, 7, input.length);
        String name = file.getFileName() + " " + c.path("Name").asString();
        if (c.hasNonNull("ExpectedError")) {
          assertThat(output).as(name).isNull();
        } else {
          assertThat(output)
              .as(name)
              .isEqualTo(Bytes.fromHex(c.path("Expected").asString()).toArray());
          // The EIP's own files for P256VERIFY still carry the price of an earlier proposal.
          if (c.path("Gas").asLong(0) > 0 && address != 0x100) {
            assertThat(precompile.gas(shifted, 7, input.length))
                .as(name)
                .isEqualTo(c.path("Gas").asLong());
          }
        }
        count++;
      }
    }
    return count;
  }
}
