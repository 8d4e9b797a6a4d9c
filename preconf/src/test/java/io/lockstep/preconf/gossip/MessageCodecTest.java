// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frags and seals as peers send them. */
class MessageCodecTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  private final Scene scene = new Scene(SEED);

  @FunctionalInterface
  private interface Decoder {
    /** What the decoded value is written as. */
    Bytes reencode(Bytes input) throws DecodeException;
  }

  @Test
  void readsBackFrags() throws DecodeException {
    int[][] shapes = {{}, {1}, {3}, {2, 1}, {1, 1, 5}, {40}};
    for (int[] shape : shapes) {
      FragMessage message = scene.fragMessage(9, 100, shape.length, scene.ctx(), shape);
      FragMessage back = FragMessage.decode(message.encoded());
      assertThat(back).as("seed %d", SEED).isEqualTo(message);
      assertThat(back.leaves()).isEqualTo(message.leaves());
      assertThat(back.encoded()).isEqualTo(message.encoded());
    }
  }

  @Test
  void signsAHeartbeatOverNothing() throws DecodeException {
    FragMessage heartbeat = scene.fragMessage(9, 100, 4, scene.ctx());
    assertThat(heartbeat.frag().object().bodyRoot()).isEqualTo(Hash32.ZERO);
    assertThat(FragMessage.decode(heartbeat.encoded()).parts()).isEmpty();
  }

  @Test
  void readsBackSeals() throws DecodeException {
    for (int rollups = 1; rollups <= 5; rollups++) {
      for (int before = 0; before < 5; before++) {
        SealMessage message = scene.sealMessage(9, 100, scene.ctx(), rollups, before, scene.key());
        SealMessage back = SealMessage.decode(message.encoded());
        assertThat(back).as("seed %d", SEED).isEqualTo(message);
        assertThat(back.tick()).isEqualTo(100);
        assertThat(scene.domain().signer(back.seal())).isEqualTo(scene.key().address());
      }
    }
  }

  @Test
  void readsOneFormOfAFragOnlyHoweverItIsDamaged() {
    checkTotal(
        scene.fragMessage(9, 100, 1, scene.ctx(), 2, 1).encoded(),
        input -> FragMessage.decode(input).encoded());
  }

  @Test
  void readsOneFormOfASealOnlyHoweverItIsDamaged() {
    checkTotal(
        scene.sealMessage(9, 100, scene.ctx(), 2).encoded(),
        input -> SealMessage.decode(input).encoded());
  }

  private void checkTotal(Bytes valid, Decoder decoder) {
    for (int length = 0; length < valid.size(); length++) {
      Bytes cut = valid.slice(0, length);
      assertThatThrownBy(() -> decoder.reencode(cut)).isInstanceOf(DecodeException.class);
    }
    Bytes longer = Bytes.wrap(Arrays.copyOf(valid.toArray(), valid.size() + 1));
    assertThatThrownBy(() -> decoder.reencode(longer)).isInstanceOf(DecodeException.class);
    for (int bit = 0; bit < valid.size() * 8; bit++) {
      byte[] flipped = valid.toArray();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      check(Bytes.wrap(flipped), decoder, "bit " + bit);
    }
    for (int round = 0; round < 5_000; round++) {
      byte[] input = scene.array(scene.random().nextInt(300));
      if (round % 2 == 0) {
        byte[] some = valid.toArray();
        for (int hits = 1 + scene.random().nextInt(4); hits > 0; hits--) {
          some[scene.random().nextInt(some.length)] = (byte) scene.random().nextInt();
        }
        input = some;
      }
      check(Bytes.wrap(input), decoder, "round " + round);
    }
  }

  private static void check(Bytes input, Decoder decoder, String at) {
    try {
      assertThat(decoder.reencode(input)).as("%s, seed %d", at, SEED).isEqualTo(input);
    } catch (DecodeException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }

  @Test
  void refusesAFragWhoseTransactionsAreNotTheSignedOnes() {
    Ctx ctx = scene.ctx();
    FragMessage one = scene.fragMessage(9, 100, 1, ctx, 2);
    FragMessage other = scene.fragMessage(9, 100, 1, ctx, 2);
    FragMessage mixed = new FragMessage(one.frag(), 3, other.parts());
    assertThatThrownBy(() -> FragMessage.decode(mixed.encoded()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("bodyRoot");
    FragMessage fewer = new FragMessage(one.frag(), 3, List.of());
    assertThatThrownBy(() -> FragMessage.decode(fewer.encoded())).hasMessageContaining("bodyRoot");
  }

  @Test
  void refusesASecondFormOfTheSameFrag() {
    FragMessage.Part whole = scene.part(901, 100, 1, scene.transaction(), scene.transaction());
    FragMessage message = scene.fragMessage(9, 100, 1, scene.ctx(), List.of(whole));
    FragMessage.Part empty = scene.part(902, 100, 1);
    FragMessage padded = new FragMessage(message.frag(), 3, List.of(whole, empty));
    assertThat(padded.leaves()).isEqualTo(message.leaves());
    assertThatThrownBy(() -> FragMessage.decode(padded.encoded()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("without transactions");
    FragMessage split =
        new FragMessage(message.frag(), 3, List.of(slice(whole, 0, 1), slice(whole, 1, 2)));
    assertThat(split.leaves()).isEqualTo(message.leaves());
    assertThatThrownBy(() -> FragMessage.decode(split.encoded()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("two parts of rollup 901");
  }

  private static FragMessage.Part slice(FragMessage.Part part, int from, int to) {
    return new FragMessage.Part(
        part.rollupId(),
        part.number(),
        part.parentHash(),
        part.firstTxIdx() + from,
        part.transactions().subList(from, to),
        part.receiptHashes().subList(from, to));
  }

  @Test
  void refusesMoreTransactionsThanAFragHolds() {
    Transaction tx = scene.transaction();
    Transaction[] many = new Transaction[FragMessage.MAX_TRANSACTIONS + 1];
    Arrays.fill(many, tx);
    FragMessage message =
        scene.fragMessage(9, 100, 1, scene.ctx(), List.of(scene.part(901, 100, 1, many)));
    assertThatThrownBy(() -> FragMessage.decode(message.encoded()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("more than 4096");
  }

  @Test
  void refusesAFragIndexThatTheSignedTypeCannotHold() {
    Ctx ctx = scene.ctx();
    Signed<Frag> signed = scene.fragMessage(9, 100, 1, ctx).frag();
    Frag f = signed.object();
    RlpWriter out =
        new RlpWriter()
            .startList()
            .startList()
            .hash(f.clusterId())
            .integer(f.windowSlot())
            .integer(f.tick())
            .integer(1L << 32)
            .hash(f.prevFragHash())
            .hash(f.bodyRoot())
            .integer(f.sentAtMs())
            .startList()
            .integer(ctx.anchorNumber())
            .hash(ctx.anchorHash())
            .hash(ctx.windowParent())
            .integer(ctx.flags())
            .endList()
            .bytes(signed.signature().toBytes())
            .endList()
            .integer(3)
            .startList()
            .endList()
            .endList();
    assertThatThrownBy(() -> FragMessage.decode(out.toBytes()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("4294967296");
  }

  @Test
  void refusesASealWithoutBlocksOrWithForeignOnes() {
    Ctx ctx = scene.ctx();
    SealMessage one = scene.sealMessage(9, 100, ctx, 2);
    SealMessage none = new SealMessage(one.seal(), 3, List.of());
    assertThatThrownBy(() -> SealMessage.decode(none.encoded()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("without blocks");
    SealMessage mixed = new SealMessage(one.seal(), 3, scene.sealMessage(9, 101, ctx, 2).blocks());
    assertThatThrownBy(() -> SealMessage.decode(mixed.encoded()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("blocksRoot");
  }
}
