// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;

/**
 * A promise to one user (protocol §2.2).
 *
 * @param kind {@link #EXECUTION} is P2: that transaction, that place, that receipt
 * @param body ABI encoding of what is promised; for P2 that of a {@link TxLeaf} without its parent
 *     hash
 * @param coverageWei stake that stands behind it
 * @param deadlineTick last tick in which it may be kept
 * @param nonce counts the promises of a window
 */
public record Promise(
    int kind,
    Hash32 clusterId,
    long windowSlot,
    Bytes body,
    UInt256 coverageWei,
    long deadlineTick,
    Hash32 ctxHash,
    long nonce)
    implements SignedObject {
  /** P2. */
  public static final int EXECUTION = 2;

  static final String TYPE =
      "Promise(uint8 kind,bytes32 clusterId,uint64 windowSlot,bytes body,uint256 coverageWei,"
          + "uint64 deadlineTick,bytes32 ctxHash,uint64 nonce)";
  private static final Hash32 TYPE_HASH = Keccak.hash(TYPE.getBytes(StandardCharsets.UTF_8));

  /** The P2 promise for what a leaf states. */
  public static Promise execution(
      Hash32 clusterId,
      long windowSlot,
      TxLeaf leaf,
      UInt256 coverageWei,
      long deadlineTick,
      Hash32 ctxHash,
      long nonce) {
    return new Promise(
        EXECUTION,
        clusterId,
        windowSlot,
        executionBody(leaf),
        coverageWei,
        deadlineTick,
        ctxHash,
        nonce);
  }

  /** {@code abi.encode(rollupId, number, txIdx, txHash, receiptHash)}. */
  static Bytes executionBody(TxLeaf leaf) {
    return Bytes.wrap(
        new AbiWords(5)
            .uint(leaf.rollupId())
            .uint(leaf.number())
            .uint(leaf.txIdx())
            .word(leaf.txHash())
            .word(leaf.receiptHash())
            .toArray());
  }

  @Override
  public Hash32 structHash() {
    return Keccak.hash(
        new AbiWords(9)
            .word(TYPE_HASH)
            .uint(kind)
            .word(clusterId)
            .uint(windowSlot)
            .word(Keccak.hash(body))
            .uint(coverageWei)
            .uint(deadlineTick)
            .word(ctxHash)
            .uint(nonce)
            .toArray());
  }

  @Override
  public Hash32 identity() {
    return structHash();
  }
}
