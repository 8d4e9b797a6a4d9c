// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.ssz.SszBytes;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.types.Hash32;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Roots as {@code @lodestar/types} 1.46 gives them for the same states; indices as the specs do.
 */
class BeaconTypesTest {
  private static final int VALIDATORS = 30;
  private static final long FAR_FUTURE_EPOCH = -1;

  @ParameterizedTest
  @CsvSource({
    "minimal, fulu, 0x8deaa508b24d5ad0bfc6c70ab5d45dfd47119e95d3b430b6b53a24dd98bed56d",
    "minimal, gloas, 0x945d57701fb893a06968e0d154157a4f8765e2665ba99cc713f36e84d22ab876",
    "mainnet, fulu, 0xaa03245cb96b199dd7fcab484ff39037bc77919a060ca4bea6648ca849768247",
    "mainnet, gloas, 0x1971a1bc7e155511766c64b6a2121317d01fa040ffa6da5f93c3629f60fe3166"
  })
  void theDefaultStateHasTheRootThatAnotherImplementationGives(
      String preset, String fork, String root) throws Exception {
    SszType type = type(preset, fork);

    assertThat(read(type, SszBytes.defaultOf(type), List.of()).root())
        .isEqualTo(Hash32.fromHex(root));
  }

  @ParameterizedTest
  @CsvSource({
    "minimal, fulu, 0x9605ce0f99c2be1c85c86378e62aeeaca3be412f2817dcb8395b5e0f1ee84578",
    "minimal, gloas, 0x609967767b612256d5f83d5f357dbedd2dcce4c77d5ed74de77180beaa78bec5",
    "mainnet, fulu, 0x901cd6d758915efbaed517eebbb5c0b0ec0b415f8fbdf213c3130d166e5b5118",
    "mainnet, gloas, 0x94720402baacb334a71b7134353e4f0d3251efcb4b94457c426e34044b244503"
  })
  void aStateWithValidatorsHasTheRootThatAnotherImplementationGives(
      String preset, String fork, String root) throws Exception {
    BeaconPreset sizes = preset(preset);
    SszType type = type(preset, fork);
    List<Long> wanted = new ArrayList<>();
    for (int i : new int[] {0, 1, 5, 20, 21, VALIDATORS - 1}) {
      wanted.add(validatorField(type, i, "pubkey"));
      wanted.add(validatorField(type, i, "exit_epoch"));
    }
    for (int slot = 0; slot < sizes.lookaheadSlots(); slot += 4) {
      wanted.add(lookahead(type, sizes, slot));
    }

    SszTree.Proven proven = read(type, state(type, sizes), wanted);

    assertThat(proven.root()).isEqualTo(Hash32.fromHex(root));
    assertThat(proven.branches().keySet()).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(proven.branches().values()).allMatch(branch -> branch.root().equals(proven.root()));
    Branch fifth = proven.branch(lookahead(type, sizes, 4));
    assertThat(fifth.leaf().word(0)).isEqualTo(Long.reverseBytes(4 * 3 + 1));
  }

  @Test
  void aValidatorThatIsNotThereHasNoBranch() throws Exception {
    for (String fork : List.of("fulu", "gloas")) {
      SszType type = type("minimal", fork);
      long wanted = validatorField(type, VALIDATORS + 60, "pubkey");
      byte[] state = state(type, BeaconPreset.MINIMAL);
      assertThat(read(type, state, List.of(wanted)).branches()).as(fork).isEmpty();
    }
  }

