// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.intake;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One workload on one chain: as many threads as batches may be on their way send theirs one after
 * another; the calling thread looks through the blocks.
 */
final class Run {
  private Run() {}

  /**
   * What it took.
   *
   * @param intakeMs from the first batch to the answer of the last
   * @param inclusionMs from the first batch to the block with the last transaction
   * @param safeMs from then until all was derived from L1; −1 when that was not asked for
   */
  record Timing(int count, double intakeMs, double inclusionMs, int blocks, long safeMs) {
    double intakeRate() {
      return count / intakeMs * 1_000;
    }

    double inclusionRate() {
      return count / inclusionMs * 1_000;
    }
  }

  /**
   * Runs.
   *
   * @param lanes what each thread sends, in its order
   * @param safeTimeoutMs how long to wait for L1; 0 does not
   */
  static Timing of(RpcHttp rpc, List<List<Batch>> lanes, long safeTimeoutMs) throws BenchException {
    Set<Hash32> sought = new HashSet<>();
    lanes.forEach(lane -> lane.forEach(batch -> sought.addAll(batch.hashes())));
    int count = sought.size();
    Chain chain = new Chain(rpc);
    long startNs = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> sending = new ArrayList<>();
      for (List<Batch> lane : lanes) {
        sending.add(threads.submit(() -> send(rpc, lane)));
      }
      long includedNs = chain.awaitAll(sought);
      long answeredNs = startNs;
      for (Future<Long> lane : sending) {
        answeredNs = Math.max(answeredNs, lane.get());
      }
      long safeMs = safeTimeoutMs == 0 ? -1 : chain.awaitSafe(safeTimeoutMs);
      return new Timing(
          count,
          (answeredNs - startNs) / 1e6,
          (includedNs - startNs) / 1e6,
          chain.blocks(),
          safeMs);
    } catch (ExecutionException e) {
      throw new BenchException("sending failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private static long send(RpcHttp rpc, List<Batch> lane) throws BenchException {
    for (Batch batch : lane) {
      batch.check(rpc.post(batch.message()));
    }
    return System.nanoTime();
  }
}
