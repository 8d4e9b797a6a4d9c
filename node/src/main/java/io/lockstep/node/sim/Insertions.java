// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.tick.HeaderExtra;
import io.lockstep.sequencer.tick.SystemTransaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What L1 sends must stand in derived blocks where the rules put it (protocol §4): worked out here
 * once more, from L1's own logs and the words of the protocol, and held against each derived block.
 * One thread.
 */
final class Insertions {
  private static final int MOST_MESSAGES = 32;
  private static final int MOST_FORCED = 8;
  private static final long SYSTEM_GAS = 1L << 24;
  private static final long TRANSFER_GAS = 21_000;

  private final SteppedBox box;
  private final Arrivals arrivals;
  private final long delaySeconds;
  private final Map<Hash32, Taken> taken = new HashMap<>();

  /** How much of what L1 sent the blocks up to one have taken. */
  private record Taken(int messages, int items, int standing) {}

  Insertions(SteppedBox box, Arrivals arrivals, ProtocolParameters rules) {
    this.box = box;
    this.arrivals = arrivals;
    this.delaySeconds = rules.forcedDelaySlots() * box.clock().slotSeconds();
  }

  /** Messages, forced transactions, and how many of these were good, up to a block. */
  int[] takenAt(Hash32 block) {
    Taken upTo = taken.getOrDefault(block, new Taken(0, 0, 0));
    return new int[] {upTo.messages, upTo.items, upTo.standing};
  }

  /** What is wrong with the derived blocks up to this height, in words, or null. */
  @Nullable String fault(ChainDb chain, long height) {
    Deque<Hash32> unchecked = new ArrayDeque<>();
    long at = height;
    Hash32 hash = chain.canonicalHash(at);
    while (at > 0 && hash != null && !taken.containsKey(hash)) {
      unchecked.push(hash);
      hash = chain.canonicalHash(--at);
    }
    Taken before = hash == null || at == 0 ? new Taken(0, 0, 0) : taken.get(hash);
    while (before != null && !unchecked.isEmpty()) {
      Hash32 next = unchecked.pop();
      Block block = chain.block(next);
      if (block == null) {
        return null;
      }
      var anchor = SystemTransaction.anchorOf(block.transactions().getFirst());
      if (!anchor.hash().equals(box.canonicalHash(anchor.number()))) {
        return null; // of an L1 that is no more, as its node will see
      }
      Due due = due(before, block.header(), anchor.number());
      String fault = fault(chain, block, next, due);
      if (fault != null) {
        return "block %d, anchor %d: %s".formatted(block.header().number(), anchor.number(), fault);
      }
      before =
          new Taken(
              before.messages + due.messages.size(),
              before.items + due.items.size(),
              before.standing + HeaderExtra.of(block.header()).forcedTransactions());
      taken.put(next, before);
    }
    return null;
  }

  private record Due(List<Arrivals.Message> messages, List<Arrivals.Item> items) {}

  private Due due(Taken before, BlockHeader header, long anchor) {
    long room = (Math.min(SYSTEM_GAS, header.gasLimit()) - 1_000_000) / 300_000;
    List<Arrivals.Message> messages = new ArrayList<>();
    List<Arrivals.Message> sent = arrivals.messages();
    for (int i = before.messages;
        i < sent.size() && sent.get(i).l1Number() <= anchor && messages.size() < MOST_MESSAGES;
        i++) {
      if (messages.size() < room) {
        messages.add(sent.get(i));
      }
    }
    List<Arrivals.Item> items = new ArrayList<>();
    List<Arrivals.Item> queue = arrivals.items();
    for (int i = before.items;
        i < queue.size()
            && queue.get(i).l1Number() <= anchor
            && queue.get(i).l1Seconds() + delaySeconds <= header.timestampSeconds()
            && items.size() < MOST_FORCED;
        i++) {
      items.add(queue.get(i));
    }
    return new Due(messages, items);
  }

