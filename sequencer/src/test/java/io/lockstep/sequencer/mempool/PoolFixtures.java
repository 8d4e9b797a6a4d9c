// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.testing.RandomTransactions;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Signed transfers and the accounts they come from. */
final class PoolFixtures implements Function<Address, SenderState> {
  static final UInt256 RICH = UInt256.of(1_000_000_000_000_000_000L);
  private static final Map<Integer, SecretKey> KEYS = new HashMap<>();

  final Map<Address, SenderState> states = new HashMap<>();

  static SecretKey key(int sender) {
    return KEYS.computeIfAbsent(sender, RandomTransactions::key);
  }

  static Address address(int sender) {
    return key(sender).address();
  }

  static Transaction tx(int sender, long nonce, long tip, long feeCap) {
    return tx(sender, nonce, tip, feeCap, 0);
  }

  static Transaction tx(int sender, long nonce, long tip, long feeCap, int dataBytes) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            nonce,
            UInt256.of(tip),
            UInt256.of(feeCap),
            21_000,
            Address.ofLong(1),
            UInt256.ZERO,
            Bytes.wrap(new byte[dataBytes]))
        .sign(key(sender));
  }

  void state(int sender, long nonce, UInt256 balance) {
    states.put(address(sender), new SenderState(nonce, balance));
  }

  @Override
  public SenderState apply(Address sender) {
    return states.getOrDefault(sender, new SenderState(0, RICH));
  }
}
