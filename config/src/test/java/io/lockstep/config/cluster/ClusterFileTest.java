// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.preset.Preset;
import io.lockstep.primitives.codec.DecodeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterFileTest {
  @TempDir Path folder;

  @Test
  void readsBackWhatItWrote() throws Exception {
    Path file = folder.resolve("sub/cluster.json");
    ClusterFixture.cluster().write(file);

    assertThat(ClusterFile.read(file)).isEqualTo(ClusterFixture.cluster());
    try (var files = Files.list(folder.resolve("sub"))) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void writesNumbersPlainAndNamesAsTheArchitectureSays() {
    String json = ClusterFixture.cluster().toJson().toString();

    assertThat(json)
        .contains("\"l1\":{\"chainId\":900,\"genesisValidatorsRoot\":\"0x")
        .contains("\"contracts\":{\"OperatorRegistry\":\"0x")
        .contains("\"deploymentBlock\":17")
        .contains("\"parameters\":{\"tickSeconds\":1,\"handoverLeadSeconds\":2,\"graceMs\":1000")
        .contains("\"rollups\":[{\"chainId\":901,\"genesis\":{\"config\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"chainId\":900|\"chainId\":\"900\"|l1.chainId: expected a whole number",
        "\"chainId\":900|\"chainId\":-1|l1.chainId: -1 is not within 1",
        "\"chainId\":900|\"other\":900|l1.other: unknown field",
        "\"OperatorRegistry\"|\"Registry\"|contracts.OperatorRegistry: missing",
        "\"graceMs\":1000|\"graceMs\":2000|graceMs 2000 must be below handoverLeadSeconds 2",
        "\"graceMs\":1000|\"graceM\":1000|parameters.graceM: unknown field",
        "\"chainId\":901,\"g|\"chainId\":902,\"g|rollups[0].chainId: 902, but its genesis says 901",
        "\"deploymentBlock\":17|\"deploymentBlock\":null|deploymentBlock: missing",
      })
  void namesTheFieldAtFault(String part, String replacement, String message) {
    String text = ClusterFixture.cluster().toJson().toString();
    assertThat(text).contains(part);

    assertThatThrownBy(() -> ClusterFile.parse(text.replace(part, replacement)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void answersEveryDamagedTextWithADecodeException() {
    String text = ClusterFixture.cluster().toJson().toString();
    long seed = 20_261_122;
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        int at = random.nextInt(damaged.length() + 1);
        switch (random.nextInt(3)) {
          case 0 -> damaged.delete(at, at + 1);
          case 1 -> damaged.insert(at, "{}[],:\"0e-x".charAt(random.nextInt(11)));
          default -> damaged.setLength(at);
        }
      }
      try {
        ClusterFile.parse(damaged.toString());
      } catch (DecodeException expected) {
        assertThat(expected).as("seed %d, round %d", seed, i).hasMessageMatching("(?s).+");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void everyPresetObeysTheConstraints(Preset preset) {
    assertThat(preset.parameters().problems(preset.slotSeconds(), preset.slotsPerEpoch()))
        .isEmpty();
  }

  @Test
  void comparesTheParametersWithTheSlotsOfTheL1() {
    assertThat(Preset.MAINNET.parameters().problems(2, 8))
        .containsExactly(
            "handoverLeadSeconds 4 must not exceed the L1's slot of 2 seconds",
            "windowCapSlots 31 must be the L1's slots per epoch less one, 7");
  }
}
