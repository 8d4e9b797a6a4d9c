// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/** ABI of {@code L1Messenger}. Any thread. */
public final class L1MessengerAbi {
  public static final String SEND_MESSAGE = "sendMessage(uint64,address,bytes)";
  public static final String DEPOSIT = "deposit(uint64,address)";
  public static final String CLAIM_FEES = "claimFees(uint64,uint32,address)";
  public static final String MESSAGE_SENT =
      "MessageSent(uint64,uint64,address,address,uint256,bytes)";
  public static final Hash32 MESSAGE_SENT_TOPIC = ClusterInboxAbi.topic(MESSAGE_SENT);

  /** Of a message's data; the contract takes 1,024. */
  private static final int MAX_DATA_BYTES = 1 << 16;

  /** Call data of the view {@code genesisCoverWei}: ether locked for genesis balances. */
  public static final Bytes GENESIS_COVER = ClusterInboxAbi.selector("genesisCoverWei()");

  private L1MessengerAbi() {}

  /** Call data of {@code sendMessage}; the value sent along is what the target gets. */
  public static Bytes encodeSendMessage(long rollupId, Address target, Bytes data) {
    return new AbiWriter()
        .selector(ClusterInboxAbi.selector(SEND_MESSAGE))
        .number(rollupId)
        .address(target)
        .number(3 * 32)
        .bytes(data)
        .toBytes();
  }

  /** Call data of {@code deposit}; the value sent along is what {@code to} gets. */
  public static Bytes encodeDeposit(long rollupId, Address to) {
    return new AbiWriter()
        .selector(ClusterInboxAbi.selector(DEPOSIT))
        .number(rollupId)
        .address(to)
        .toBytes();
  }

  /** Call data of {@code claimFees}. */
  public static Bytes encodeClaimFees(long rollupId, int operatorId, Address to) {
    return new AbiWriter()
        .selector(ClusterInboxAbi.selector(CLAIM_FEES))
        .number(rollupId)
        .number(operatorId)
        .address(to)
        .toBytes();
  }

  /** Decodes the event; the log must be one of the messenger. */
  public static MessageSent decodeMessageSent(Log log) throws DecodeException {
    if (log.topics().size() != 3 || !log.topics().getFirst().equals(MESSAGE_SENT_TOPIC)) {
      throw new DecodeException("not a MessageSent event");
    }
    long rollupId = new AbiReader(log.topics().get(1).toBytes()).uint63();
    long index = new AbiReader(log.topics().get(2).toBytes()).uint63();
    AbiReader in = new AbiReader(log.data());
    Address sender = in.address();
    Address target = in.address();
    UInt256 value = in.uint256();
    in.offset(4 * 32L);
    Bytes data = in.bytes(MAX_DATA_BYTES);
    in.end();
    return new MessageSent(rollupId, index, sender, target, value, data);
  }
}
