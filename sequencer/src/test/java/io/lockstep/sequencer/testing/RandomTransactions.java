// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.testing;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Transactions of every L2 type, with extreme values more often than chance gives them. */
public final class RandomTransactions {
  private static final TransactionType[] TYPES = {
    TransactionType.LEGACY,
    TransactionType.ACCESS_LIST,
    TransactionType.FEE_MARKET,
    TransactionType.SET_CODE
  };

  private final Random random;
  private final UInt256 chainId;

  public RandomTransactions(Random random, long chainId) {
    this.random = random;
    this.chainId = UInt256.of(chainId);
  }

  /** A key that depends on {@code index} alone. */
  public static SecretKey key(int index) {
    return SecretKey.of(
        Keccak.hash(("key " + index).getBytes(java.nio.charset.StandardCharsets.UTF_8)).toArray());
  }

  /** One whose signature is random, and so recovers to somebody or nobody. */
  public Transaction any() {
    TransactionType type = TYPES[random.nextInt(TYPES.length)];
    UInt256 feeCap = number();
    boolean twoFees = type == TransactionType.FEE_MARKET || type == TransactionType.SET_CODE;
    return new Transaction(
        new Transaction.Unsigned(
            type,
            chainIdFor(type),
            longValue(),
            twoFees ? number() : feeCap,
            feeCap,
            longValue() & Long.MAX_VALUE,
            type == TransactionType.SET_CODE || random.nextInt(5) > 0 ? address() : null,
            number(),
            bytes(random.nextInt(4) == 0 ? 0 : random.nextInt(300)),
            type == TransactionType.LEGACY ? List.of() : accessList(),
            UInt256.ZERO,
            List.of(),
            type == TransactionType.SET_CODE ? authorizations() : List.of()),
        new Signature(random.nextInt(2), number(), number()));
  }

  private @Nullable UInt256 chainIdFor(TransactionType type) {
    int kind = random.nextInt(8);
    if (kind == 0) {
      return type == TransactionType.LEGACY ? null : UInt256.ZERO;
    }
    if (kind == 1) {
      // Twice the chain id must fit a legacy v.
      return UInt256.of(number().toBigInteger().shiftRight(2));
    }
    return chainId;
  }

  private List<AccessListEntry> accessList() {
    List<AccessListEntry> entries = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      List<Hash32> keys = new ArrayList<>();
      for (int k = random.nextInt(3); k > 0; k--) {
        keys.add(number().toHash());
      }
      entries.add(new AccessListEntry(address(), keys));
    }
    return entries;
  }

  private List<Authorization> authorizations() {
    List<Authorization> list = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      list.add(
          new Authorization(
              number(),
              address(),
              longValue(),
              UInt256.of(random.nextInt(256)),
              number(),
              number()));
    }
    return list;
  }

  public Address address() {
    return Address.of(bytes(20).toArray());
  }

  public Hash32 hash() {
    return Hash32.of(bytes(32).toArray());
  }

  public Bytes bytes(int length) {
    byte[] out = new byte[length];
    random.nextBytes(out);
    return Bytes.wrap(out);
  }

  private UInt256 number() {
    return switch (random.nextInt(6)) {
      case 0 -> UInt256.ZERO;
      case 1 -> UInt256.of(random.nextInt(300));
      case 2 -> UInt256.MAX;
      default -> UInt256.of(new BigInteger(random.nextInt(257), random));
    };
  }

  private long longValue() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(300);
      case 2 -> -1;
      default -> random.nextLong() >>> random.nextInt(64);
    };
  }
}
