// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.l1client.contract.MessageSent;
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
import java.util.List;
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

  private static final Bytes SELECTOR =
      Keccak.hash(
              "tick(uint64,bytes32,bytes32,bytes[],bytes[],uint32,uint64)"
                  .getBytes(StandardCharsets.UTF_8))
          .toBytes()
          .slice(0, 4);

  /** Of the seven parameters' words. */
  private static final int HEAD_BYTES = 7 * 32;

  private SystemTransaction() {}

  /** The system transaction of block {@code number}. */
  static Transaction build(
      UInt256 chainId,
      long number,
      UInt256 baseFeePerGas,
      long blockGasLimit,
      L1Block anchor,
      int prevOperator,
      Inserted inserted) {
    return Transaction.Unsigned.feeMarket(
            chainId,
            number - 1,
            UInt256.ZERO,
            baseFeePerGas,
            Math.min(InsertionRules.SYSTEM_GAS, blockGasLimit),
            ANCHOR,
            UInt256.ZERO,
            callData(anchor, prevOperator, inserted))
        .sign(KEY);
  }

  private static Bytes callData(L1Block anchor, int prevOperator, Inserted inserted) {
    List<byte[]> messages = inserted.messages().stream().map(SystemTransaction::encode).toList();
    // Offsets count from behind the array's length.
    int at = 32 * messages.size();
    AbiWords offsets = new AbiWords(messages.size());
    for (byte[] message : messages) {
      offsets.uint(at);
      at += 32 + message.length;
    }
    byte[] head =
        new AbiWords(8)
            .uint(anchor.ref().number())
            .word(anchor.ref().hash())
            .word(anchor.stateRoot())
            .uint(HEAD_BYTES)
            .uint(HEAD_BYTES + 32 + at) // seeds: none
            .uint(prevOperator)
            .uint(inserted.forcedTo())
            .uint(messages.size())
            .toArray();
    ByteBuffer out = ByteBuffer.allocate(4 + head.length + at + 32);
    out.put(SELECTOR.unsafeArray()).put(head).put(offsets.toArray());
    for (byte[] message : messages) {
      out.put(new AbiWords(1).uint(message.length).toArray()).put(message);
    }
    return Bytes.wrap(out.array());
  }

  /** {@code abi.encode(sender, target, value, data)}: whole words. */
  private static byte[] encode(MessageSent message) {
    byte[] head =
        new AbiWords(5)
            .address(message.sender())
            .address(message.target())
            .uint(message.value())
            .uint(4 * 32)
            .uint(message.data().size())
            .toArray();
    int dataWords = Math.ceilDiv(message.data().size(), 32);
    return ByteBuffer.allocate(head.length + 32 * dataWords)
        .put(head)
        .put(message.data().unsafeArray())
        .array();
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
