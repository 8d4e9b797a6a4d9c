// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.derive.Derivation;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.tick.BlockBody;
import io.lockstep.sequencer.tick.HeaderExtra;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages and forced transactions in the blocks of two rollups (protocol §4). */
class InsertionTest {
  private static final long A = 901;
  private static final long B = 902;
  private static final Address TO = Address.ofLong(0xd0);

  @TempDir private Path dir;
  private Lab lab;
  private LabNode builder;
  private LabNode follower;
  private final List<LabNode.Built> built = new ArrayList<>();

  @BeforeEach
  void start() {
    lab = new Lab(dir);
    builder = lab.node();
    follower = lab.node();
    lab.l1.mineTo(20);
  }

  @AfterEach
  void end() {
    builder.close();
    follower.close();
  }

  /** The next tick that may have this anchor, and slots pass until its batch may land. */
  private Block tick(long anchor, Map<Long, List<Transaction>> bodies) {
    return tickAt(firstTickOn(anchor), anchor, bodies);
  }

  private long firstTickOn(long anchor) {
    long sinceGenesis = lab.l1.block(anchor).timestampSeconds() - LabL1.CLOCK.genesisSeconds();
    return sinceGenesis + Lab.RULES.minAnchorLagSlots() * LabL1.CLOCK.slotSeconds();
  }

  private Block tickAt(long tick, long anchor, Map<Long, List<Transaction>> bodies) {
    lab.l1.mineTo(Math.max(anchor + 2, tick / LabL1.CLOCK.slotSeconds()));
    built.add(builder.build(tick, anchor, 1, bodies));
    return builder.block(A, builder.cluster.height());
  }

  /** Everything built is posted, and another node has the same from L1. */
  private void deriveAll() {
    lab.l1.mine();
    LabBatch batch = new LabBatch(1, 40).own(built);
    batch.batchIndex = 1;
    FetchedBatch posted = batch.posted(lab.l1, follower.lastBatchHash());
    assertThat(follower.derive(posted)).isInstanceOf(Derivation.Outcome.Derived.class);
    assertThat(follower.heads()).isEqualTo(builder.heads());
  }

  @Test
  void aDepositIsPaidInTheFirstBlockWhoseAnchorHasIt() {
    lab.l1.send(A, Address.ofLong(7), TO, UInt256.of(55), Bytes.EMPTY);
    long sentIn = lab.l1.mine().number();

    tick(sentIn - 1, Map.of());
    assertThat(balance(A, TO)).isEqualTo(UInt256.ZERO);
    tick(sentIn, Map.of());
    assertThat(balance(A, TO)).isEqualTo(UInt256.of(55));
    tick(sentIn, 1, Map.of());

    assertThat(balance(A, TO)).isEqualTo(UInt256.of(55));
    assertThat(balance(B, TO)).isEqualTo(UInt256.ZERO);
    deriveAll();
  }

  private void tick(long anchor, long later, Map<Long, List<Transaction>> bodies) {
    tickAt(firstTickOn(anchor) + later, anchor, bodies);
  }

  @Test
  void atMost32MessagesAreDeliveredInABlockAndTheRestInTheNext() {
    for (int i = 0; i < 40; i++) {
      lab.l1.send(A, Address.ofLong(7), TO, UInt256.ONE, Bytes.wrap(new byte[1_024]));
    }
    long sentIn = lab.l1.mine().number();

    tick(sentIn, Map.of());
    assertThat(balance(A, TO)).isEqualTo(UInt256.of(32));
    tick(sentIn, 1, Map.of());
    assertThat(balance(A, TO)).isEqualTo(UInt256.of(40));
    deriveAll();
  }

  @Test
  void messagesThatFailAndEatTheirGasDoNotStopTheChain() {
    // Targets that revert, call for ever or do not exist, with value and without.
    for (int i = 0; i < 32; i++) {
      Address target = Lab.predeploy(1 + i % 5);
      lab.l1.send(A, Address.ofLong(7), target, UInt256.of(i), Bytes.wrap(new byte[1_024]));
    }
    long sentIn = lab.l1.mine().number();
    tick(sentIn, Map.of());

    Block block = builder.block(A, builder.cluster.height());
    assertThat(receipts(A).getFirst().success()).isTrue();
    assertThat(block.transactions()).hasSize(1);
    deriveAll();
  }

