// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import org.jspecify.annotations.Nullable;

/** Reads the lookahead oracle of a cluster from L1. Methods block. Any thread. */
public final class LookaheadReader {
  private final ExecutionClient execution;
  private final Address oracle;

  public LookaheadReader(ExecutionClient execution, Address oracle) {
    this.execution = execution;
    this.oracle = oracle;
  }

  public Address oracle() {
    return oracle;
  }

  public boolean isSynced(Epoch epoch, BlockTag at) throws L1Exception {
    return view(LookaheadOracleAbi.encodeIsSynced(epoch), at, LookaheadOracleAbi::decodeBool);
  }

  /** The epoch's schedule on chain, or null when it is not synced. */
  public @Nullable LookaheadSynced schedule(Epoch epoch, BlockTag at) throws L1Exception {
    Bytes returned = call(LookaheadOracleAbi.encodeSchedule(epoch), at);
    try {
      return LookaheadOracleAbi.decodeSchedule(epoch, returned);
    } catch (DecodeException e) {
      throw bad(e);
    }
  }

  /**
   * Where a slot belongs.
   *
   * @throws L1Exception NODE_ERROR when an epoch that this needs is not synced
   */
  public LookaheadOracleAbi.OnChainWindow windowOf(Slot slot, BlockTag at) throws L1Exception {
    return view(LookaheadOracleAbi.encodeWindowOf(slot), at, LookaheadOracleAbi::decodeWindow);
  }

  /** The L1's slots as the contract was told of them. */
  public Slots slots(BlockTag at) throws L1Exception {
    return new Slots(
        view(LookaheadOracleAbi.SLOT_SECONDS, at, ClusterInboxAbi::decodeUint64),
        view(LookaheadOracleAbi.SLOTS_PER_EPOCH, at, ClusterInboxAbi::decodeUint64));
  }

  /** Length of a slot in seconds and of an epoch in slots. */
  public record Slots(long slotSeconds, long slotsPerEpoch) {
    /** The epoch that a slot lies in. */
    public Epoch epochOf(long slot) {
      return new Epoch(slot / slotsPerEpoch);
    }
  }

  private interface Reader<T> {
    T read(Bytes returned) throws DecodeException;
  }

  private <T> T view(Bytes callData, BlockTag at, Reader<T> reader) throws L1Exception {
    try {
      return reader.read(call(callData, at));
    } catch (DecodeException e) {
      throw bad(e);
    }
  }

  private Bytes call(Bytes callData, BlockTag at) throws L1Exception {
    return execution.call(CallRequest.view(oracle, callData), at);
  }

  private L1Exception bad(DecodeException e) {
    return new L1Exception(Kind.BAD_ANSWER, "oracle " + oracle + ": " + e.getMessage(), e);
  }
}
