// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Transaction 0 of every L2 block (protocol §2.1): built by everybody alike, never part of a body.
 * Its key is public, so no other transaction and no authorisation of that key is ever taken.
 */
public final class SystemTransaction {
  private static final SecretKey KEY =
      SecretKey.of(
          Keccak.hash("lockstep system transaction key".getBytes(StandardCharsets.UTF_8))
              .toArray());

  /** Whose key everybody knows. */
  public static final Address SENDER = KEY.address();

  /** The SystemAnchor predeploy. */
  public static final Address ANCHOR =
      Address.fromHex("0x4c6f636b73746570000000000000000000000001");

  /** EIP-7825: the most gas of a transaction. */
  private static final long GAS_LIMIT = 1L << 24;

  private static final Bytes SELECTOR =
      Keccak.hash(
              "tick(uint64,bytes32,bytes32,bytes[],bytes[],uint32)"
                  .getBytes(StandardCharsets.UTF_8))
          .toBytes()
          .slice(0, 4);

  private SystemTransaction() {}

  /** The system transaction of block {@code number}. */
  static Transaction build(
      UInt256 chainId,
      long number,
      UInt256 baseFeePerGas,
      long blockGasLimit,
      L1Block anchor,
      int prevOperator) {
    byte[] words =
        new AbiWords(8)
            .uint(anchor.ref().number())
            .word(anchor.ref().hash())
            .word(anchor.stateRoot())
            .uint(6 * 32) // messages: none yet
            .uint(7 * 32) // seeds: none yet
            .uint(prevOperator)
            .uint(0)
            .uint(0)
            .toArray();
    Bytes data =
        Bytes.wrap(
            ByteBuffer.allocate(4 + words.length).put(SELECTOR.unsafeArray()).put(words).array());
    return Transaction.Unsigned.feeMarket(
            chainId,
            number - 1,
            UInt256.ZERO,
            baseFeePerGas,
            Math.min(GAS_LIMIT, blockGasLimit),
            ANCHOR,
            UInt256.ZERO,
            data)
        .sign(KEY);
  }

  /** The anchor that a block's system transaction names: number and hash. */
  public static AnchorRef anchorOf(Transaction systemTransaction) {
    byte[] data = systemTransaction.data().unsafeArray();
    return new AnchorRef(UInt256.read(data, 4).toLongSaturated(), Hash32.read(data, 4 + 32));
  }

  /** Names an L1 block. */
  public record AnchorRef(long number, Hash32 hash) {}

  /** Why {@code tx} may never stand in an L2 body, or null when it may. */
  public static @Nullable String refusal(Transaction tx) {
    if (tx.type() == TransactionType.BLOB) {
      return "transaction type not supported: blob transactions do not exist on this chain";
    }
    if (SENDER.equals(tx.sender())) {
      return "the system account sends no transactions";
    }
    for (Authorization authorization : tx.authorizations()) {
      if (SENDER.equals(authorization.authority())) {
        return "the system account authorises nothing";
      }
    }
    return null;
  }
}