  @Test
  void aForcedTransactionStandsBehindTheSystemTransactionOnceItIsDue() {
    Transaction forced = Lab.transfer(A, 0, 0);
    Transaction ordinary = Lab.transfer(A, 1, 0);
    lab.l1.enqueue(A, 21_000, forced.encoded());
    long in = lab.l1.mine().number();
    long dueTick = lab.l1.head().timestampSeconds() - LabL1.CLOCK.genesisSeconds();
    dueTick += Lab.FORCED_DELAY_SLOTS * LabL1.CLOCK.slotSeconds();

    Block early = tickAt(dueTick - 1, in, Map.of(A, List.of(ordinary)));
    assertThat(early.transactions()).doesNotContain(forced);
    Block due = tickAt(dueTick, in, Map.of(A, List.of(Lab.transfer(A, 1, 1))));
    assertThat(due.transactions().get(1)).isEqualTo(forced);
    assertThat(HeaderExtra.of(due.header())).isEqualTo(new HeaderExtra(1, dueTick, 1));
    assertThat(BlockBody.of(due)).containsExactly(Lab.transfer(A, 1, 1));
    assertThat(receipts(A)).hasSize(3);
    assertThat(builder.block(B, 2).transactions()).hasSize(1);
    tickAt(dueTick + 1, in, Map.of());
    assertThat(builder.block(A, 3).transactions()).hasSize(1);
    deriveAll();
  }

  @Test
  void whatMayNotStandInABlockIsSkippedAndUsedUp() {
    lab.l1.enqueue(A, 21_000, Bytes.of(1, 2, 3));
    lab.l1.enqueue(A, 21_000, Lab.transfer(A, 0, 5).encoded()); // nonce too high
    lab.l1.enqueue(A, 21_000, Lab.transfer(A, 0, 0, 21_001).encoded()); // more than declared
    lab.l1.enqueue(A, 100_000, bySystemKey().encoded());
    lab.l1.enqueue(A, 21_000, Lab.transfer(B, 0, 0).encoded()); // of another chain
    lab.l1.enqueue(A, 21_000, Lab.transfer(A, 0, 0).encoded());
    lab.l1.enqueue(A, 21_000, Lab.transfer(A, 0, 0).encoded()); // again
    lab.l1.enqueue(A, 21_000, Bytes.EMPTY);
    lab.l1.enqueue(A, 21_000, Lab.transfer(A, 0, 1).encoded()); // the ninth: next block
    long in = lab.l1.mine().number();
    long tick = (in + Lab.FORCED_DELAY_SLOTS) * LabL1.CLOCK.slotSeconds();

    Block first = tickAt(tick, in, Map.of());
    assertThat(first.transactions()).hasSize(2).endsWith(Lab.transfer(A, 0, 0));
    Block second = tickAt(tick + 1, in, Map.of());
    assertThat(second.transactions()).hasSize(2).endsWith(Lab.transfer(A, 0, 1));
    Block third = tickAt(tick + 2, in, Map.of());
    assertThat(third.transactions()).hasSize(1);
    deriveAll();
  }

  @Test
  void aNodeThatStartsAgainAndOneThatReadsAnotherBranchHaveWhatL1Has() {
    lab.l1.send(A, Address.ofLong(7), TO, UInt256.of(1), Bytes.EMPTY);
    lab.l1.mine();
    lab.l1.send(A, Address.ofLong(7), TO, UInt256.of(10), Bytes.EMPTY);
    lab.l1.enqueue(B, 21_000, Lab.transfer(B, 0, 0).encoded());
    long gone = lab.l1.mine().number();
    follower.follow();
    builder.follow();
    lab.l1.reorg(1);
    builder.rewindTo(gone - 1);
    follower.rewindTo(gone - 1);
    lab.l1.send(A, Address.ofLong(7), TO, UInt256.of(100), Bytes.EMPTY);
    long in = lab.l1.mine().number();
    assertThat(in).isEqualTo(gone);
    follower.follow();
    follower.restart();

    tick(in, Map.of());
    assertThat(balance(A, TO)).isEqualTo(UInt256.of(101));
    lab.l1.mineTo(in + Lab.FORCED_DELAY_SLOTS);
    tick(in + Lab.FORCED_DELAY_SLOTS, Map.of());
    assertThat(builder.block(B, 2).transactions()).hasSize(1);
    deriveAll();
  }

  private static Transaction bySystemKey() {
    SecretKey key =
        SecretKey.of(
            Keccak.hash("lockstep system transaction key".getBytes(StandardCharsets.UTF_8))
                .toArray());
    return Transaction.Unsigned.feeMarket(
            UInt256.of(A),
            1,
            UInt256.ZERO,
            UInt256.of(100_000_000_000L),
            100_000,
            TO,
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(key);
  }

  private UInt256 balance(long rollupId, Address address) {
    AccountState account = builder.chain(rollupId).headState().account(address);
    return account == null ? UInt256.ZERO : account.balance();
  }

  private List<Receipt> receipts(long rollupId) {
    Hash32 head = builder.chain(rollupId).headHash();
    List<Receipt> receipts = builder.chain(rollupId).receipts(head);
    assertThat(receipts).isNotNull();
    return receipts;
  }
}
