// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Log;
import io.lockstep.l1client.execution.L1Transaction;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads the Inbox of a cluster from L1. Methods block. Any thread. */
public final class InboxReader {
  /** Events that move the Inbox's head. */
  public static final List<Hash32> TOPICS =
      List.of(ClusterInboxAbi.BATCH_PROPOSED_TOPIC, ClusterInboxAbi.OPEN_BLOCK_PROPOSED_TOPIC);

  private final ExecutionClient execution;
  private final Address inbox;

  public InboxReader(ExecutionClient execution, Address inbox) {
    this.execution = execution;
    this.inbox = inbox;
  }

  /**
   * The batches and open blocks of one block, in order.
   *
   * @throws L1Exception also when the node gives the log but not its transaction, or another one:
   *     then the block is asked for again, an answer with a batch missing is never given
   */
  public List<PostedBatch> batchesOf(Hash32 blockHash) throws L1Exception {
    List<L1Log> logs = execution.logs(blockHash, inbox, TOPICS);
    List<L1Log> ordered = new ArrayList<>(logs);
    ordered.sort(Comparator.comparingInt(L1Log::logIndex));
    List<PostedBatch> batches = new ArrayList<>();
    for (L1Log log : ordered) {
      L1Transaction tx = execution.transaction(log.txHash());
      Hash32 minedIn = tx == null ? null : tx.blockHash();
      if (tx == null || minedIn == null || !minedIn.equals(blockHash)) {
        throw new L1Exception(
            Kind.BAD_ANSWER,
            "block " + blockHash + " logs transaction " + log.txHash() + " but does not have it");
      }
      batches.add(
          new PostedBatch(
              decode(log),
              log.blockNumber(),
              blockHash,
              log.txHash(),
              log.logIndex(),
              tx.from(),
              tx.input()));
    }
    return batches;
  }

  /** Index of the last batch at {@code at}; 0 before the first. */
  public long lastBatchIndex(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.LAST_BATCH_INDEX, at, ClusterInboxAbi::decodeUint64);
  }

  public Hash32 lastBatchHash(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.LAST_BATCH_HASH, at, ClusterInboxAbi::decodeWord);
  }

  public Hash32 lastHead(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.LAST_HEAD, at, ClusterInboxAbi::decodeWord);
  }

  public Hash32 batchHash(long batchIndex, BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.encodeBatchHash(batchIndex), at, ClusterInboxAbi::decodeWord);
  }

  public Hash32 clusterId(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.CLUSTER_ID, at, ClusterInboxAbi::decodeWord);
  }

  /** What the first batch stands on. */
  public Hash32 genesisBatchHash(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.GENESIS_BATCH_HASH, at, ClusterInboxAbi::decodeWord);
  }

  public Address registry(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.REGISTRY, at, ClusterInboxAbi::decodeAddress);
  }

  public Address oracle(BlockTag at) throws L1Exception {
    return view(ClusterInboxAbi.ORACLE, at, ClusterInboxAbi::decodeAddress);
  }

  /** The numbers that the inbox enforces (protocol §8). */
  public Numbers numbers(BlockTag at) throws L1Exception {
    return new Numbers(
        view(ClusterInboxAbi.TICK_SECONDS, at, ClusterInboxAbi::decodeUint64),
        view(ClusterInboxAbi.HANDOVER_LEAD_SECONDS, at, ClusterInboxAbi::decodeUint64),
        view(ClusterInboxAbi.OPEN_AFTER_SLOTS, at, ClusterInboxAbi::decodeUint64));
  }

  /** Parameters that stand in the inbox's code. */
  public record Numbers(long tickSeconds, long handoverLeadSeconds, long openAfterSlots) {}

  private interface Reader<T> {
    T read(Bytes returned) throws DecodeException;
  }

  private <T> T view(Bytes callData, BlockTag at, Reader<T> reader) throws L1Exception {
    try {
      return reader.read(execution.call(CallRequest.view(inbox, callData), at));
    } catch (DecodeException e) {
      throw new L1Exception(Kind.BAD_ANSWER, "inbox " + inbox + ": " + e.getMessage(), e);
    }
  }

  /** What the Inbox logged. */
  public InboxEvent decode(L1Log log) throws L1Exception {
    try {
      return ClusterInboxAbi.decodeInboxEvent(log.log());
    } catch (DecodeException e) {
      throw new L1Exception(Kind.BAD_ANSWER, "inbox " + inbox + ": " + e.getMessage(), e);
    }
  }
}
