// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.l1client.fee.Fees;
import io.lockstep.l1client.send.PostingCost;
import io.lockstep.l1client.send.PostingEvent;
import io.lockstep.node.ops.Metrics;
import io.lockstep.primitives.uint.UInt256;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Counts how postings fare and what they cost. Any thread. */
final class PostingMeter {
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);

  /** What can happen to a posting, each a counter. */
  private enum Stage {
    SEALED("batches whose content was journaled"),
    ENCODED("batches whose proofs were journaled"),
    SIGNED("batches that were signed"),
    SENT("times that a node took a posting, again after a restart or a reorg too"),
    INCLUDED("postings found in an L1 block"),
    SAFE("postings whose L1 block became safe"),
    FINAL("postings whose L1 block became final"),
    REPLACED("postings sent again at twice their fees"),
    REVERTED("postings that were included and posted nothing"),
    REORGED("postings that a reorg took out of the chain"),
    FAILED("postings whose nonce went to another transaction"),
    STUCK("troubles of postings: a node refuses, none is reached, caps or budget do not reach");

    private final String description;

    Stage(String description) {
      this.description = description;
    }
  }

  private final Map<Stage, LongAdder> counters = new EnumMap<>(Stage.class);
  private final LongAdder costGwei = new LongAdder();
  private final LongAdder blobCostGwei = new LongAdder();
  private final LongAdder blobGas = new LongAdder();
  private final LongAdder transactions = new LongAdder();
  private volatile @Nullable PostingCost lastCost;
  private volatile @Nullable Fees lastOffer;

  PostingMeter() {
    for (Stage stage : Stage.values()) {
      counters.put(stage, new LongAdder());
    }
  }

  void count(PostingEvent event) {
    switch (event) {
      case PostingEvent.Sealed _ -> count(Stage.SEALED);
      case PostingEvent.Encoded _ -> count(Stage.ENCODED);
      case PostingEvent.Signed signed -> {
        lastOffer = signed.fees();
        count(Stage.SIGNED);
      }
      case PostingEvent.Sent _ -> count(Stage.SENT);
      case PostingEvent.Replaced replaced -> {
        lastOffer = replaced.fees();
        count(Stage.REPLACED);
      }
      case PostingEvent.Included included -> {
        count(included.success() ? Stage.INCLUDED : Stage.REVERTED);
        add(included.cost());
      }
      case PostingEvent.Safe _ -> count(Stage.SAFE);
      case PostingEvent.Final _ -> count(Stage.FINAL);
      case PostingEvent.Reorged _ -> count(Stage.REORGED);
      case PostingEvent.Failed _ -> count(Stage.FAILED);
      case PostingEvent.Stuck _ -> count(Stage.STUCK);
      case PostingEvent.Abandoned _, PostingEvent.Refused _ -> {}
    }
  }

  private void count(Stage stage) {
    LongAdder counter = counters.get(stage);
    if (counter != null) {
      counter.increment();
    }
  }

  private void add(PostingCost cost) {
    lastCost = cost;
    costGwei.add(cost.totalWei().divide(GWEI).toLongSaturated());
    blobCostGwei.add(cost.blobWei().divide(GWEI).toLongSaturated());
    blobGas.add(cost.blobGas());
    transactions.add(cost.transactions());
  }

  /** Exposes everything as {@code posting_*}. */
  void addTo(Metrics metrics, IntSupplier underWay) {
    counters.forEach((stage, counter) ->
        metrics.counted(
            "posting_" + stage.name().toLowerCase(Locale.ROOT), stage.description, counter::sum));
    metrics.gauge(
        "posting_under_way", "postings that are not final or given up", underWay::getAsInt);
    metrics.counted("posting_cost_gwei", "paid for included postings, gwei", costGwei::sum);
    metrics.counted(
        "posting_blob_cost_gwei", "the part of it burned for blobs, gwei", blobCostGwei::sum);
    metrics.counted("posting_blob_gas", "blob gas of included postings", blobGas::sum);
    metrics.counted(
        "posting_transactions", "transactions that included postings carried", transactions::sum);
    metrics.gauge(
        "posting_last_cost_wei",
        "what the last included posting cost",
        () -> costOf(PostingCost::totalWei));
    metrics.gauge(
        "posting_last_cost_per_transaction_wei",
        "the same by the transaction that it carried",
        () -> costOf(PostingCost::perTransactionWei));
    metrics.gauge(
        "posting_offered_tip_wei",
        "tip of the last signed posting, wei a gas",
        () -> offerOf(Fees::tip));
    metrics.gauge(
        "posting_offered_fee_wei",
        "highest fee of the last signed posting, wei a gas",
        () -> offerOf(Fees::feeCap));
    metrics.gauge(
        "posting_offered_blob_fee_wei",
        "highest blob fee of the last signed posting, wei a blob gas",
        () -> offerOf(Fees::blobFeeCap));
  }

  private double costOf(Function<PostingCost, UInt256> part) {
    PostingCost cost = lastCost;
    return cost == null ? 0 : part.apply(cost).toBigInteger().doubleValue();
  }

  private double offerOf(Function<Fees, UInt256> part) {
    Fees offer = lastOffer;
    return offer == null ? 0 : part.apply(offer).toBigInteger().doubleValue();
  }
}
