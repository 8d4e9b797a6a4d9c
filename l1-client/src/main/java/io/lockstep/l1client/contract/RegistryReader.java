// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Log;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads the operator registry of a cluster from L1. Methods block. Any thread. */
public final class RegistryReader {
  /** Blocks of one log query; nodes refuse more, some refuse less and the range is halved. */
  private static final long MAX_RANGE_BLOCKS = 5_000;

  /** An event with its place in the L1 chain. */
  public record Placed(long blockNumber, Hash32 blockHash, int logIndex, RegistryEvent event) {}

  private final ExecutionClient execution;
  private final Address registry;

  public RegistryReader(ExecutionClient execution, Address registry) {
    this.execution = execution;
    this.registry = registry;
  }

  /**
   * All events of the canonical blocks from {@code from} to {@code to}, both included, in order. A
   * range that a node refuses is halved down to a single block.
   */
  public List<Placed> eventsBetween(long from, long to) throws L1Exception {
    List<Placed> events = new ArrayList<>();
    long range = MAX_RANGE_BLOCKS;
    long next = from;
    while (next <= to) {
      long last = Math.min(to, next + range - 1);
      try {
        events.addAll(inOrder(execution.logs(next, last, registry, OperatorRegistryAbi.TOPICS)));
        next = last + 1;
        range = Math.min(MAX_RANGE_BLOCKS, range * 2);
      } catch (L1Exception e) {
        boolean tooMuch = e.kind() == Kind.NODE_ERROR || e.kind() == Kind.BAD_ANSWER;
        if (!tooMuch || last == next) {
          throw e;
        }
        range = Math.max(1, (last - next + 1) / 2);
      }
    }
    return events;
  }

  /** The events of one block, in order. */
  public List<Placed> eventsOf(Hash32 blockHash) throws L1Exception {
    return inOrder(execution.logs(blockHash, registry, OperatorRegistryAbi.TOPICS));
  }

  public Operator operator(int operatorId, BlockTag at) throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeOperator(operatorId), at, OperatorRegistryAbi::decodeOperator);
  }

  public int operatorCount(BlockTag at) throws L1Exception {
    return view(OperatorRegistryAbi.encodeOperatorCount(), at, OperatorRegistryAbi::decodeId);
  }

  /** The operator whose poster this is; 0 for none. */
  public int operatorOfPoster(Address poster, BlockTag at) throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeOperatorOfPoster(poster), at, OperatorRegistryAbi::decodeId);
  }

  /** The operator whose committer this is; 0 for none. */
  public int operatorOfCommitter(Address committer, BlockTag at) throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeOperatorOfCommitter(committer),
        at,
        OperatorRegistryAbi::decodeId);
  }

  /** The operator that claimed this validator; 0 for none. */
  public int operatorOfValidator(long validatorIndex, BlockTag at) throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeOperatorOfValidator(validatorIndex),
        at,
        OperatorRegistryAbi::decodeId);
  }

  /** Whether {@code poster} may post in a window of this operator whose name lies in the epoch. */
  public boolean mayPost(int operatorId, Address poster, Epoch epoch, BlockTag at)
      throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeMayPost(operatorId, poster, epoch),
        at,
        OperatorRegistryAbi::decodeBool);
  }

  /** The keys that count in an epoch; zero addresses for an operator that has none. */
  public OperatorRegistryAbi.Keys keysAt(int operatorId, Epoch epoch, BlockTag at)
      throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeKeysAt(operatorId, epoch), at, OperatorRegistryAbi::decodeKeys);
  }

  public boolean isEligibleAt(int operatorId, Epoch epoch, BlockTag at) throws L1Exception {
    return view(
        OperatorRegistryAbi.encodeEligibleAt(operatorId, epoch),
        at,
        OperatorRegistryAbi::decodeBool);
  }

  /** What an operator must stake at least. */
  public Wei minStake(BlockTag at) throws L1Exception {
    return view(OperatorRegistryAbi.encodeMinStakeWei(), at, OperatorRegistryAbi::decodeWei);
  }

  private interface Reader<T> {
    T read(Bytes returned) throws DecodeException;
  }

  private <T> T view(Bytes callData, BlockTag at, Reader<T> reader) throws L1Exception {
    try {
      return reader.read(execution.call(CallRequest.view(registry, callData), at));
    } catch (DecodeException e) {
      throw new L1Exception(Kind.BAD_ANSWER, "registry " + registry + ": " + e.getMessage(), e);
    }
  }

  private List<Placed> inOrder(List<L1Log> logs) throws L1Exception {
    List<Placed> events = new ArrayList<>();
    for (L1Log log : logs) {
      try {
        events.add(
            new Placed(
                log.blockNumber(),
                log.blockHash(),
                log.logIndex(),
                OperatorRegistryAbi.decodeEvent(log.log())));
      } catch (DecodeException e) {
        throw new L1Exception(Kind.BAD_ANSWER, "registry " + registry + ": " + e.getMessage(), e);
      }
    }
    events.sort(Comparator.comparingLong(Placed::blockNumber).thenComparingInt(Placed::logIndex));
    return events;
  }
}
