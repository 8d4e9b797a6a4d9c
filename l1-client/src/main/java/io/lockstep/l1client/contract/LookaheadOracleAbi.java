// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ABI of {@code LookaheadOracle}. Any thread. Source: protocol section 1.2. */
public final class LookaheadOracleAbi {
  public static final Hash32 LOOKAHEAD_SYNCED =
      ClusterInboxAbi.topic("LookaheadSynced(uint64,uint32,uint256[])");

  private static final Bytes SYNC =
      ClusterInboxAbi.selector(
          "sync(uint64,uint64,(uint64,uint64,bytes32,bytes32,bytes32),uint64[],bytes32[])");
  private static final Bytes IS_SYNCED = ClusterInboxAbi.selector("isSynced(uint64)");
  private static final Bytes SCHEDULE = ClusterInboxAbi.selector("schedule(uint64)");
  private static final Bytes WINDOW_OF = ClusterInboxAbi.selector("windowOf(uint64)");
  private static final Bytes FIRST_SLOT_OF = ClusterInboxAbi.selector("firstSlotOf(uint64)");

  static final Bytes SLOT_SECONDS = ClusterInboxAbi.selector("slotSeconds()");
  static final Bytes SLOTS_PER_EPOCH = ClusterInboxAbi.selector("slotsPerEpoch()");

  private static final int IDS_A_WORD = 8;

  /** Of the longest epoch that the contract takes. */
  private static final int MAX_WORDS = 64 / IDS_A_WORD;

  private LookaheadOracleAbi() {}

  /**
   * Call data of {@code sync}.
   *
   * @param proposers the whole {@code proposer_lookahead} of the header's state
   * @param branch siblings from its root up to the state's root
   */
  public static Bytes encodeSync(
      Epoch epoch, ProvenHeader proven, long[] proposers, List<Hash32> branch) {
    AbiWriter out = new AbiWriter().selector(SYNC).number(epoch.value());
    BeaconAbi.write(out, proven);
    long head = (4 + BeaconAbi.HEADER_WORDS) * 32L;
    out.number(head).number(head + (1 + proposers.length) * 32L).number(proposers.length);
    for (long proposer : proposers) {
      out.number(proposer);
    }
    out.number(branch.size());
    branch.forEach(out::word);
    return out.toBytes();
  }

  public static Bytes encodeIsSynced(Epoch epoch) {
    return new AbiWriter().selector(IS_SYNCED).number(epoch.value()).toBytes();
  }

  public static Bytes encodeSchedule(Epoch epoch) {
    return new AbiWriter().selector(SCHEDULE).number(epoch.value()).toBytes();
  }

  public static Bytes encodeWindowOf(Slot slot) {
    return new AbiWriter().selector(WINDOW_OF).number(slot.value()).toBytes();
  }

  public static Bytes encodeFirstSlotOf(Slot windowSlot) {
    return new AbiWriter().selector(FIRST_SLOT_OF).number(windowSlot.value()).toBytes();
  }

  /** Decodes the event; the log must be one of the oracle. */
  public static LookaheadSynced decodeSynced(Log log) throws DecodeException {
    if (log.topics().size() != 2 || !log.topics().getFirst().equals(LOOKAHEAD_SYNCED)) {
      throw new DecodeException("not a LookaheadSynced event");
    }
    Epoch epoch = new Epoch(new AbiReader(log.topics().get(1).toBytes()).uint63());
    AbiReader in = new AbiReader(log.data());
    LookaheadSynced synced = read(epoch, in, 2);
    in.end();
    return synced;
  }

  private static LookaheadSynced read(Epoch epoch, AbiReader in, int headWords)
      throws DecodeException {
    int fallback = in.uint31();
    in.offset(headWords * 32L);
    int words = in.count(MAX_WORDS);
    int[] operators = new int[words * IDS_A_WORD];
    for (int word = 0; word < words; word++) {
      UInt256 packed = in.uint256();
      for (int i = 0; i < IDS_A_WORD; i++) {
        long id = packed.limb(i / 2) >>> (32 * (i % 2)) & 0xffff_ffffL;
        if (id > Integer.MAX_VALUE) {
          throw new DecodeException("an operator id above 2^31");
        }
        operators[word * IDS_A_WORD + i] = (int) id;
      }
    }
    return new LookaheadSynced(epoch, fallback, operators);
  }

  /** Where a slot belongs, as the contract says; operator 0 when it is nobody's. */
  public record OnChainWindow(Slot windowSlot, int operatorId, boolean fallback) {}

  public static OnChainWindow decodeWindow(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    OnChainWindow window = new OnChainWindow(new Slot(in.uint63()), in.uint31(), in.bool());
    in.end();
    return window;
  }

  /** Reads what {@code schedule(epoch)} returns; null when the epoch is not synced. */
  public static @Nullable LookaheadSynced decodeSchedule(Epoch epoch, Bytes returned)
      throws DecodeException {
    AbiReader in = new AbiReader(returned);
    boolean known = in.bool();
    LookaheadSynced synced = read(epoch, in, 3);
    in.end();
    return known ? synced : null;
  }

  /** Reads a view that answers yes or no. */
  public static boolean decodeBool(Bytes returned) throws DecodeException {
    return OperatorRegistryAbi.decodeBool(returned);
  }
}