  @Test
  void indicesAreThoseOfTheSpecifications() {
    SszType fulu = BeaconTypes.fulu(BeaconPreset.MAINNET);
    assertThat(Gindex.ofField(fulu, "slot")).isEqualTo(66);
    assertThat(Gindex.ofField(fulu, "validators")).isEqualTo(75);
    assertThat(Gindex.ofField(fulu, "proposer_lookahead")).isEqualTo(101);
    assertThat(checkpointRoot(fulu)).isEqualTo(169);
    assertThat(lookahead(fulu, BeaconPreset.MAINNET, 0)).isEqualTo(1_616);
    assertThat(validatorField(fulu, 7, "pubkey")).isEqualTo((150L * (1L << 40) + 7) * 8);

    SszType gloas = BeaconTypes.gloas(BeaconPreset.MAINNET);
    long fromBlock = Gindex.ofField(BeaconTypes.BLOCK_HEADER, "state_root");
    assertThat(Gindex.ofField(gloas, "slot")).isEqualTo(41);
    assertThat(Gindex.ofField(gloas, "validators")).isEqualTo(358);
    assertThat(Gindex.ofField(gloas, "proposer_lookahead")).isEqualTo(2_960);
    assertThat(checkpointRoot(gloas)).isEqualTo(735);
    assertThat(Gindex.concat(fromBlock, lookahead(gloas, BeaconPreset.MAINNET, 0)))
        .isEqualTo(375_040);
    assertThat(Gindex.concat(fromBlock, validatorField(gloas, 0, "pubkey"))).isEqualTo(93_376);
    assertThat(Gindex.concat(fromBlock, validatorField(gloas, 1_000_000, "pubkey")))
        .isEqualTo(100_278_884_853_592L);
  }

  private static long checkpointRoot(SszType type) {
    return Gindex.concat(
        Gindex.ofField(type, "finalized_checkpoint"),
        Gindex.ofField(BeaconTypes.CHECKPOINT, "root"));
  }

  private static long validatorField(SszType type, long index, String name) {
    SszType validators = fieldType(type, "validators");
    long validator =
        Gindex.concat(Gindex.ofField(type, "validators"), Gindex.ofElement(validators, index));
    return Gindex.concat(validator, Gindex.ofField(BeaconTypes.VALIDATOR, name));
  }

  private static long lookahead(SszType type, BeaconPreset sizes, int slot) {
    SszType vector = new SszType.Vector(SszType.Basic.UINT64, sizes.lookaheadSlots());
    return Gindex.concat(
        Gindex.ofField(type, "proposer_lookahead"), Gindex.ofElement(vector, slot));
  }

  private static SszType fieldType(SszType type, String name) {
    List<SszType.Field> fields =
        type instanceof SszType.Container container
            ? container.fields()
            : ((SszType.ProgressiveContainer) type).fields();
    return fields.stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow()
        .type();
  }

  private static byte[] state(SszType type, BeaconPreset sizes) {
    ByteArrayOutputStream validators = new ByteArrayOutputStream();
    ByteArrayOutputStream balances = new ByteArrayOutputStream();
    byte[] participation = new byte[VALIDATORS];
    for (int i = 0; i < VALIDATORS; i++) {
      validators.writeBytes(filled(48, i + 1));
      validators.writeBytes(filled(32, i + 101));
      validators.writeBytes(SszBytes.uint64(32_000_000_000L + i));
      validators.write(i % 7 == 0 ? 1 : 0);
      validators.writeBytes(SszBytes.uint64(i));
      validators.writeBytes(SszBytes.uint64(i + 1));
      validators.writeBytes(SszBytes.uint64(FAR_FUTURE_EPOCH));
      validators.writeBytes(SszBytes.uint64(FAR_FUTURE_EPOCH));
      balances.writeBytes(SszBytes.uint64(32_000_000_000L + i));
      participation[i] = (byte) (i % 8);
    }
    ByteArrayOutputStream lookahead = new ByteArrayOutputStream();
    for (int i = 0; i < sizes.lookaheadSlots(); i++) {
      lookahead.writeBytes(SszBytes.uint64(i * 3L + 1));
    }
    return SszBytes.container(
        type,
        Map.of(
            "slot", SszBytes.uint64(98_765),
            "validators", validators.toByteArray(),
            "balances", balances.toByteArray(),
            "current_epoch_participation", participation,
            "proposer_lookahead", lookahead.toByteArray()));
  }

  private static byte[] filled(int length, int value) {
    byte[] out = new byte[length];
    Arrays.fill(out, (byte) value);
    return out;
  }

  private static BeaconPreset preset(String name) {
    return name.equals("minimal") ? BeaconPreset.MINIMAL : BeaconPreset.MAINNET;
  }

  private static SszType type(String preset, String fork) {
    return fork.equals("fulu")
        ? BeaconTypes.fulu(preset(preset))
        : BeaconTypes.gloas(preset(preset));
  }

  private static SszTree.Proven read(SszType type, byte[] bytes, List<Long> wanted)
      throws Exception {
    return SszTree.read(type, new ByteArrayInputStream(bytes), bytes.length, wanted);
  }
}
