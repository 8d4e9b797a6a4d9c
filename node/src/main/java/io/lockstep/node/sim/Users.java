// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.node.wire.NodeParts;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.loop.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Wallets that send transfers to whatever node they come upon, one after the other, and send again
 * what that node's state does not have. One thread.
 */
final class Users {
  private static final int EVERY_MS = 900;
  private static final long AGAIN_AFTER_MS = 1_500;
  private static final UInt256 TIP_WEI = UInt256.of(1_000_000_000L);
  private static final UInt256 FEE_CAP_WEI = UInt256.of(100_000_000_000L);

  private final SimTime time;
  private final SplittableRandom random;
  private final List<SimNode> nodes;
  private final long rollupId;
  private final List<Wallet> wallets = new ArrayList<>();
  private boolean stopped;

  private final class Wallet {
    private final SecretKey key;
    private final List<Transaction> sent = new ArrayList<>();
    private long lastSentMs;

    Wallet(SecretKey key) {
      this.key = key;
    }

    void turn() {
      if (stopped) {
        return;
      }
      time.after(EVERY_MS / 2 + random.nextInt(EVERY_MS), this::turn);
      SimNode node = nodes.get(random.nextInt(nodes.size()));
      NodeParts parts = node.parts();
      SimNetwork.Member gossip = node.gossip();
      if (parts == null || gossip == null) {
        return;
      }
      AccountState account = parts.view().first().newestState().account(key.address());
      int next = account == null ? 0 : (int) account.nonce();
      if (next < sent.size() && time.nowMs() - lastSentMs < AGAIN_AFTER_MS) {
        return;
      }
      if (next > sent.size()) {
        throw new IllegalStateException("a nonce that this wallet never used");
      }
      if (next == sent.size()) {
        sent.add(transfer(next));
      }
      lastSentMs = time.nowMs();
      Transaction tx = sent.get(next);
      var _ = parts.loop().offer(new Command.Submit(rollupId, tx, result -> {}));
      gossip.flood(Topics.TRANSACTION, NodeParts.flooded(rollupId, tx));
    }

    private Transaction transfer(int nonce) {
      return Transaction.Unsigned.feeMarket(
              UInt256.of(rollupId),
              nonce,
              TIP_WEI,
              FEE_CAP_WEI,
              21_000,
              Address.ofLong(0x10000 + random.nextInt(1_000)),
              UInt256.of(1 + random.nextInt(1_000)),
              Bytes.EMPTY)
          .sign(key);
    }
  }

  Users(SimTime time, SplittableRandom random, List<SimNode> nodes, long rollupId) {
    this.time = time;
    this.random = random;
    this.nodes = nodes;
    this.rollupId = rollupId;
    DevAccounts.keys().forEach(key -> wallets.add(new Wallet(key)));
  }

  void start() {
    wallets.forEach(wallet -> time.after(random.nextInt(EVERY_MS), wallet::turn));
  }

  void stop() {
    stopped = true;
  }

  /** Transactions made so far. */
  int made() {
    return wallets.stream().mapToInt(wallet -> wallet.sent.size()).sum();
  }
}
