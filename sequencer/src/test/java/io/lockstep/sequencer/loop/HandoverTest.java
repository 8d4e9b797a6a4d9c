// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a window waits for, by the ends of the windows before it (protocol §1.4). */
class HandoverTest {
  private static final long FINAL = -1;
  private static final SecretKey KEY =
      SecretKey.of(
          new byte[] {
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            1, 1, 1
          });

  private final CommitmentDomain domain = new CommitmentDomain(1, Address.ofLong(0x10));

  /** Our chain: block hash by height. */
  private final Map<Long, Hash32> chain = new HashMap<>();

  private final Handover handover = new Handover((number, hash) -> hash.equals(chain.get(number)));

  private static Hash32 hash(long value) {
    return Hash32.ofWords(1, 2, 3, value);
  }

  /** The last seal of a window, of a block that is on our chain from now on. */
  private SealMessage end(long windowSlot, long number, long block, boolean provisional) {
    chain.put(number, hash(block));
    Ctx ctx = new Ctx(1, hash(0), hash(0), provisional ? Ctx.PROVISIONAL : 0);
    Seal seal =
        new Seal(hash(0), windowSlot, number, hash(1), ctx.hash(), UInt256.ZERO, hash(0), true, 1);
    return new SealMessage(
        new Signed<>(seal, ctx, Secp256k1.sign(domain.digest(seal), KEY)),
        0,
        List.of(
            new SealMessage.SealedBlock(
                new BlockLeaf(number, 901, number, hash(block), hash(block - 1)),
                List.of(),
                30_000_000,
                List.of())));
  }

  @Test
  void aWindowWaitsForTheOneBeforeUntilThatEndsFinally() {
    assertThat(handover.pendingSlot(12, 10)).isEqualTo(10);

    handover.saw(end(10, 100, 7, false), 8);

    assertThat(handover.hasEnded(10)).isTrue();
    assertThat(handover.pendingSlot(12, 10)).isEqualTo(FINAL);
  }

  @Test
  void aProvisionalEndHandsOnWhatItWaitedFor() {
    handover.saw(end(10, 100, 7, true), 8);
    handover.saw(end(12, 101, 8, true), 10);

    assertThat(handover.pendingSlot(14, 12)).isEqualTo(8);
  }

  @Test
  void anEndThatGaveWayHandsNothingOn() {
    handover.saw(end(10, 100, 7, true), 8);
    assertThat(handover.pendingSlot(12, 10)).isEqualTo(8);

    // A tick of window 11 takes the place of it: window 10 may still post.
    chain.put(100L, hash(9));

    assertThat(handover.pendingSlot(12, 10)).isEqualTo(10);
  }

  @Test
  void anEndThatComesBackHandsOnAgain() {
    handover.saw(end(10, 100, 7, false), 8);
    chain.put(100L, hash(9));
    assertThat(handover.pendingSlot(12, 10)).isEqualTo(10);

    chain.put(100L, hash(7));

    assertThat(handover.pendingSlot(12, 10)).isEqualTo(FINAL);
  }
}
