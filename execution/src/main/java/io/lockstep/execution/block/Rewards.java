// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Withdrawal;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a block pays at its end: withdrawals (EIP-4895), and under proof of work its miners. */
final class Rewards {
  private static final UInt256 WEI_PER_GWEI = UInt256.of(1_000_000_000);
  private static final BigInteger WEI_PER_ETHER = BigInteger.TEN.pow(18);

  private Rewards() {}

  static void pay(
      JournaledState state,
      Rules rules,
      BlockEnv env,
      @Nullable List<Withdrawal> withdrawals,
      List<BlockHeader> ommers) {
    state.beginTransaction();
    if (withdrawals != null) {
      for (Withdrawal w : withdrawals) {
        add(state, rules, w.address(), UInt256.of(w.amountGwei()).multiply(WEI_PER_GWEI));
      }
    }
    if (!rules.fork.isAtLeast(Fork.PARIS)) {
      payMiners(state, rules, env, ommers);
    }
    state.endTransaction(rules.clearsEmpty);
  }

  /** Yellow paper, 11.3; EIP-649 and EIP-1234 lowered the reward. */
  private static void payMiners(
      JournaledState state, Rules rules, BlockEnv env, List<BlockHeader> ommers) {
    long ether =
        rules.fork.isAtLeast(Fork.CONSTANTINOPLE)
            ? 2
            : rules.fork.isAtLeast(Fork.BYZANTIUM) ? 3 : 5;
    BigInteger reward = WEI_PER_ETHER.multiply(BigInteger.valueOf(ether));
    BigInteger own = reward;
    for (BlockHeader ommer : ommers) {
      long age = env.number() - ommer.number();
      BigInteger theirs = reward.multiply(BigInteger.valueOf(8 - age)).shiftRight(3);
      add(state, rules, ommer.coinbase(), UInt256.of(theirs));
      own = own.add(reward.shiftRight(5));
    }
    add(state, rules, env.coinbase(), UInt256.of(own));
  }

  private static void add(JournaledState state, Rules rules, Address to, UInt256 wei) {
    Account account = state.account(to);
    if (wei.isZero()) {
      state.touch(account, rules.clearsEmpty);
    } else {
      state.addBalance(account, wei);
    }
  }
}
