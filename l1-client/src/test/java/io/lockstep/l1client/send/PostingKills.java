// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One life of a posting, with a replacement, in a process that is killed with SIGKILL at one of its
 * gates and started again. Whatever the gate: what was sent is sent again as it was, no nonce has
 * two transactions but by doubling the fees of the same content, and the batch is in the chain
 * once.
 */
final class PostingKills {
  private static final long QUIET_MS = 120;
  private static final long LONGEST_LIFE_MS = 60_000;

  private PostingKills() {}

  /**
   * Kills at gate {@code gate}, counted from 1.
   *
   * @return false when the posting was final before it came to that gate
   */
  static boolean runWithKillAt(int gate, Path dir) throws Exception {
    FakeChain chain = new FakeChain();
    chain.mineEmpty(3);
    // more than the first offer, less than its double
    chain.askBlobFee(UInt256.of(1_500_000_000L));
    boolean killed;
    try (StubL1 l1 = new StubL1(chain)) {
      try (PosterProcess first = PosterProcess.start(dir, l1.url())) {
        killed = live(first, chain, gate);
      }
      if (killed) {
        try (PosterProcess second = PosterProcess.start(dir, l1.url())) {
          assertThat(live(second, chain, Integer.MAX_VALUE)).isFalse();
        }
      }
      check(gate, chain, l1);
    }
    return killed;
  }

  /** Until it is final or the gate; true when it was killed. */
  private static boolean live(PosterProcess poster, FakeChain chain, int gate)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_LIFE_MS * 1_000_000;
    int gates = 0;
    while (System.nanoTime() < end) {
      String line = poster.poll(QUIET_MS);
      if (line.isEmpty()) {
        moveOn(chain);
      } else if (PosterProcess.isGate(line)) {
        if (++gates == gate) {
          poster.kill();
          return true;
        }
        poster.go();
      } else if (PosterProcess.isEvent(line, PostingEvent.Final.class)) {
        return false;
      } else if (PosterProcess.isEvent(line, PostingEvent.Refused.class) && isFinal(chain)) {
        return false; // killed behind the last write: nothing is left to do
      }
    }
    throw new IOException("the posting came to no end");
  }

  /** The poster waits for L1: a block comes, and what is three blocks deep becomes final. */
  private static void moveOn(FakeChain chain) {
    chain.mine();
    FakeChain.FakeBlock posted = postedIn(chain);
    if (posted != null && chain.head().number() >= posted.number() + 3) {
      chain.finalise(posted.number());
    }
  }

  private static boolean isFinal(FakeChain chain) {
    FakeChain.FakeBlock posted = postedIn(chain);
    FakeChain.FakeBlock finalized = chain.finalized();
    return posted != null && finalized != null && finalized.number() >= posted.number();
  }

  private static FakeChain.@Nullable FakeBlock postedIn(FakeChain chain) {
    for (long number = 0; number <= chain.head().number(); number++) {
      FakeChain.FakeBlock block = chain.byNumber(number);
      if (block != null && !block.txs().isEmpty()) {
        return block;
      }
    }
    return null;
  }

  private static void check(int gate, FakeChain chain, StubL1 l1) throws DecodeException {
    int inChain = 0;
    for (long number = 0; number <= chain.head().number(); number++) {
      inChain += Objects.requireNonNull(chain.byNumber(number)).txs().size();
    }
    assertThat(inChain).as("gate %d: times that the batch is in the chain", gate).isEqualTo(1);
    Map<Hash32, Bytes> formOf = new HashMap<>();
    Map<Hash32, Transaction> byHash = new LinkedHashMap<>();
    for (Bytes raw : l1.execution().sentRaw()) {
      Transaction tx = BlobTransaction.transactionOf(raw);
      Bytes before = formOf.putIfAbsent(tx.hash(), raw);
      assertThat(before == null || before.equals(raw)).as("gate %d: the same bytes", gate).isTrue();
      byHash.putIfAbsent(tx.hash(), tx);
    }
    Transaction last = null;
    for (Transaction tx : byHash.values()) {
      assertThat(tx.nonce()).as("gate %d", gate).isZero();
      if (last != null) {
        Fees doubled = BlobTxSigner.feesOf(last).doubled();
        Fees fees = BlobTxSigner.feesOf(tx);
        assertThat(fees).as("gate %d: a replacement doubles", gate).isEqualTo(fees.max(doubled));
        assertThat(tx.data()).isEqualTo(last.data());
        assertThat(tx.blobVersionedHashes()).isEqualTo(last.blobVersionedHashes());
      }
      last = tx;
    }
  }
}
