// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;

/**
 * A piece of an open tick over all rollups: these transactions, at these places, with these
 * receipts (protocol §2.1, §2.2).
 *
 * @param tick seconds-long step of L2 time, counted from the L1 genesis
 * @param fragIdx 0, 1, 2 … within the tick
 * @param prevFragHash identity of the frag before it in the tick; zero for the first
 * @param bodyRoot Merkle root over the {@link TxLeaf}s of this frag; zero for a heartbeat
 * @param sentAtMs Unix milliseconds; not part of the identity
 */
public record Frag(
    Hash32 clusterId,
    long windowSlot,
    long tick,
    long fragIdx,
    Hash32 prevFragHash,
    Hash32 ctxHash,
    Hash32 bodyRoot,
    long sentAtMs)
    implements SignedObject {
  static final String TYPE =
      "Frag(bytes32 clusterId,uint64 windowSlot,uint64 tick,uint32 fragIdx,bytes32 prevFragHash,"
          + "bytes32 ctxHash,bytes32 bodyRoot,uint64 sentAtMs)";
  private static final Hash32 TYPE_HASH = Keccak.hash(TYPE.getBytes(StandardCharsets.UTF_8));

  /** The signed type has 32 bits for it, and so has everything that is kept by it. */
  public static final long MAX_FRAG_IDX = 0xffffffffL;

  public Frag {
    if (fragIdx < 0 || fragIdx > MAX_FRAG_IDX) {
      throw new IllegalArgumentException("a frag's index has 32 bits, got " + fragIdx);
    }
  }

  @Override
  public Hash32 structHash() {
    return hash(sentAtMs);
  }

  @Override
  public Hash32 identity() {
    return hash(0);
  }

  private Hash32 hash(long atMs) {
    return Keccak.hash(
        new AbiWords(9)
            .word(TYPE_HASH)
            .word(clusterId)
            .uint(windowSlot)
            .uint(tick)
            .uint(fragIdx)
            .word(prevFragHash)
            .word(ctxHash)
            .word(bodyRoot)
            .uint(atMs)
            .toArray());
  }
}
