// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.derive;

import io.lockstep.bench.derive.PostedBatches.Posted;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.List;

/**
 * The stages of derivation one after the other on one thread, each with its time: where the work
 * lies. Derivation itself overlaps some of them. One thread.
 */
final class StagedRun {
  private final BenchCluster cluster;
  private final PostedBatches l1;
  long decodeNanos;
  long recoverNanos;
  long executeNanos;
  long rootNanos;
  long commitNanos;

  StagedRun(BenchCluster cluster, PostedBatches l1) {
    this.cluster = cluster;
    this.l1 = l1;
  }

  void run(Posted posted) throws DecodeException {
    long start = System.nanoTime();
    BatchContents contents = BatchCodec.decode(posted.blobs());
    decodeNanos += System.nanoTime() - start;
    for (BlockData data : contents.segments().getFirst().blocks()) {
      run(data);
    }
  }

  private void run(BlockData data) {
    long start = System.nanoTime();
    data.transactions().forEach(Transaction::sender);
    long recovered = System.nanoTime();
    TickPlan plan =
        new TickPlan(
            data.tick(),
            BenchCluster.RULES.timestampOf(data.tick()),
            l1.block(data.anchorNumber()),
            1);
    OpenTick open = OpenTick.open(plan, cluster.cluster.rollups(), List.of(data.gasLimit()));
    if (open == null) {
      throw new IllegalStateException("the system transaction does not succeed");
    }
    OpenTick.RollupBlock block = open.blocks().getFirst();
    for (Transaction tx : data.transactions()) {
      if (block.execute(tx) instanceof TxOutcome.Refused refused) {
        throw new IllegalStateException(refused.message());
      }
    }
    long executed = System.nanoTime();
    OpenTick.FinishedBlock done = block.finish();
    long finished = System.nanoTime();
    done.append();
    recoverNanos += recovered - start;
    executeNanos += executed - recovered;
    rootNanos += finished - executed;
    commitNanos += System.nanoTime() - finished;
  }

  void forget() {
    decodeNanos = 0;
    recoverNanos = 0;
    executeNanos = 0;
    rootNanos = 0;
    commitNanos = 0;
  }

  long total() {
    return decodeNanos + recoverNanos + executeNanos + rootNanos + commitNanos;
  }
}
