// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bodies of promises: what goes out comes back, and nothing else is read. */
class PromiseBodyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261123L);

  private final Scene scene = new Scene(SEED);

  private long number() {
    return scene.random().nextLong() >>> 1;
  }

  private List<PromiseBody> oneOfEach() {
    return List.of(
        new PromiseBody.Inclusion(number(), scene.address(), number(), scene.hash(), number()),
        new PromiseBody.Execution(number(), number(), number(), scene.hash(), scene.hash()),
        new PromiseBody.Top(number(), number(), number(), scene.hash(), scene.hash()),
        new PromiseBody.StateLock(
            number(),
            number(),
            scene.hash(),
            scene.address(),
            scene.hash(),
            UInt256.of(scene.hash())));
  }

  @Test
  void readsBackWhatItWrites() throws DecodeException {
    for (int round = 0; round < 100; round++) {
      for (PromiseBody body : oneOfEach()) {
        assertThat(PromiseBody.decode(body.kind(), body.encoded()))
            .as("seed %d", SEED)
            .isEqualTo(body);
      }
    }
  }

  @Test
  void isOneWordAFieldSoThatAContractReadsIt() {
    for (PromiseBody body : oneOfEach()) {
      assertThat(body.encoded().size())
          .isEqualTo(32 * body.getClass().getRecordComponents().length);
    }
  }

  @Test
  void refusesABodyThatIsTooShortOrTooLong() {
    for (PromiseBody body : oneOfEach()) {
      Bytes words = body.encoded();
      for (int size : new int[] {0, 31, 32, words.size() - 1, words.size() + 1, 224, 256}) {
        Bytes other = Bytes.wrap(Arrays.copyOf(words.toArray(), size));
        assertThatThrownBy(() -> PromiseBody.decode(body.kind(), other))
            .as("%s with %d bytes", body, size)
            .isInstanceOf(DecodeException.class);
      }
    }
  }

  @Test
  void refusesNumbersAndAddressesThatDoNotFit() {
    PromiseBody body = oneOfEach().getFirst();
    for (int at : new int[] {0, 8, 23, 24, 32, 43, 64, 128}) {
      byte[] words = body.encoded().toArray();
      words[at] = (byte) 0x80;
      assertThatThrownBy(() -> PromiseBody.decode(body.kind(), Bytes.wrap(words)))
          .as("byte %d", at)
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void refusesKindsThatNobodyKnows() {
    for (int kind : new int[] {-1, 0, 4, 255}) {
      assertThatThrownBy(() -> PromiseBody.decode(kind, oneOfEach().get(1).encoded()))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("kind " + kind);
    }
  }

  @Test
  void carriesAPromiseWithItsTransaction() throws DecodeException {
    for (PromiseBody body : oneOfEach()) {
      Ctx ctx = scene.ctx();
      Promise promise = scene.promise(number(), ctx, body, number());
      PromiseMessage message =
          new PromiseMessage(
              scene.sign(promise, ctx),
              3,
              number(),
              scene.hash(),
              body instanceof PromiseBody.StateLock ? null : scene.transaction());
      assertThat(PromiseMessage.decode(message.encoded())).as("seed %d", SEED).isEqualTo(message);
      assertThat(message.said()).isEqualTo(body);
    }
  }

  @Test
  void isHeldWithTheBodyThatWasSigned() throws DecodeException {
    Ctx ctx = scene.ctx();
    TxLeaf leaf = scene.fragMessage(7, 80, 0, ctx, 1).leaves().getFirst();
    List<PromiseBody> bodies = scene.bodies(leaf);
    for (PromiseBody body : bodies) {
      HeldPromise held = scene.promised(7, ctx, body);
      assertThat(CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), held))
          .as("%s", body)
          .isEmpty();
      assertThat(HeldPromise.of(held.committer(), held.signed())).isEqualTo(held);
      for (PromiseBody other : bodies) {
        if (!other.equals(body)) {
          assertThatThrownBy(() -> new HeldPromise(held.committer(), held.signed(), other))
              .isInstanceOf(IllegalArgumentException.class);
        }
      }
    }
  }

  @Test
  void refusesAnInclusionWithTwoDeadlines() {
    Ctx ctx = scene.ctx();
    PromiseBody body = new PromiseBody.Inclusion(901, scene.address(), 1, scene.hash(), 90);
    Promise promise = Promise.of(scene.clusterId(), 7, body, UInt256.ZERO, 91, ctx.hash(), 1);
    HeldPromise held = new HeldPromise(scene.key().address(), scene.sign(promise, ctx), body);
    assertThat(CommitmentCheck.disagreement(scene.domain(), scene.clusterId(), held))
        .hasValueSatisfying(why -> assertThat(why).contains("not the deadline"));
  }
}
