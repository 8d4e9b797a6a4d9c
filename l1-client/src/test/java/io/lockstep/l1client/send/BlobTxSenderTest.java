// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobTxSenderTest {
  private static final PostingId FIRST = new PostingId(Hash32.ofWords(0, 0, 0, 1));
  private static final PostingId SECOND = new PostingId(Hash32.ofWords(0, 0, 0, 2));
  private static final PostingId THIRD = new PostingId(Hash32.ofWords(0, 0, 0, 3));
  private static final Bytes CALL = Bytes.fromHex("0x01020304");

  @TempDir Path dir;
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final ExecutionClient execution =
      new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);
  private final List<PostingEvent> events = new ArrayList<>();
  private RocksStore store;
  private BlobTxSender sender;
  private HeadTracker tracker;
  private long nowMs = 1;

  @BeforeEach
  void open() {
    chain.mineEmpty(3);
    start();
    follow();
  }

  /** What happens at a start of the node. */
  private void start() {
    store = RocksStore.open(dir, BlobTxSender.columns());
    sender =
        new BlobTxSender(
            TestBlobs.setup(execution, store),
            TestBlobs.KEY,
            UInt256.of(900),
            BlobTxSender.Options.DEFAULT,
            events::add);
    BlobTxSender mine = sender;
    tracker =
        new HeadTracker(execution, List.of(), event -> assertThat(mine.onL1Event(event)).isTrue());
  }

  /** The process dies: only what is in the store stays. */
  private void crash() {
    store.close();
    events.clear();
    start();
  }

  @AfterEach
  void close() {
    store.close();
    l1.close();
    transport.close();
  }

  private void follow() {
    while (tracker.step()) {
      // until nothing waits
    }
    step();
  }

  private void step() {
    nowMs += 2_000;
    while (sender.step(nowMs) > 0) {
      // until the inbox is empty
    }
  }

  private static CompletableFuture<BlobSidecar> sidecar(int number) {
    BlobTransaction made = TestBlobs.signedPosting(number, 1);
    return CompletableFuture.completedFuture(
        new BlobSidecar(
            made.blobs(),
            made.commitments(),
            made.cellProofs(),
            made.transaction().blobVersionedHashes()));
  }

  private void submit(PostingId id, int number) {
    CompletableFuture<BlobSidecar> made = sidecar(number);
    assertThat(sender.submit(TestBlobs.request(id, CALL, made.join().blobs()), made)).isTrue();
    step();
  }

  private List<BlobTransaction> pooled() {
    return chain.pooled(sender.poster());
  }

  private <T extends PostingEvent> T only(Class<T> type) {
    List<T> found = events.stream().filter(type::isInstance).map(type::cast).toList();
    assertThat(found).as("events %s", events).hasSize(1);
    return found.getFirst();
  }

  private int countOf(Class<? extends PostingEvent> type) {
    return (int) events.stream().filter(type::isInstance).count();
  }

  @Test
  void postsAndFollowsToFinality() {
    submit(FIRST, 1);
    Hash32 tx = only(PostingEvent.Sent.class).txHash();
    assertThat(only(PostingEvent.Signed.class).nonce()).isZero();
    assertThat(sender.isBusy()).isTrue();

    FakeChain.FakeBlock block = chain.mine();
    follow();

    PostingEvent.Included included = only(PostingEvent.Included.class);
    assertThat(included.txHash()).isEqualTo(tx);
    assertThat(included.block().hash()).isEqualTo(block.hash());
    assertThat(included.success()).isTrue();
    assertThat(sender.isBusy()).isFalse();

    chain.mineEmpty(3);
    chain.finalise(block.number());
    follow();
    assertThat(only(PostingEvent.Safe.class).txHash()).isEqualTo(tx);
    assertThat(only(PostingEvent.Final.class).txHash()).isEqualTo(tx);
    assertThat(events.stream().map(e -> (Object) e.getClass()))
        .containsExactly(
            PostingEvent.Sealed.class,
            PostingEvent.Encoded.class,
            PostingEvent.Signed.class,
            PostingEvent.Sent.class,
            PostingEvent.Included.class,
            PostingEvent.Safe.class,
            PostingEvent.Final.class);
    PostingCost cost = included.cost();
    // the stub's receipt: 21,000 gas at 2 gwei, one blob at 7 wei
    assertThat(cost.gasWei()).isEqualTo(UInt256.of(42_000_000_000_000L));
    assertThat(cost.blobWei()).isEqualTo(UInt256.of(7 * 131_072));
    assertThat(cost.perTransactionWei()).isEqualTo(UInt256.of(4_200_000_091_750L));
  }

  @Test
  void replacesAtOnceWhenTheFeesHaveLeftItBehind() {
    submit(FIRST, 1);
    chain.priceNextBlocks(UInt256.of(9_000_000_000L), 0);
    chain.mineEmpty(1);
    follow();

    PostingEvent.Replaced replaced = only(PostingEvent.Replaced.class);
    assertThat(replaced.fees().feeCap()).isGreaterThan(UInt256.of(9_000_000_000L));
  }

  @Test
  void waitsWhileItsFeesStillDoAndNoTwoBlocksHavePassed() {
    submit(FIRST, 1);
    chain.priceNextBlocks(UInt256.of(1_500_000_000L), 0);
    chain.mineEmpty(1);
    follow();
    assertThat(countOf(PostingEvent.Replaced.class)).isZero();
    chain.mineEmpty(1);
    follow();
    assertThat(countOf(PostingEvent.Replaced.class)).isEqualTo(1);
  }

  @Test
  void makesAWrapperOfVersionOneWithProofsThatVerify() throws DecodeException {
    List<Bytes> blobs = List.of(Bytes.wrap(TestBlobs.blob(1)), Bytes.wrap(TestBlobs.blob(2)));
    assertThat(sender.submit(TestBlobs.request(FIRST, CALL, blobs))).isTrue();
    step();

    BlobTransaction sent = BlobTransaction.decode(l1.execution().sentRaw().getFirst());
    Transaction tx = sent.transaction();
    assertThat(tx.sender()).isEqualTo(TestBlobs.KEY.address());
    assertThat(tx.chainId()).isEqualTo(UInt256.of(900));
    assertThat(tx.to()).isEqualTo(TestBlobs.INBOX);
    assertThat(tx.data()).isEqualTo(CALL);
    // 0.875 gwei in the next block, which may rise by an eighth five times, and the tip
    assertThat(tx.maxFeePerGas()).isEqualTo(UInt256.of(2_576_778_414L));
    assertThat(tx.blobVersionedHashes()).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(Kzg.versionedHash(sent.commitments().get(i)))
          .isEqualTo(tx.blobVersionedHashes().get(i));
      assertThat(
              Kzg.verifyCellProofs(
                  sent.blobs().get(i).unsafeArray(),
                  sent.commitments().get(i),
                  sent.cellProofs().get(i)))
          .isTrue();
    }
  }

  @Test
  void offersTheSamePayloadInTheOldFormToANodeThatKnowsNoOther() throws DecodeException {
    l1.execution().takeOldWrappersOnly();
    List<Bytes> blobs = List.of(Bytes.wrap(TestBlobs.blob(1)), Bytes.wrap(TestBlobs.blob(2)));
    assertThat(sender.submit(TestBlobs.request(FIRST, CALL, blobs))).isTrue();
    step();

    List<Bytes> sent = l1.execution().sentRaw();
    assertThat(sent).hasSize(2);
    assertThat(BlobTransaction.wrapperVersion(sent.get(0))).isEqualTo(1);
    assertThat(BlobTransaction.wrapperVersion(sent.get(1))).isZero();
    assertThat(BlobTransaction.transactionOf(sent.get(1)))
        .isEqualTo(BlobTransaction.transactionOf(sent.get(0)));
    // four items: payload, blobs, commitments, proofs of 48 bytes
    RlpReader items = RlpReader.over(sent.get(1).slice(1, sent.get(1).size())).list();
    items.skip();
    items.skip();
    items.skip();
    RlpReader proofs = items.list();
    items.end();
    assertThat(proofs.bytes()).hasSize(48);
    assertThat(proofs.bytes()).hasSize(48);
    proofs.end();
    only(PostingEvent.Sent.class);

    Bytes taken = sent.get(1);
    chain.emptyPool();
    crash();
    follow();
    assertThat(l1.execution().sentRaw().getLast()).isEqualTo(taken);
    chain.mine();
    follow();
    only(PostingEvent.Included.class);

    submit(SECOND, 3);
    assertThat(BlobTransaction.wrapperVersion(l1.execution().sentRaw().get(3))).isEqualTo(1);
    assertThat(BlobTransaction.wrapperVersion(l1.execution().sentRaw().get(4))).isZero();
    chain.mine();
    follow();
    submit(THIRD, 4);
    // from now on it is known
    assertThat(BlobTransaction.wrapperVersion(l1.execution().sentRaw().get(5))).isZero();
  }

  @Test
  void takesTheFormOfTheForkThatTheNodeNames() throws DecodeException {
    l1.execution().takeOldWrappersOnly();
    l1.execution()
        .answer(
            "eth_config",
            Json.parse(
                "{\"current\": {\"blobSchedule\": {\"target\": 6, \"max\": 9,"
                    + " \"baseFeeUpdateFraction\": 5007716}, \"precompiles\": {}}}"));
    submit(FIRST, 1);

    assertThat(l1.execution().sentRaw()).hasSize(1);
    assertThat(BlobTransaction.wrapperVersion(l1.execution().sentRaw().getFirst())).isZero();
  }

  @Test
  void refusesASecondPostingWhileOneIsOnItsWay() {
    submit(FIRST, 1);
    submit(SECOND, 2);
    assertThat(only(PostingEvent.Refused.class).id()).isEqualTo(SECOND);
    chain.mine();
    follow();

    submit(SECOND, 2);
    assertThat(countOf(PostingEvent.Sent.class)).isEqualTo(2);
    assertThat(pooled().getLast().transaction().nonce()).isEqualTo(1);
  }

  @Test
  void neverPostsTheSameIdTwice() {
    submit(FIRST, 1);
    chain.mine();
    follow();
    submit(FIRST, 1);
    assertThat(only(PostingEvent.Refused.class).why()).contains("already posted");
    crash();
    follow();
    submit(FIRST, 1);
    assertThat(only(PostingEvent.Refused.class).why()).contains("already posted");
  }

  @Test
  void replacesWithTwiceTheFeesAfterTwoBlocks() {
    chain.askBlobFee(UInt256.of(5_000_000_000L));
    submit(FIRST, 1);
    Hash32 first = only(PostingEvent.Sent.class).txHash();
    chain.mine();
    follow();
    assertThat(countOf(PostingEvent.Replaced.class)).isZero();

    chain.mine();
    follow();

    PostingEvent.Replaced replaced = only(PostingEvent.Replaced.class);
    assertThat(replaced.oldTxHash()).isEqualTo(first);
    BlobTransaction pooled = pooled().getFirst();
    assertThat(pooled.transaction().hash()).isEqualTo(replaced.newTxHash());
    assertThat(pooled.transaction().nonce()).isZero();
    assertThat(pooled.transaction().data()).isEqualTo(CALL);
    assertThat(pooled.transaction().maxFeePerBlobGas()).isEqualTo(UInt256.of(2_000_000_000L));
    assertThat(pooled.transaction().maxFeePerGas()).isEqualTo(UInt256.of(5_153_556_828L));
    assertThat(pooled.transaction().maxPriorityFeePerGas()).isEqualTo(UInt256.of(2_000_000_000L));

    for (int i = 0; i < 5; i++) {
      chain.mine();
      follow();
    }
    assertThat(only(PostingEvent.Included.class).id()).isEqualTo(FIRST);
    assertThat(countOf(PostingEvent.Replaced.class)).isEqualTo(3);
  }

  @Test
  void followsTheMarketWhenItIsAboveTwiceTheOldFees() {
    chain.askBlobFee(UInt256.of(50_000_000_000L));
    submit(FIRST, 1);
    l1.execution().setBlobBaseFee(UInt256.of(40_000_000_000L));
    chain.mine();
    chain.mine();
    follow();

    assertThat(pooled().getFirst().transaction().maxFeePerBlobGas())
        .isGreaterThan(UInt256.of(40_000_000_000L));
    chain.mine();
    follow();
    assertThat(countOf(PostingEvent.Included.class)).isEqualTo(1);
  }

  @Test
  void takesAnEarlierAttemptThatIsIncludedAfterAll() {
    chain.askBlobFee(UInt256.of(5_000_000_000L));
    submit(FIRST, 1);
    Hash32 first = only(PostingEvent.Sent.class).txHash();
    BlobTransaction old = pooled().getFirst();
    chain.mine();
    chain.mine();
    follow();
    only(PostingEvent.Replaced.class);

    chain.mineWith(List.of(new FakeChain.Mined(old.transaction(), true, List.of())));
    follow();

    assertThat(only(PostingEvent.Included.class).txHash()).isEqualTo(first);
  }

  @Test
  void sendsTheSameBytesAgainAfterAReorgTookThePostingOut() {
    submit(FIRST, 1);
    chain.mine();
    follow();
    chain.emptyPool();
    int sent = l1.execution().sentRaw().size();

    chain.reorg(1, 2);
    follow();

    Hash32 tx = only(PostingEvent.Reorged.class).txHash();
    assertThat(l1.execution().sentRaw()).hasSize(sent + 1);
    assertThat(l1.execution().sentRaw().getLast()).isEqualTo(l1.execution().sentRaw().getFirst());
    chain.mine();
    follow();
    assertThat(events.getLast()).isInstanceOf(PostingEvent.Included.class);
    assertThat(((PostingEvent.Included) events.getLast()).txHash()).isEqualTo(tx);
  }

  @Test
  void bringsTwoPostingsBackInOrderAfterADeepReorg() {
    submit(FIRST, 1);
    chain.mine();
    follow();
    submit(SECOND, 2);
    chain.mine();
    follow();
    chain.emptyPool();
    chain.reorg(3, 4);
    follow();
    assertThat(countOf(PostingEvent.Reorged.class)).isEqualTo(2);
    assertThat(pooled().stream().map(t -> t.transaction().nonce())).containsExactly(0L, 1L);

    FakeChain.FakeBlock block = chain.mine();
    follow();
    assertThat(block.txs()).hasSize(2);
    assertThat(countOf(PostingEvent.Included.class)).isEqualTo(4);
  }

  @Test
  void sendsWhatWasSignedButNotSentAfterACrash() {
    l1.execution().fail("eth_sendRawTransaction", -32000, "pool is full");
    submit(FIRST, 1);
    PostingEvent.Signed signed = only(PostingEvent.Signed.class);
    assertThat(only(PostingEvent.Stuck.class).why()).contains("pool is full");
    assertThat(pooled()).isEmpty();

    crash();
    l1.execution().heal("eth_sendRawTransaction");
    follow();

    assertThat(only(PostingEvent.Sent.class).txHash()).isEqualTo(signed.txHash());
    assertThat(countOf(PostingEvent.Signed.class)).isZero();
    chain.mine();
    follow();
    assertThat(only(PostingEvent.Included.class).txHash()).isEqualTo(signed.txHash());
  }

  @Test
  void sendsTheSameBytesAfterACrashBehindTheSend() {
    submit(FIRST, 1);
    Bytes before = l1.execution().sentRaw().getLast();
    chain.emptyPool();
    crash();
    follow();

    assertThat(l1.execution().sentRaw().getLast()).isEqualTo(before);
    chain.mine();
    follow();
    only(PostingEvent.Included.class);
  }

  @Test
  void findsAfterACrashThatThePostingIsInTheChainLongSince() {
    submit(FIRST, 1);
    chain.mine();
    chain.mineEmpty(HeadTracker.WINDOW_BLOCKS);
    int sent = l1.execution().sentRaw().size();
    crash();
    follow();

    only(PostingEvent.Included.class);
    assertThat(l1.execution().sentRaw()).hasSize(sent);
  }

  @Test
  void findsAfterACrashThatAReorgTookThePostingOut() {
    submit(FIRST, 1);
    chain.mine();
    follow();
    only(PostingEvent.Included.class);
    chain.emptyPool();
    chain.reorg(1, 3);
    crash();
    follow();
    step();

    only(PostingEvent.Reorged.class);
    only(PostingEvent.Sent.class);
    chain.mine();
    follow();
    only(PostingEvent.Included.class);
  }

  @Test
  void keepsTheReplacementThroughACrash() {
    chain.askBlobFee(UInt256.of(5_000_000_000L));
    submit(FIRST, 1);
    chain.mine();
    chain.mine();
    follow();
    Hash32 replacement = only(PostingEvent.Replaced.class).newTxHash();
    chain.emptyPool();
    crash();
    follow();

    assertThat(pooled().getFirst().transaction().hash()).isEqualTo(replacement);
  }

  @Test
  void waitsWithoutSigningWhileNoNodeIsReached() {
    l1.answerInstead(() -> StubL1.Raw.text(502, "text/html", "<html>"));
    submit(FIRST, 1);
    step();
    assertThat(countOf(PostingEvent.Signed.class)).isZero();
    assertThat(countOf(PostingEvent.Stuck.class)).isEqualTo(1);

    l1.behave();
    step();

    only(PostingEvent.Sent.class);
  }

  @Test
  void saysFailedWhenAnotherTransactionTookTheNonce() {
    l1.execution().fail("eth_sendRawTransaction", -32000, "pool is full");
    submit(FIRST, 1);
    BlobTransaction foreign = TestBlobs.signedPosting(0, 1);
    chain.mineWith(List.of(new FakeChain.Mined(foreign.transaction(), true, List.of())));
    l1.execution().heal("eth_sendRawTransaction");
    for (int i = 0; i < 4; i++) {
      chain.mineEmpty(1);
      follow();
    }

    assertThat(only(PostingEvent.Failed.class).why()).contains("nonce 0");
    assertThat(sender.isBusy()).isFalse();
    submit(FIRST, 1);
    assertThat(pooled().getLast().transaction().nonce()).isEqualTo(1);
  }

  @Test
  void doesNotTakeAReceiptOfABranchThatIsNotTheChain() {
    submit(FIRST, 1);
    chain.mine();
    // the tracker has not told the block yet: its receipt does not count
    step();
    assertThat(countOf(PostingEvent.Included.class)).isZero();
    follow();
    only(PostingEvent.Included.class);
  }

  @Test
  void neverGoesAboveItsFeeCaps() {
    store.close();
    store = RocksStore.open(dir, BlobTxSender.columns());
    UInt256 gwei = UInt256.of(1_000_000_000L);
    FeePolicy tight =
        new FeePolicy(
            gwei,
            gwei.multiply(UInt256.of(50)),
            gwei,
            gwei.multiply(UInt256.of(100)),
            gwei.multiply(UInt256.of(2)),
            FeePolicy.DEFAULT.budgetWei());
    sender =
        new BlobTxSender(
            TestBlobs.setup(execution, store),
            TestBlobs.KEY,
            UInt256.of(900),
            new BlobTxSender.Options(tight, GasPolicy.DEFAULT, 2, 1_000),
            events::add);
    BlobTxSender mine = sender;
    tracker =
        new HeadTracker(execution, List.of(), event -> assertThat(mine.onL1Event(event)).isTrue());
    follow();
    chain.askBlobFee(UInt256.of(50_000_000_000L));
    submit(FIRST, 1);
    for (int i = 0; i < 8; i++) {
      chain.mine();
      follow();
    }

    assertThat(countOf(PostingEvent.Replaced.class)).isEqualTo(1);
    assertThat(pooled().getFirst().transaction().maxFeePerBlobGas())
        .isEqualTo(gwei.multiply(UInt256.of(2)));
    assertThat(events.stream().filter(PostingEvent.Stuck.class::isInstance)).isNotEmpty();
  }

  @Test
  void waitsForASignerThatIsAwayWithPostingsAndReplacements() {
    boolean[] away = {true};
    Signer elsewhere =
        new Signer() {
          @Override
          public Address address() {
            return TestBlobs.KEY.address();
          }

          @Override
          public Signature sign(Bytes preimage) throws SignerException {
            if (away[0]) {
              throw new SignerException("the signer is away");
            }
            assertThat(preimage.get(0)).as("the type of a blob transaction").isEqualTo((byte) 3);
            return TestBlobs.KEY.sign(preimage);
          }

          @Override
          public boolean isRemote() {
            return true;
          }

          @Override
          public @Nullable String trouble() {
            return away[0] ? "the signer is away" : null;
          }
        };
    store.close();
    store = RocksStore.open(dir, BlobTxSender.columns());
    sender =
        new BlobTxSender(
            TestBlobs.setup(execution, store),
            elsewhere,
            UInt256.of(900),
            BlobTxSender.Options.DEFAULT,
            events::add);
    BlobTxSender mine = sender;
    tracker =
        new HeadTracker(execution, List.of(), event -> assertThat(mine.onL1Event(event)).isTrue());
    follow();
    submit(FIRST, 1);
    step();
    assertThat(pooled()).isEmpty();
    assertThat(only(PostingEvent.Stuck.class).why()).isEqualTo("not signed: the signer is away");

    away[0] = false;
    step();
    assertThat(pooled()).hasSize(1);
    away[0] = true;
    for (int i = 0; i < 2; i++) {
      chain.mineEmpty(1);
      follow();
    }
    assertThat(countOf(PostingEvent.Replaced.class)).isZero();
    assertThat(events)
        .contains(
            new PostingEvent.Stuck(FIRST, "the replacement is not signed: the signer is away"));
    away[0] = false;
    step();
    assertThat(countOf(PostingEvent.Replaced.class)).isEqualTo(1);
  }

  @Test
  void refusesBlobsThatAreNone() {
    List<Bytes> blobs = List.of(Bytes.wrap(TestBlobs.notCanonical()));
    assertThat(sender.submit(TestBlobs.request(FIRST, CALL, blobs))).isTrue();
    step();

    assertThat(only(PostingEvent.Refused.class).why()).contains("not a blob");
    assertThat(sender.isBusy()).isFalse();
  }

  @Test
  void givesTheNonceOfAnAbandonedPostingToTheNextAtTwiceItsFees() {
    chain.askBlobFee(UInt256.of(2_000_000_000L));
    submit(FIRST, 1);
    assertThat(sender.abandon(FIRST)).isTrue();
    step();
    only(PostingEvent.Abandoned.class);
    assertThat(sender.isBusy()).isFalse();

    submit(SECOND, 2);

    assertThat(pooled()).hasSize(1);
    assertThat(pooled().getFirst().transaction().nonce()).isZero();
    assertThat(pooled().getFirst().transaction().maxFeePerBlobGas())
        .isEqualTo(UInt256.of(2_000_000_000L));
    FakeChain.FakeBlock block = chain.mine();
    follow();
    assertThat(only(PostingEvent.Included.class).id()).isEqualTo(SECOND);
    chain.finalise(block.number());
    chain.mineEmpty(1);
    follow();
    assertThat(only(PostingEvent.Failed.class).id()).isEqualTo(FIRST);
  }

  @Test
  void tellsWhenAnAbandonedPostingIsIncludedAllTheSame() {
    submit(FIRST, 1);
    sender.abandon(FIRST);
    step();
    crash();
    follow();
    assertThat(countOf(PostingEvent.Sent.class)).isZero();
    chain.mine();
    follow();

    assertThat(only(PostingEvent.Included.class).id()).isEqualTo(FIRST);
    submit(SECOND, 2);
    assertThat(only(PostingEvent.Signed.class).nonce()).isEqualTo(1);
  }

  @Test
  void dropsAPostingThatIsGivenUpBeforeItWasSigned() {
    l1.answerInstead(() -> StubL1.Raw.text(502, "text/html", "<html>"));
    submit(FIRST, 1);
    sender.abandon(FIRST);
    l1.behave();
    step();

    only(PostingEvent.Refused.class);
    assertThat(pooled()).isEmpty();
  }

  @Test
  void postsThroughANodeThatDoesNotSayTheBlobFee() {
    l1.execution().fail("eth_blobBaseFee", -32601, "no such method");
    submit(FIRST, 1);

    only(PostingEvent.Sent.class);
  }

  @Test
  void postsTheSameIdAgainWhenItReverted() {
    submit(FIRST, 1);
    BlobTransaction sent = pooled().getFirst();
    chain.mineWith(List.of(new FakeChain.Mined(sent.transaction(), false, List.of())));
    follow();
    assertThat(only(PostingEvent.Included.class).success()).isFalse();

    submit(FIRST, 1);

    assertThat(countOf(PostingEvent.Sent.class)).isEqualTo(2);
  }

  @Test
  void doesNotOutbidItselfBehindALowerNonceThatIsMissing() {
    submit(FIRST, 1);
    chain.mine();
    follow();
    submit(SECOND, 2);
    chain.mine();
    follow();
    chain.emptyPool();
    chain.askBlobFee(UInt256.of(100_000_000_000L));
    chain.reorg(2, 3);
    follow();
    for (int i = 0; i < 5; i++) {
      chain.mine();
      follow();
    }

    assertThat(
            events.stream().filter(PostingEvent.Replaced.class::isInstance).map(PostingEvent::id))
        .isNotEmpty()
        .containsOnly(FIRST);
  }
}
