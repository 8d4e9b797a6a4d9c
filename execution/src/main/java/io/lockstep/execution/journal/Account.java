// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * One account as the running block has it. The same object stands for the address during the whole
 * block; only {@link JournaledState} changes it, so that every change can be undone. One thread.
 */
public final class Account {
  static final int EXISTS = 1;

  /** Touched in this transaction: dies at its end if it is empty (EIP-161). */
  static final int TOUCHED = 2;

  /** Created as a contract in this transaction (EIP-6780). */
  static final int CREATED = 4;

  static final int DESTRUCTED = 8;

  /** The storage below was given up: words not written here are zero. */
  static final int CLEARED = 16;

  final int index;
  final Address address;

  /** As it was below the block; null when there was none. */
  final @Nullable AccountState original;

  int flags;
  long nonce;
  // The balance in limbs, the lowest first.
  long b0;
  long b1;
  long b2;
  long b3;
  Hash32 codeHash;
  @Nullable Code code;

  /** Names the storage: a fresh number after each clearing. Always above zero. */
  int storageId;

  int warmIn;

  Account(int index, Address address, @Nullable AccountState original, int storageId) {
    this.index = index;
    this.address = address;
    this.original = original;
    this.storageId = storageId;
    this.codeHash = Keccak.EMPTY;
    if (original != null) {
      flags = EXISTS;
      nonce = original.nonce();
      setBalance(original.balance());
      codeHash = original.codeHash();
    }
  }

  public Address address() {
    return address;
  }

  public boolean exists() {
    return (flags & EXISTS) != 0;
  }

  /** EIP-161: absent, or without nonce, balance and code. */
  public boolean isDead() {
    return (nonce | b0 | b1 | b2 | b3) == 0 && codeHash.equals(Keccak.EMPTY);
  }

  public boolean isCreatedInTransaction() {
    return (flags & CREATED) != 0;
  }

  public boolean isDestructed() {
    return (flags & DESTRUCTED) != 0;
  }

  public long nonce() {
    return nonce;
  }

  public UInt256 balance() {
    return UInt256.ofLimbs(b0, b1, b2, b3);
  }

  public boolean hasBalance() {
    return (b0 | b1 | b2 | b3) != 0;
  }

  /** Writes the balance into four limbs at {@code r}. */
  public void balance(long[] s, int r) {
    s[r] = b0;
    s[r + 1] = b1;
    s[r + 2] = b2;
    s[r + 3] = b3;
  }

  public Hash32 codeHash() {
    return codeHash;
  }

  public boolean hasCode() {
    return !codeHash.equals(Keccak.EMPTY);
  }

  /** EIP-684 and EIP-7610: no contract may be created here. */
  public boolean blocksCreation() {
    return nonce != 0
        || hasCode()
        || (original != null && original.hasStorage() && (flags & CLEARED) == 0);
  }

  /** Whether the balance is less than the amount. */
  public boolean cannotPay(long v0, long v1, long v2, long v3) {
    if (b3 != v3) return Long.compareUnsigned(b3, v3) < 0;
    if (b2 != v2) return Long.compareUnsigned(b2, v2) < 0;
    if (b1 != v1) return Long.compareUnsigned(b1, v1) < 0;
    return Long.compareUnsigned(b0, v0) < 0;
  }

  void setBalance(UInt256 value) {
    b0 = value.limb(0);
    b1 = value.limb(1);
    b2 = value.limb(2);
    b3 = value.limb(3);
  }
}
