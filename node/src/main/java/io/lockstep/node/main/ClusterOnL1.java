// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.LookaheadOracleAbi.OnChainWindow;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.OpenBlockProposed;
import io.lockstep.l1client.contract.Operator;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.contract.Reverts;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.execution.L1Log;
import io.lockstep.l1client.execution.L1Transaction;
import io.lockstep.preconf.verify.L1Access;
import io.lockstep.preconf.verify.WindowTime;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Answers a verifier's questions from a cluster's contracts over JSON-RPC. One thread. */
final class ClusterOnL1 implements L1Access {
  private static final long LOG_RANGE_BLOCKS = 5_000;

  private final ClusterFile cluster;
  private final ExecutionClient l1;
  private final RegistryReader registry;
  private final LookaheadReader oracle;
  private final LookaheadReader.Slots slots;

  ClusterOnL1(ClusterFile cluster, ExecutionClient l1) throws L1Exception {
    this.cluster = cluster;
    this.l1 = l1;
    registry = new RegistryReader(l1, cluster.operatorRegistry());
    oracle = new LookaheadReader(l1, cluster.lookaheadOracle());
    slots = oracle.slots(BlockTag.LATEST);
  }

  /** The times of the cluster's windows, as its contracts hold them. */
  WindowTime time() throws L1Exception {
    InboxReader.Numbers numbers =
        new InboxReader(l1, cluster.clusterInbox()).numbers(BlockTag.LATEST);
    return new WindowTime(
        numbers.tickSeconds(), numbers.handoverLeadSeconds(), slots.slotSeconds());
  }

  /** A question to L1 whose failure is not an answer. */
  private interface Asked<T> {
    T get() throws L1Exception;
  }

  private static <T> T ask(Asked<T> question) throws IOException {
    try {
      return question.get();
    } catch (L1Exception e) {
      throw unanswered(e);
    }
  }

  private static IOException unanswered(L1Exception e) {
    return new IOException("L1 does not answer: " + e.getMessage(), e);
  }

  @Override
  public Optional<Window> window(long slot) throws IOException {
    try {
      OnChainWindow found = oracle.windowOf(new Slot(slot), BlockTag.LATEST);
      return Optional.of(
          new Window(found.windowSlot().value(), found.operatorId(), found.fallback()));
    } catch (L1Exception e) {
      String revert = Reverts.inWords(e.data());
      if (revert != null && revert.startsWith("LookaheadMissing(")) {
        return Optional.empty();
      }
      throw unanswered(e);
    }
  }

  @Override
  public Optional<Committer> committer(Address committer, long windowSlot) throws IOException {
    return ask(() -> {
      int id = registry.operatorOfCommitter(committer, BlockTag.LATEST);
      if (id == 0) {
        return Optional.empty();
      }
      Operator operator = registry.operator(id, BlockTag.LATEST);
      return Optional.of(
          new Committer(
              id,
              registry.keysAt(id, slots.epochOf(windowSlot), BlockTag.LATEST).committer(),
              operator.stake().amount(),
              operator.frozenAtSeconds() != 0));
    });
  }

  @Override
  public Optional<Hash32> blockHash(long number) throws IOException {
    return ask(() -> Optional.ofNullable(l1.blockByNumber(number)).map(L1Block::hash));
  }

  @Override
  public void postings(long fromBlock, Visitor visitor) throws IOException {
    eachLog(
        fromBlock,
        ClusterInboxAbi.BATCH_PROPOSED_TOPIC,
        log -> {
          Posting posting = posting(log);
          return posting == null || visitor.visit(posting);
        });
  }

  @Override
  public boolean hasOpenBlock(long windowSlot, long fromBlock) throws IOException {
    AtomicBoolean found = new AtomicBoolean();
    eachLog(
        fromBlock,
        ClusterInboxAbi.OPEN_BLOCK_PROPOSED_TOPIC,
        log -> {
          found.set(openBlock(log).windowSlot().value() == windowSlot);
          return !found.get();
        });
    return found.get();
  }

  private static OpenBlockProposed openBlock(L1Log log) throws IOException {
    try {
      return ClusterInboxAbi.decodeOpenBlockProposed(log.log());
    } catch (DecodeException e) {
      throw new IOException("L1 shows an event that the inbox never emits", e);
    }
  }

  /** Takes a log; tells whether to go on. */
  private interface LogVisitor {
    boolean visit(L1Log log) throws IOException;
  }

  /** The inbox's logs of a kind in L1's canonical blocks from {@code fromBlock} on, in order. */
  private void eachLog(long fromBlock, Hash32 topic, LogVisitor visitor) throws IOException {
    long head =
        ask(() -> Optional.ofNullable(l1.block(BlockTag.LATEST)))
            .orElseThrow(() -> new IOException("L1 has no latest block"))
            .number();
    long from = Math.max(fromBlock, cluster.deploymentBlock());
    while (from <= head) {
      long first = from;
      long last = Math.min(head, from + LOG_RANGE_BLOCKS - 1);
      List<L1Log> logs = ask(() -> l1.logs(first, last, cluster.clusterInbox(), List.of(topic)));
      for (L1Log log : logs) {
        if (!visitor.visit(log)) {
          return;
        }
      }
      from = last + 1;
    }
  }

  private @Nullable Posting posting(L1Log log) throws IOException {
    L1Transaction tx =
        ask(() -> Optional.ofNullable(l1.transaction(log.txHash())))
            .orElseThrow(() -> new IOException("L1 does not have the transaction " + log.txHash()));
    Batch batch;
    try {
      batch = ClusterInboxAbi.decodePropose(tx.input());
    } catch (DecodeException e) {
      return null; // it derives to nothing
    }
    long lastTick = batch.firstTick() <= batch.lastTick() ? batch.lastTick() : -1;
    for (Carried carried : batch.carried()) {
      lastTick = Math.max(lastTick, carried.lastTick());
    }
    Map<Long, Hash32> lastBlocks = new HashMap<>();
    for (RollupPart part : batch.rollups()) {
      lastBlocks.putIfAbsent(part.rollupId(), part.lastBlockHash());
    }
    return new Posting(log.blockNumber(), log.txHash(), lastTick, lastBlocks);
  }
}
