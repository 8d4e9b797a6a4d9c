// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;

/**
 * A promise to one user (protocol §2.2).
 *
 * @param kind {@link #INCLUSION}, {@link #EXECUTION} or {@link #POSITION}
 * @param body what is promised, as {@link PromiseBody} encodes it
 * @param coverageWei stake that stands behind it
 * @param deadlineTick last tick in which it may be kept
 * @param nonce counts the promises of a window, from 0
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
  /** P1: a transaction by a tick. */
  public static final int INCLUSION = 1;

  /** P2: a transaction at a place with its receipt. */
  public static final int EXECUTION = 2;

  /** P3: a transaction at the top of a block, or a value in the state below it. */
  public static final int POSITION = 3;

  static final String TYPE =
      "Promise(uint8 kind,bytes32 clusterId,uint64 windowSlot,bytes body,uint256 coverageWei,"
          + "uint64 deadlineTick,bytes32 ctxHash,uint64 nonce)";
  private static final Hash32 TYPE_HASH = Keccak.hash(TYPE.getBytes(StandardCharsets.UTF_8));

  /** The promise that says {@code body}. */
  public static Promise of(
      Hash32 clusterId,
      long windowSlot,
      PromiseBody body,
      UInt256 coverageWei,
      long deadlineTick,
      Hash32 ctxHash,
      long nonce) {
    return new Promise(
        body.kind(),
        clusterId,
        windowSlot,
        body.encoded(),
        coverageWei,
        deadlineTick,
        ctxHash,
        nonce);
  }

  /**
   * What it says.
   *
   * @throws DecodeException when its body is not one of its kind
   */
  public PromiseBody said() throws DecodeException {
    return PromiseBody.decode(kind, body);
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
