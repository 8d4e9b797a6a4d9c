// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SszTreeTest {
  private static final SszType.ListOf LIST = new SszType.ListOf(SszType.ByteVector.BYTES32, 64);
  private static final SszType.ProgressiveList PROGRESSIVE =
      new SszType.ProgressiveList(SszType.ByteVector.BYTES32);

  @Test
  void listsOfEveryLengthHashAsTheDefinitionSays() throws Exception {
    for (int count = 0; count <= 64; count++) {
      byte[] bytes = random(count * 32L, count);
      assertThat(root(LIST, bytes))
          .as("list of %d", count)
          .isEqualTo(Sha256.pair(binary(chunks(bytes), 64), length(count)));
      assertThat(root(PROGRESSIVE, bytes))
          .as("progressive list of %d", count)
          .isEqualTo(Sha256.pair(progressive(chunks(bytes), 1), length(count)));
    }
  }

  @Test
  void everyElementHasABranchThatLeadsToTheRoot() throws Exception {
    for (SszType type : List.of(LIST, PROGRESSIVE)) {
      for (int count : new int[] {1, 2, 3, 5, 21, 22, 64}) {
        byte[] bytes = random(count * 32L, count);
        List<Long> wanted = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          wanted.add(Gindex.ofElement(type, i));
        }

        SszTree.Proven proven = read(type, bytes, wanted);

        for (int i = 0; i < count; i++) {
          Branch branch = proven.branch(wanted.get(i));
          assertThat(branch.leaf()).isEqualTo(Hash32.read(bytes, i * 32));
          assertThat(branch.root()).isEqualTo(proven.root());
        }
      }
    }
  }

  @Test
  void aLongerBranchGoesOnWhereTheShorterEnds() throws Exception {
    byte[] header = random(BeaconTypes.BLOCK_HEADER.fixedBytes(), 1);
    long slot = Gindex.ofField(BeaconTypes.BLOCK_HEADER, "slot");
    Branch lower = read(BeaconTypes.BLOCK_HEADER, header, List.of(slot)).branch(slot);
    byte[] two = Arrays.copyOf(lower.root().toArray(), 64);
    SszType.Vector pair = new SszType.Vector(SszType.ByteVector.BYTES32, 2);
    Branch upper = read(pair, two, List.of(2L)).branch(2L);

    Branch whole = lower.then(upper);

    assertThat(whole.gindex()).isEqualTo(Gindex.concat(2, slot));
    assertThat(whole.root()).isEqualTo(root(pair, two));
    assertThatThrownBy(() -> upper.then(lower)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesWhatIsNotAValueOfTheType() {
    assertRefused(SszType.Basic.UINT64, new byte[7]);
    assertRefused(LIST, new byte[33]);
    assertRefused(LIST, new byte[65 * 32]);
    assertRefused(new SszType.Bitvector(4), new byte[] {0x10});
    SszType.Container container =
        new SszType.Container(
            List.of(SszType.field("a", SszType.Basic.UINT8), SszType.field("b", LIST)));
    assertRefused(container, new byte[] {1, 4, 0, 0, 0});
    assertRefused(container, new byte[] {1, 5, 0, 0, 0, 9});
    assertRefused(container, new byte[] {1, -1, -1, -1, -1});
  }

  @Test
  void anyBytesGiveARootOrARefusal() throws Exception {
    SszType type = BeaconTypes.gloas(BeaconPreset.MINIMAL);
    byte[] state =
        SszBytes.container(type, Map.of("validators", new byte[121 * 3], "balances", new byte[24]));
    long seed = 20_261_122;
    System.out.println("SszTreeTest seed " + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] bytes = Arrays.copyOf(state, state.length - random.nextInt(3) * random.nextInt(200));
      for (int i = random.nextInt(6); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(root(type, bytes)).isNotNull();
      } catch (DecodeException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 2_900);
  }

  private static void assertRefused(SszType type, byte[] bytes) {
    assertThatThrownBy(() -> root(type, bytes)).isInstanceOf(DecodeException.class);
  }

  private static Hash32 root(SszType type, byte[] bytes) throws Exception {
    return read(type, bytes, List.of()).root();
  }

  private static SszTree.Proven read(SszType type, byte[] bytes, List<Long> wanted)
      throws Exception {
    return SszTree.read(type, new ByteArrayInputStream(bytes), bytes.length, wanted);
  }

  // --- the definitions, as plainly as they can be written ---

  private static Hash32 binary(List<Hash32> chunks, int leaves) {
    if (leaves == 1) {
      return chunks.isEmpty() ? Hash32.ZERO : chunks.getFirst();
    }
    int half = leaves / 2;
    int left = Math.min(half, chunks.size());
    return Sha256.pair(
        binary(chunks.subList(0, left), half), binary(chunks.subList(left, chunks.size()), half));
  }

  private static Hash32 progressive(List<Hash32> chunks, int leaves) {
    if (chunks.isEmpty()) {
      return Hash32.ZERO;
    }
    int here = Math.min(leaves, chunks.size());
    return Sha256.pair(
        binary(chunks.subList(0, here), leaves),
        progressive(chunks.subList(here, chunks.size()), leaves * 4));
  }

  private static List<Hash32> chunks(byte[] bytes) {
    List<Hash32> out = new ArrayList<>();
    for (int i = 0; i < bytes.length; i += 32) {
      out.add(Hash32.read(bytes, i));
    }
    return out;
  }

  private static Hash32 length(int count) {
    return Hash32.ofWords(Long.reverseBytes(count), 0, 0, 0);
  }

  private static byte[] random(long length, long seed) {
    byte[] out = new byte[(int) length];
    new Random(seed).nextBytes(out);
    return out;
  }
}
