// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.testing;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Seeded values of every kind, with the corners more often than chance would give them. */
public final class Samples {
  private final Random random;

  public Samples(long seed) {
    random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  public byte[] array(int lengthBytes) {
    byte[] out = new byte[lengthBytes];
    random.nextBytes(out);
    return out;
  }

  /** Up to {@code limitBytes}, often empty or one byte. */
  public Bytes bytes(int limitBytes) {
    return Bytes.wrap(
        array(random.nextInt(4) == 0 ? random.nextInt(2) : random.nextInt(limitBytes)));
  }

  public Hash32 hash() {
    return random.nextInt(20) == 0 ? Hash32.ZERO : Hash32.of(array(32));
  }

  public Address address() {
    return Address.of(array(20));
  }

  public UInt256 uint() {
    return switch (random.nextInt(8)) {
      case 0 -> UInt256.ZERO;
      case 1 -> UInt256.of(random.nextInt(300));
      case 2 -> UInt256.MAX;
      default -> UInt256.ofBigEndian(array(random.nextInt(33)));
    };
  }

  /** Below 2^63. */
  public long number() {
    return random.nextInt(6) == 0 ? 0 : random.nextLong() >>> (1 + random.nextInt(63));
  }

  /** All 64 bits, unsigned. */
  public long unsigned() {
    return random.nextInt(6) == 0 ? -1 : random.nextLong() >>> random.nextInt(64);
  }

  public SecretKey key() {
    byte[] secret = array(32);
    secret[0] = 1;
    return SecretKey.of(secret);
  }

  public <T> List<T> list(int limit, Supplier<T> item) {
    List<T> out = new ArrayList<>();
    for (int left = random.nextInt(limit + 1); left > 0; left--) {
      out.add(item.get());
    }
    return out;
  }

  public Transaction.Unsigned unsigned(TransactionType type) {
    boolean legacy = type == TransactionType.LEGACY;
    boolean mayCreate = type != TransactionType.BLOB && type != TransactionType.SET_CODE;
    UInt256 feeCap = uint();
    boolean oneFee = legacy || type == TransactionType.ACCESS_LIST;
    return new Transaction.Unsigned(
        type,
        legacy && random.nextBoolean() ? null : UInt256.of(random.nextInt(100_000)),
        unsigned(),
        oneFee ? feeCap : uint(),
        feeCap,
        number(),
        mayCreate && random.nextInt(4) == 0 ? null : address(),
        uint(),
        bytes(300),
        legacy ? List.of() : list(3, this::accessListEntry),
        type == TransactionType.BLOB ? uint() : UInt256.ZERO,
        type == TransactionType.BLOB ? list(6, this::hash) : List.of(),
        type == TransactionType.SET_CODE ? list(3, this::authorization) : List.of());
  }

  public Transaction transaction(TransactionType type) {
    return unsigned(type).sign(key());
  }

  public Transaction transaction() {
    TransactionType[] types = TransactionType.values();
    return transaction(types[random.nextInt(types.length)]);
  }

  /** Signed by nobody in particular: cheap where the signature does not matter. */
  public Transaction forged() {
    TransactionType[] types = TransactionType.values();
    return new Transaction(
        unsigned(types[random.nextInt(types.length)]),
        new Signature(random.nextInt(2), uint(), uint()));
  }

  private AccessListEntry accessListEntry() {
    return new AccessListEntry(address(), list(3, this::hash));
  }

  private Authorization authorization() {
    return new Authorization(
        uint(), address(), unsigned(), UInt256.of(random.nextInt(256)), uint(), uint());
  }

  public Log log() {
    return new Log(address(), list(4, this::hash), bytes(100));
  }

  public Receipt receipt() {
    TransactionType[] types = TransactionType.values();
    List<Log> logs = list(4, this::log);
    if (random.nextInt(5) == 0) {
      return new Receipt(
          TransactionType.LEGACY, false, Hash32.of(array(32)), number(), LogsBloom.of(logs), logs);
    }
    return new Receipt(types[random.nextInt(types.length)], random.nextBoolean(), number(), logs);
  }

  /** A header of any fork: it ends after any of the later fields. */
  public BlockHeader header() {
    int fork = random.nextInt(5);
    return new BlockHeader(
        hash(),
        hash(),
        address(),
        hash(),
        hash(),
        hash(),
        Bytes.wrap(array(LogsBloom.LENGTH_BYTES)),
        uint(),
        number(),
        number(),
        number(),
        unsigned(),
        bytes(32),
        hash(),
        Bytes.wrap(array(8)),
        fork > 0 ? uint() : null,
        fork > 1 ? hash() : null,
        fork > 2 ? (Long) unsigned() : null,
        fork > 2 ? (Long) unsigned() : null,
        fork > 2 ? hash() : null,
        fork > 3 ? hash() : null);
  }

  public Block block() {
    return new Block(
        header(),
        list(4, this::forged),
        list(2, this::header),
        random.nextBoolean()
            ? null
            : list(3, () -> new Withdrawal(unsigned(), unsigned(), address(), unsigned())));
  }

  /** {@code bytes} with one bit turned, a byte dropped, added or put elsewhere, or the end cut. */
  public byte[] damaged(byte[] bytes) {
    if (bytes.length == 0) {
      return array(1 + random.nextInt(4));
    }
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(5)) {
      case 0 -> java.util.Arrays.copyOf(bytes, at);
      case 1 -> {
        byte[] out = new byte[bytes.length - 1];
        System.arraycopy(bytes, 0, out, 0, at);
        System.arraycopy(bytes, at + 1, out, at, out.length - at);
        yield out;
      }
      case 2 -> {
        byte[] out = new byte[bytes.length + 1];
        System.arraycopy(bytes, 0, out, 0, at);
        out[at] = (byte) random.nextInt();
        System.arraycopy(bytes, at, out, at + 1, bytes.length - at);
        yield out;
      }
      case 3 -> {
        byte[] out = bytes.clone();
        out[at] = (byte) random.nextInt();
        yield out;
      }
      default -> {
        byte[] out = bytes.clone();
        out[at] ^= (byte) (1 << random.nextInt(8));
        yield out;
      }
    };
  }
}
