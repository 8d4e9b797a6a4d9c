// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes worlds: a few contracts, a few senders, transactions good and bad. One thread. */
final class RandomWorld {
  private static final List<TransactionType> TYPES = List.of(TransactionType.values());
  private static final int TRANSACTIONS = 10;
  private static final int CONTRACTS = 5;
  private static final int SENDERS = 4;
  private static final int POOR = SENDERS - 1;
  private static final long GAS_LIMIT = 30_000_000;
  private static final UInt256 CHAIN = UInt256.of(World.CHAIN_ID);
  private static final UInt256 GWEI = UInt256.of(1_000_000_000);
  private static final UInt256 RICH = GWEI.multiply(GWEI).multiply(UInt256.of(100));

  private final Random random;
  private final boolean mayHaveBlobs;
  private final List<SecretKey> keys = new ArrayList<>();
  private final Map<Address, Long> nonces = new HashMap<>();
  private final List<Address> callable = new ArrayList<>();
  private boolean hasBlobs;

  /** Whether the transaction being made may well be refused. */
  private boolean doubtful;

  private RandomWorld(long seed, boolean mayHaveBlobs) {
    this.random = new Random(seed);
    this.mayHaveBlobs = mayHaveBlobs;
  }

  static World of(long seed, boolean mayHaveBlobs) {
    return new RandomWorld(seed, mayHaveBlobs).make(seed);
  }

  private World make(long seed) {
    for (int i = 0; i < SENDERS; i++) {
      keys.add(
          SecretKey.of(
              Keccak.hash(ByteBuffer.allocate(16).putLong(seed).putLong(i).array()).toArray()));
    }
    for (int i = 0; i < CONTRACTS; i++) {
      callable.add(Address.ofLong(0xc0de_0000L + i));
    }
    keys.forEach(key -> callable.add(key.address()));
    Map<Address, World.Account> accounts = accounts();
    List<BlockEnv> envs = new ArrayList<>();
    List<Bytes> transactions = new ArrayList<>();
    Address coinbase =
        random.nextInt(4) == 0
            ? callable.get(random.nextInt(callable.size()))
            : Address.ofLong(0xfee);
    UInt256 baseFee = random.nextInt(5) == 0 ? UInt256.of(7) : GWEI;
    for (int i = 0; i < TRANSACTIONS; i++) {
      envs.add(env(i, coinbase, baseFee));
      transactions.add(transaction(baseFee));
    }
    return new World(seed, accounts, envs, transactions, hasBlobs);
  }

  private Map<Address, World.Account> accounts() {
    Map<Address, World.Account> out = new LinkedHashMap<>();
    for (int i = 0; i < CONTRACTS; i++) {
      Map<UInt256, UInt256> storage = new LinkedHashMap<>();
      for (int slot = random.nextInt(4); slot > 0; slot--) {
        storage.put(UInt256.of(random.nextInt(6)), UInt256.of(1 + random.nextInt(1_000)));
      }
      out.put(
          callable.get(i),
          new World.Account(
              1, UInt256.of(random.nextInt(10)), RandomCode.contract(random, callable), storage));
    }
    for (int i = 0; i < SENDERS; i++) {
      long nonce = random.nextInt(4) == 0 ? random.nextInt(1_000) : 0;
      nonces.put(keys.get(i).address(), nonce);
      UInt256 balance = i == POOR ? UInt256.of(random.nextLong() >>> 8) : RICH;
      // Now and then an account that has delegated before (EIP-7702).
      Bytes code =
          random.nextInt(6) == 0
              ? Bytes.fromHex(
                  "0xef0100" + callable.get(random.nextInt(CONTRACTS)).toHex().substring(2))
              : Bytes.EMPTY;
      out.put(keys.get(i).address(), new World.Account(nonce, balance, code, Map.of()));
    }
    return out;
  }

  private BlockEnv env(int index, Address coinbase, UInt256 baseFee) {
    return new BlockEnv(
        300 + index,
        hash(),
        1_900_000_000L + 12L * index,
        coinbase,
        hash(),
        UInt256.ZERO,
        GAS_LIMIT,
        baseFee,
        random.nextInt(3) == 0 ? 50_000_000L : 0,
        Hash32.ZERO,
        Bytes.EMPTY);
  }

