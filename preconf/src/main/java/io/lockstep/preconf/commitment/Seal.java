// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;

/**
 * The end of a tick: one block in every rollup, and with it the whole run of the window up to here
 * (protocol §2.1, §2.2).
 *
 * @param blocksRoot Merkle root over the {@link BlockLeaf}s of the window's run
 * @param cumExposureWei coverage of all own promises not yet posted at the tick's anchor
 * @param l1CallsHash zero but in a tick that is bound to an L1 transaction (§5.1)
 * @param eop whether the window ends with this tick
 * @param sealedAtMs Unix milliseconds; not part of the identity
 */
public record Seal(
    Hash32 clusterId,
    long windowSlot,
    long tick,
    Hash32 blocksRoot,
    Hash32 ctxHash,
    UInt256 cumExposureWei,
    Hash32 l1CallsHash,
    boolean eop,
    long sealedAtMs)
    implements SignedObject {
  static final String TYPE =
      "Seal(bytes32 clusterId,uint64 windowSlot,uint64 tick,bytes32 blocksRoot,bytes32 ctxHash,"
          + "uint256 cumExposureWei,bytes32 l1CallsHash,bool eop,uint64 sealedAtMs)";
  private static final Hash32 TYPE_HASH = Keccak.hash(TYPE.getBytes(StandardCharsets.UTF_8));

  @Override
  public Hash32 structHash() {
    return hash(sealedAtMs);
  }

  @Override
  public Hash32 identity() {
    return hash(0);
  }

  private Hash32 hash(long atMs) {
    return Keccak.hash(
        new AbiWords(10)
            .word(TYPE_HASH)
            .word(clusterId)
            .uint(windowSlot)
            .uint(tick)
            .word(blocksRoot)
            .word(ctxHash)
            .uint(cumExposureWei)
            .word(l1CallsHash)
            .bool(eop)
            .uint(atMs)
            .toArray());
  }
}
