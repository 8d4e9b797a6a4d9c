// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import io.lockstep.preconf.commitment.Promise;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/**
 * Payload of a request in this project's commitment types: {@code abi.encode(struct{uint64
 * rollupId; bytes signedTx; uint64 lastTick; uint256 coverageWei})}. Immutable.
 *
 * @param signedTx the transaction in its network form
 * @param lastTick by which it is to be kept; 0 for the end of the window
 */
public record FabricPayload(long rollupId, Bytes signedTx, long lastTick, UInt256 coverageWei) {
  /**
   * Below it no commitment type is this project's; a promise of kind {@code k} has this plus {@code
   * k}.
   */
  public static final long TYPE_BASE = 0x4c6b0000L;

  /** Protocol §3: bytes of one L2 transaction. */
  private static final int MAX_TRANSACTION_BYTES = 128 * 1024;

  private static final int WORD_BYTES = 32;
  private static final int HEAD_WORDS = 6;

  /** The promise's kind that a commitment type asks for, or 0 when it is none of ours. */
  public static int kindOf(long commitmentType) {
    long kind = commitmentType - TYPE_BASE;
    return kind < Promise.INCLUSION || kind > Promise.POSITION ? 0 : (int) kind;
  }

  public Bytes encoded() {
    byte[] head =
        new AbiWords(HEAD_WORDS)
            .uint(WORD_BYTES)
            .uint(rollupId)
            .uint(4L * WORD_BYTES)
            .uint(lastTick)
            .uint(coverageWei)
            .uint(signedTx.size())
            .toArray();
    byte[] tail = FabricRequest.padded(signedTx);
    byte[] out = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, out, head.length, tail.length);
    return Bytes.wrap(out);
  }

  /** Reads what {@link #encoded} gives and nothing else. */
  public static FabricPayload decode(Bytes bytes) throws DecodeException {
    if (bytes.size() < HEAD_WORDS * WORD_BYTES
        || bytes.size() > HEAD_WORDS * WORD_BYTES + MAX_TRANSACTION_BYTES) {
      throw new DecodeException("a payload of " + bytes.size() + " bytes");
    }
    long size = number(bytes, 5, "the transaction's size");
    if (size > bytes.size() - HEAD_WORDS * (long) WORD_BYTES) {
      throw new DecodeException("the transaction has " + size + " bytes, the payload fewer");
    }
    int from = HEAD_WORDS * WORD_BYTES;
    FabricPayload out =
        new FabricPayload(
            number(bytes, 1, "rollupId"),
            bytes.slice(from, from + (int) size),
            number(bytes, 3, "lastTick"),
            UInt256.of(word(bytes, 4)));
    if (!out.encoded().equals(bytes)) {
      throw new DecodeException("the payload is not the one encoding of what it says");
    }
    return out;
  }

  private static Hash32 word(Bytes bytes, int index) {
    return Hash32.read(bytes.unsafeArray(), index * WORD_BYTES);
  }

  private static long number(Bytes bytes, int index, String name) throws DecodeException {
    UInt256 value = UInt256.of(word(bytes, index));
    if (!value.fitsLong()) {
      throw new DecodeException(name + " is out of range: " + value);
    }
    return value.toLongSaturated();
  }
}