  private Hash32 hash() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Hash32.of(bytes);
  }

  private boolean rarely() {
    boolean now = random.nextInt(60) == 0;
    doubtful |= now;
    return now;
  }

  private Bytes transaction(UInt256 baseFee) {
    int sender = random.nextInt(random.nextInt(5) == 0 ? SENDERS : SENDERS - 1);
    doubtful = sender == POOR;
    SecretKey key = keys.get(sender);
    long nonce = nonces.getOrDefault(key.address(), 0L);
    TransactionType type = type();
    boolean creates = type.id() < 3 && random.nextInt(5) == 0;
    Address to =
        creates
            ? null
            : random.nextInt(12) == 0
                ? Address.ofLong(random.nextInt(0x110))
                : callable.get(random.nextInt(callable.size()));
    Bytes data = creates ? RandomCode.init(random, callable) : input();
    UInt256 feeCap =
        rarely()
            ? UInt256.of(random.nextInt(10))
            : baseFee.multiply(UInt256.of(1 + random.nextInt(3)));
    boolean capped = type != TransactionType.LEGACY && type != TransactionType.ACCESS_LIST;
    UInt256 tip =
        !capped ? feeCap : rarely() ? feeCap.add(UInt256.ONE) : UInt256.of(random.nextInt(7));
    Transaction.Unsigned fields =
        new Transaction.Unsigned(
            type,
            type == TransactionType.LEGACY && random.nextInt(3) == 0
                ? null
                : rarely() ? UInt256.of(1) : CHAIN,
            rarely() ? (nonce + (random.nextBoolean() ? 1 : -1)) & Long.MAX_VALUE : nonce,
            tip.compareTo(feeCap) > 0 && !rarely() ? feeCap : tip,
            feeCap,
            gas(data.size(), creates),
            to,
            value(),
            data,
            type == TransactionType.LEGACY ? List.of() : accessList(),
            type == TransactionType.BLOB ? UInt256.of(1_000_000) : UInt256.ZERO,
            type == TransactionType.BLOB ? blobHashes() : List.of(),
            type == TransactionType.SET_CODE ? authorizations() : List.of());
    if (!doubtful || random.nextBoolean()) {
      nonces.put(key.address(), nonce + 1);
    }
    byte[] raw = fields.sign(key).encoded().toArray();
    if (random.nextInt(60) == 0) {
      raw[random.nextInt(raw.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return Bytes.wrap(raw);
  }

  private TransactionType type() {
    TransactionType type = TYPES.get(random.nextInt(TYPES.size()));
    if (type == TransactionType.BLOB) {
      if (!mayHaveBlobs) {
        return TransactionType.FEE_MARKET;
      }
      hasBlobs = true;
    }
    return type;
  }

  private long gas(int dataBytes, boolean creates) {
    int choice = random.nextInt(16);
    doubtful |= choice < 3;
    return switch (choice) {
      case 0 -> 21_000 + random.nextInt(100);
      case 1 -> 21_000 + 16L * dataBytes + random.nextInt(60_000);
      case 2 -> 20_000 + random.nextInt(2_000);
      case 3 -> rarely() ? (1L << 24) + random.nextInt(2) : 1L << 24;
      default -> (creates ? 300_000 : 100_000) + 40L * dataBytes + random.nextInt(2_000_000);
    };
  }

  private UInt256 value() {
    return switch (random.nextInt(10)) {
      case 0 -> UInt256.of(random.nextInt(100));
      case 1 -> rarely() ? RICH.multiply(RICH) : UInt256.ONE;
      default -> UInt256.ZERO;
    };
  }

  private Bytes input() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(600) : 32 * random.nextInt(4)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i % 32 == 31 || random.nextInt(8) == 0 ? random.nextInt(256) : 0);
    }
    return Bytes.wrap(bytes);
  }

  private List<AccessListEntry> accessList() {
    List<AccessListEntry> out = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      List<Hash32> slots = new ArrayList<>();
      for (int slot = random.nextInt(4); slot > 0; slot--) {
        slots.add(UInt256.of(random.nextInt(6)).toHash());
      }
      out.add(new AccessListEntry(callable.get(random.nextInt(callable.size())), slots));
    }
    return out;
  }

  private List<Hash32> blobHashes() {
    List<Hash32> out = new ArrayList<>();
    for (int i = rarely() ? 7 : 1 + random.nextInt(6); i > 0; i--) {
      byte[] bytes = hash().toArray();
      bytes[0] = (byte) (rarely() ? 2 : 1);
      out.add(Hash32.of(bytes));
    }
    return out;
  }

  private List<Authorization> authorizations() {
    List<Authorization> out = new ArrayList<>();
    for (int i = rarely() ? 0 : 1 + random.nextInt(3); i > 0; i--) {
      SecretKey key = keys.get(random.nextInt(SENDERS));
      long nonce = nonces.getOrDefault(key.address(), 0L) + random.nextInt(2);
      Address code =
          random.nextInt(6) == 0
              ? Address.ZERO
              : random.nextInt(8) == 0
                  ? Address.ofLong(1 + random.nextInt(17))
                  : callable.get(random.nextInt(callable.size()));
      UInt256 chainId = random.nextInt(5) == 0 ? UInt256.ZERO : rarely() ? UInt256.of(5) : CHAIN;
      Authorization good = Authorization.sign(chainId, code, nonce, key);
      out.add(
          rarely()
              ? new Authorization(chainId, code, nonce, UInt256.of(2), good.r(), good.s())
              : good);
    }
    return out;
  }
}
