// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.batch;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Transactions as wallets make them, between accounts drawn evenly: whoever compresses has no
 * favourites to learn. Fee caps follow a base fee that moves from block to block, tips are a few,
 * amounts are round or not. One thread.
 */
public final class Traffic {
  public static final long CHAIN_ID = 901;
  private static final long[] TIPS_WEI = {
    1_000_000, 10_000_000, 15_000_000, 50_000_000, 100_000_000, 1_000_000_000
  };
  private static final Bytes TRANSFER = Bytes.fromHex("0xa9059cbb");

  private final Random random;
  private final List<SecretKey> accounts = new ArrayList<>();
  private final List<Address> tokens = new ArrayList<>();
  private final long[] nonces;
  private long baseFeeWei = 1_000_000_000;

  /**
   * @param accounts that send and receive
   * @param tokens that they have
   */
  public Traffic(long seed, int accounts, int tokens) {
    random = new Random(seed);
    nonces = new long[accounts];
    for (int i = 0; i < accounts; i++) {
      this.accounts.add(key("account", i));
      nonces[i] = random.nextInt(1 << random.nextInt(12));
    }
    for (int i = 0; i < tokens; i++) {
      this.tokens.add(key("token", i).address());
    }
  }

  public List<SecretKey> accounts() {
    return accounts;
  }

  public List<Address> tokens() {
    return tokens;
  }

  private static SecretKey key(String kind, int index) {
    return SecretKey.of(Keccak.hash((kind + index).getBytes(StandardCharsets.UTF_8)).toArray());
  }

  /** The nonce that an account's next transaction has. */
  public long nonce(int account) {
    return nonces[account];
  }

  /** The next block's worth of transfers of ether. */
  public List<Transaction> transfers(int count) {
    List<Transaction> out = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Address to = accounts.get(random.nextInt(accounts.size())).address();
      out.add(sent(21_000, to, amount(), Bytes.EMPTY));
    }
    nextBaseFee();
    return out;
  }

  /** The same of tokens, a few of them much used. */
  public List<Transaction> tokenTransfers(int count) {
    List<Transaction> out = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Address token = tokens.get((int) (tokens.size() * Math.pow(random.nextDouble(), 3)));
      Address to = accounts.get(random.nextInt(accounts.size())).address();
      byte[] words = new AbiWords(2).address(to).uint(amount()).toArray();
      Bytes data =
          Bytes.wrap(ByteBuffer.allocate(68).put(TRANSFER.unsafeArray()).put(words).array());
      // A wallet's estimate with a fifth on top, or an application's round number.
      long gas = random.nextInt(3) == 0 ? 65_000 : 41_000 + 12 * (long) random.nextInt(1_500);
      out.add(sent(gas, token, UInt256.ZERO, data));
    }
    nextBaseFee();
    return out;
  }

  /** Half of them round, the others with all their digits. */
  private UInt256 amount() {
    BigInteger unit = BigInteger.TEN.pow(12 + random.nextInt(6));
    return random.nextBoolean()
        ? UInt256.of(unit.multiply(BigInteger.valueOf(1 + random.nextInt(999))))
        : UInt256.of(new BigInteger(unit.bitLength() + 8, random));
  }

  private Transaction sent(long gas, Address to, UInt256 value, Bytes data) {
    int sender = random.nextInt(accounts.size());
    long tip = TIPS_WEI[random.nextInt(TIPS_WEI.length)];
    long cap = (random.nextInt(4) == 0 ? baseFeeWei * 6 / 5 : baseFeeWei * 2) + tip;
    return Transaction.Unsigned.feeMarket(
            UInt256.of(CHAIN_ID),
            nonces[sender]++,
            UInt256.of(tip),
            UInt256.of(cap),
            gas,
            to,
            value,
            data)
        .sign(accounts.get(sender));
  }

  private void nextBaseFee() {
    baseFeeWei += baseFeeWei * (random.nextInt(251) - 125) / 1_000;
  }
}
