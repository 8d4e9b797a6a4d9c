// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * What a promise says, by its kind (protocol §2.2). Each body is the ABI encoding of its fields,
 * one word each, so that a contract can read it without a decoder; kind and length tell them apart.
 * Immutable.
 */
public sealed interface PromiseBody {
  /** The {@code kind} of the promise that carries it. */
  int kind();

  /** The rollup's chain id. */
  long rollupId();

  /** {@code abi.encode} of the fields. */
  Bytes encoded();

  /** A body that states a transaction's place and receipt. */
  sealed interface Placed extends PromiseBody {
    long number();

    long txIdx();

    Hash32 txHash();

    Hash32 receiptHash();

    @Override
    default Bytes encoded() {
      return Bytes.wrap(
          new AbiWords(5)
              .uint(rollupId())
              .uint(number())
              .uint(txIdx())
              .word(txHash())
              .word(receiptHash())
              .toArray());
    }

    /** Whether a leaf states the same; its parent hash is not part of it. */
    default boolean isSaidBy(TxLeaf leaf) {
      return leaf.rollupId() == rollupId()
          && leaf.number() == number()
          && leaf.txIdx() == txIdx()
          && leaf.txHash().equals(txHash())
          && leaf.receiptHash().equals(receiptHash());
    }
  }

  /**
   * P1: the sender's nonce is used by the last block at or before a tick of the own window.
   *
   * @param nonce the transaction's
   * @param lastTick of the signer's window
   */
  record Inclusion(long rollupId, Address sender, long nonce, Hash32 txHash, long lastTick)
      implements PromiseBody {
    @Override
    public int kind() {
      return Promise.INCLUSION;
    }

    @Override
    public Bytes encoded() {
      return Bytes.wrap(
          new AbiWords(5)
              .uint(rollupId)
              .address(sender)
              .uint(nonce)
              .word(txHash)
              .uint(lastTick)
              .toArray());
    }
  }

  /** P2: that transaction, that place, that receipt. */
  record Execution(long rollupId, long number, long txIdx, Hash32 txHash, Hash32 receiptHash)
      implements Placed {
    @Override
    public int kind() {
      return Promise.EXECUTION;
    }

    /** What a leaf states. */
    public static Execution of(TxLeaf leaf) {
      return new Execution(
          leaf.rollupId(), leaf.number(), leaf.txIdx(), leaf.txHash(), leaf.receiptHash());
    }
  }

  /** P3: as P2, with the block's first index that the builder fills. */
  record Top(long rollupId, long number, long txIdx, Hash32 txHash, Hash32 receiptHash)
      implements Placed {
    @Override
    public int kind() {
      return Promise.POSITION;
    }

    /** What a leaf states. */
    public static Top of(TxLeaf leaf) {
      return new Top(
          leaf.rollupId(), leaf.number(), leaf.txIdx(), leaf.txHash(), leaf.receiptHash());
    }
  }

  /**
   * P3: a value in the state root of the block that the named one stands on.
   *
   * @param number of the block that sees the value
   * @param parentHash of the block whose state root holds it
   */
  record StateLock(
      long rollupId, long number, Hash32 parentHash, Address account, Hash32 slot, UInt256 value)
      implements PromiseBody {
    @Override
    public int kind() {
      return Promise.POSITION;
    }

    @Override
    public Bytes encoded() {
      return Bytes.wrap(
          new AbiWords(6)
              .uint(rollupId)
              .uint(number)
              .word(parentHash)
              .address(account)
              .word(slot)
              .uint(value)
              .toArray());
    }
  }

  /**
   * Reads a body.
   *
   * @throws DecodeException when no promise of this kind has such a body
   */
  static PromiseBody decode(int kind, Bytes body) throws DecodeException {
    PromiseWords in = new PromiseWords(body);
    PromiseBody out =
        switch (kind) {
          case Promise.INCLUSION ->
              new Inclusion(in.number(), in.address(), in.number(), in.word(), in.number());
          case Promise.EXECUTION ->
              new Execution(in.number(), in.number(), in.number(), in.word(), in.word());
          case Promise.POSITION ->
              in.count() == 6
                  ? new StateLock(
                      in.number(),
                      in.number(),
                      in.word(),
                      in.address(),
                      in.word(),
                      UInt256.of(in.word()))
                  : new Top(in.number(), in.number(), in.number(), in.word(), in.word());
          default -> throw new DecodeException("no promise is of kind " + kind);
        };
    in.end();
    return out;
  }
}