  private static @Nullable String fault(ChainDb chain, Block block, Hash32 hash, Due due) {
    StateReader before = chain.stateAt(block.header().parentHash());
    StateReader after = chain.stateAt(hash);
    if (before == null || after == null) {
      return null;
    }
    for (Arrivals.Message message : due.messages) {
      Address to = message.sent().target();
      UInt256 had = balance(before, to);
      UInt256 has = balance(after, to);
      if (L1Users.isFresh(to) && !(had.isZero() && has.equals(message.sent().value()))) {
        return "deposit %d of %s wei to %s, which had %s and has %s"
            .formatted(message.sent().index(), message.sent().value(), to, had, has);
      }
    }
    List<Hash32> standing = standing(before, block.header(), due);
    int said = HeaderExtra.of(block.header()).forcedTransactions();
    List<Hash32> found =
        block.transactions().stream().skip(1).limit(said).map(Transaction::hash).toList();
    return standing.equals(found)
        ? null
        : "%d forced transactions are due, %s of them good; %s stand in it"
            .formatted(due.items.size(), standing, found);
  }

  /** Which of the due items are transactions that the block can take. */
  private static List<Hash32> standing(StateReader before, BlockHeader header, Due due) {
    Map<Address, Long> nonces = new HashMap<>();
    Map<Address, UInt256> spent = new HashMap<>();
    List<Hash32> out = new ArrayList<>();
    for (Arrivals.Item item : due.items) {
      Transaction tx;
      try {
        tx = TransactionCodec.decode(item.enqueued().rawTx());
      } catch (DecodeException _) {
        continue;
      }
      Address sender = tx.sender();
      if (sender == null
          || sender.equals(SystemTransaction.SENDER)
          || tx.type() == TransactionType.BLOB
          || tx.gasLimit() > item.enqueued().gasLimit()
          || tx.gasLimit() < TRANSFER_GAS
          || tx.maxFeePerGas().compareTo(header.baseFeeOrZero()) < 0) {
        continue;
      }
      AccountState account = before.account(sender);
      long nonce = nonces.getOrDefault(sender, account == null ? 0 : account.nonce());
      UInt256 most = tx.value().add(tx.maxFeePerGas().multiply(UInt256.of(tx.gasLimit())));
      UInt256 has = balance(before, sender).add(delivered(due, sender));
      UInt256 gone = spent.getOrDefault(sender, UInt256.ZERO);
      if (nonce == tx.nonce() && gone.add(most).compareTo(has) <= 0) {
        nonces.put(sender, nonce + 1);
        UInt256 fee =
            tx.effectiveGasPrice(header.baseFeeOrZero()).multiply(UInt256.of(TRANSFER_GAS));
        spent.put(sender, gone.add(tx.value()).add(fee));
        out.add(tx.hash());
      }
    }
    return out;
  }

  private static UInt256 delivered(Due due, Address to) {
    UInt256 sum = UInt256.ZERO;
    for (Arrivals.Message message : due.messages) {
      sum = message.sent().target().equals(to) ? sum.add(message.sent().value()) : sum;
    }
    return sum;
  }

  /** In the end each deposit that was taken is there once, and none of the others. */
  @Nullable String faultAtEnd(ChainDb chain, long height) {
    Hash32 hash = chain.canonicalHash(height);
    Taken upTo = hash == null ? null : taken.get(hash);
    StateReader state = hash == null ? null : chain.stateAt(hash);
    if (upTo == null || state == null) {
      return null;
    }
    List<Arrivals.Message> sent = arrivals.messages();
    for (int i = 0; i < sent.size(); i++) {
      var message = sent.get(i).sent();
      UInt256 should = i < upTo.messages ? message.value() : UInt256.ZERO;
      UInt256 has = balance(state, message.target());
      if (L1Users.isFresh(message.target()) && !has.equals(should)) {
        return "deposit %d of %s wei: its receiver has %s in the end"
            .formatted(i, message.value(), has);
      }
    }
    return null;
  }

  private static UInt256 balance(StateReader state, Address of) {
    AccountState account = state.account(of);
    return account == null ? UInt256.ZERO : account.balance();
  }
}
