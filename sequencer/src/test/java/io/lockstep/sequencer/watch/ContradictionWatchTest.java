// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.evidence.Evidence;
import io.lockstep.preconf.evidence.EvidenceStore;
import io.lockstep.preconf.evidence.Fault;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.head.L1View;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContradictionWatchTest {
  private static final int OPERATOR = 3;
  private static final long WINDOW = 40;
  private static final long ROLLUP = 901;

  @TempDir Path dir;

  private final byte[] secret = new byte[32];
  private final CommitmentDomain domain = new CommitmentDomain(900, Address.ofLong(77));
  private final L1View l1 = new L1View(new SlotClock(0, 2, 8), 2);
  private final Ctx ctx = new Ctx(5, hash(5), hash(1), 0);
  private RocksStore store;
  private CommitmentLedger ledger;
  private EvidenceStore evidence;
  private ContradictionWatch watch;

  @BeforeEach
  void open() {
    Arrays.fill(secret, (byte) 9);
    List<Column> columns = new ArrayList<>(CommitmentLedger.columns());
    columns.addAll(EvidenceStore.columns());
    store = RocksStore.open(dir, columns);
    ledger = new CommitmentLedger(store, domain);
    l1.add(l1Block(5));
    restart();
  }

  private void restart() {
    evidence = new EvidenceStore(store);
    watch = new ContradictionWatch(domain, ledger, l1, evidence);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Hash32 hash(long value) {
    return Hash32.ofWords(1, 2, 3, value);
  }

  private static L1Block l1Block(long number) {
    return new L1Block(
        new BlockRef(number, hash(number), hash(number - 1), number * 2),
        Hash32.ZERO,
        Hash32.ZERO,
        Hash32.ZERO,
        UInt256.ONE,
        30_000_000,
        0,
        0,
        0);
  }

  private <T extends SignedObject> Signed<T> sign(T object, Ctx under) {
    return new Signed<>(object, under, Secp256k1.sign(domain.digest(object), SecretKey.of(secret)));
  }

  private SealMessage seal(long tick, long block, Ctx under, boolean eop, long atMs) {
    BlockLeaf leaf = new BlockLeaf(tick, ROLLUP, tick, hash(block), hash(block - 1));
    MerkleTree tree = CommitmentLedger.blocksTree(List.of(leaf));
    Seal seal =
        new Seal(
            hash(0), WINDOW, tick, tree.root(), under.hash(), UInt256.ZERO, Hash32.ZERO, eop, atMs);
    return new SealMessage(
        sign(seal, under),
        OPERATOR,
        List.of(new SealMessage.SealedBlock(leaf, tree.path(0), 30_000_000, List.of())));
  }

  private FragMessage frag(long tick, long index, long body, long atMs) {
    Frag frag = new Frag(hash(0), WINDOW, tick, index, hash(2), ctx.hash(), hash(body), atMs);
    return new FragMessage(sign(frag, ctx), OPERATOR, List.of());
  }

  /** An operator's posting of own ticks, each with one block. */
  private FetchedBatch.Decoded posted(int operatorId, long firstTick, long... blocks) {
    List<TableEntry> table = new ArrayList<>();
    List<BlockData> data = new ArrayList<>();
    for (int i = 0; i < blocks.length; i++) {
      table.add(new TableEntry(firstTick + i, ROLLUP, firstTick + i, hash(blocks[i])));
      data.add(new BlockData(firstTick + i, 5, hash(5), 30_000_000, List.of()));
    }
    long lastTick = firstTick + blocks.length - 1;
    BatchContents contents =
        new BatchContents(table, List.of(), List.of(new Segment(ROLLUP, data)));
    Batch call =
        new Batch(
            List.of(),
            new Slot(WINDOW),
            List.of(),
            firstTick,
            lastTick,
            5,
            hash(5),
            0,
            contents.headersRoot(),
            List.of(),
            1);
    BatchProposed event =
        new BatchProposed(
            1, operatorId, new Slot(WINDOW), hash(100), hash(101), List.of(), List.of());
    return new FetchedBatch.Decoded(event, call, contents, Map.of());
  }

  @Test
  void findsTwoSealsOfOneTickAndRemembersWhomNotToFollow() {
    SealMessage first = seal(100, 1, ctx, false, 1);
    watch.saw(first);
    ledger.record(first);
    assertThat(watch.isDistrusted(OPERATOR, WINDOW)).isFalse();

    SealMessage second = seal(100, 2, ctx, false, 1);
    watch.saw(second);

    assertThat(evidence.list(10))
        .containsExactly(new Evidence.TwoSeals(OPERATOR, first.seal(), second.seal()));
    assertThat(watch.isDistrusted(OPERATOR, WINDOW)).isTrue();
    assertThat(watch.isDistrusted(OPERATOR, WINDOW + 1)).isFalse();
    assertThat(watch.isDistrusted(OPERATOR + 1, WINDOW)).isFalse();

    restart();
    assertThat(watch.isDistrusted(OPERATOR, WINDOW)).as("after a restart").isTrue();
  }

  @Test
  void takesStatementsThatDifferInTheirClockForTheSame() {
    SealMessage first = seal(100, 1, ctx, false, 1);
    watch.saw(first);
    ledger.record(first);
    watch.saw(seal(100, 1, ctx, false, 2));
    watch.saw(frag(101, 0, 7, 1));
    watch.saw(frag(101, 0, 7, 2));

    assertThat(evidence.count()).isZero();
  }

  @Test
  void findsTwoFragsOfOnePlaceEvenWhenTheFirstWasEmpty() {
    watch.saw(frag(100, 4, 0, 1));
    watch.saw(frag(100, 5, 7, 2));
    assertThat(evidence.count()).isZero();
    watch.saw(frag(100, 4, 8, 3));

    assertThat(evidence.list(10))
        .singleElement()
        .satisfies(item -> {
          assertThat(item.fault()).isEqualTo(Fault.EQUIVOCATION);
          assertThat(item.summary()).isEqualTo("two frags for place 100.4");
        });
  }

  @Test
  void findsATickAfterTheEndInWhateverOrderTheyCome() {
    watch.saw(seal(102, 3, ctx, false, 1));
    watch.saw(seal(100, 1, ctx, false, 1));
    assertThat(evidence.count()).isZero();
    watch.saw(seal(101, 2, ctx, true, 1));

    assertThat(evidence.list(10))
        .singleElement()
        .satisfies(item -> assertThat(item.fault()).isEqualTo(Fault.AFTER_END));
  }

  @Test
  void findsAnotherBlockOrNoneInTheOwnPosting() {
    ledger.record(seal(100, 1, ctx, false, 1));
    ledger.record(seal(101, 2, ctx, false, 1));
    watch.posted(posted(OPERATOR, 100, 1, 2));
    assertThat(evidence.count()).as("posted as sealed").isZero();
    watch.posted(posted(OPERATOR, 100, 1));
    assertThat(evidence.count()).as("a posting that merely ends earlier").isZero();
    watch.posted(posted(OPERATOR + 1, 100, 8, 9));
    assertThat(evidence.count()).as("somebody else's posting").isZero();

    watch.posted(posted(OPERATOR, 100, 1, 9));

    assertThat(evidence.list(10))
        .singleElement()
        .satisfies(item -> {
          assertThat(item.fault()).isEqualTo(Fault.POSTED_ANOTHER);
          assertThat(item.summary()).contains("tick 101");
        });
  }

  @Test
  void holdsNobodyToAProvisionalSealOrADeadAnchor() {
    ledger.record(seal(100, 1, new Ctx(5, hash(5), hash(1), Ctx.PROVISIONAL), false, 1));
    ledger.record(seal(101, 2, new Ctx(5, hash(6), hash(1), 0), false, 1));

    watch.posted(posted(OPERATOR, 100, 8, 9));

    assertThat(evidence.count()).isZero();
  }

  @Test
  void keepsWhoPostedWhatDerivesToNothing() {
    watch.derivedToNothing(posted(0, 100, 1).event(), "a stranger's garbage");
    assertThat(evidence.count()).isZero();
    watch.derivedToNothing(posted(OPERATOR, 100, 1).event(), "blobs: no magic");

    assertThat(evidence.list(10))
        .containsExactly(
            new Evidence.DerivedToNothing(OPERATOR, WINDOW, 1, hash(100), "blobs: no magic"));
  }
}
