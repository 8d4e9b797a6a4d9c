// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.mempool;

import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pool's rules written down plainly: everything is computed anew each time. */
final class NaivePool {
  private final MempoolLimits limits;
  private final Map<Address, NavigableMap<Long, Transaction>> waiting = new HashMap<>();
  private final Map<Address, SenderState> states = new HashMap<>();
  UInt256 baseFee = UInt256.ZERO;

  NaivePool(MempoolLimits limits) {
    this.limits = limits;
  }

  AddResult add(Transaction tx, Function<Address, SenderState> accounts) {
    Address sender = Objects.requireNonNull(tx.sender());
    if (all().contains(tx)) {
      return new AddResult.Known();
    }
    state(sender, accounts.apply(sender));
    SenderState state = accounts.apply(sender);
    AddResult refused = Admission.account(tx, PooledTx.costOf(tx), state);
    if (refused != null) {
      return refused;
    }
    NavigableMap<Long, Transaction> own = waiting.getOrDefault(sender, new TreeMap<>());
    Transaction old = own.get(tx.nonce());
    if (old != null) {
      AddResult underpriced = Admission.replacement(old, tx);
      if (underpriced != null) {
        return underpriced;
      }
      own.put(tx.nonce(), tx);
      return new AddResult.Replaced(old.hash(), pending(sender).contains(tx));
    }
    Map<Address, NavigableMap<Long, Transaction>> before = copy();
    if (own.size() >= limits.maxPerSender()) {
      if (tx.nonce() > own.lastKey()) {
        return full(AddResult.Code.SENDER_FULL);
      }
      take(sender);
    }
    states.putIfAbsent(sender, state);
    long worth = before.containsKey(sender) ? Math.min(tip(tx), lowest(before, sender)) : tip(tx);
    boolean runs = runsIfAdded(before, tx, state);
    while (all().size() >= limits.maxTransactions()
        || bytes() + tx.encoded().size() > limits.maxBytes()) {
      Address worst = worst();
      if (worst == null || !(runs == hasQueued(worst) ? runs : worth > lowest(waiting, worst))) {
        waiting.clear();
        waiting.putAll(before);
        return full(AddResult.Code.POOL_FULL);
      }
      take(worst);
    }
    waiting.computeIfAbsent(sender, a -> new TreeMap<>()).put(tx.nonce(), tx);
    return new AddResult.Added(pending(sender).contains(tx));
  }

  private boolean runsIfAdded(
      Map<Address, NavigableMap<Long, Transaction>> before, Transaction tx, SenderState state) {
    Address sender = Objects.requireNonNull(tx.sender());
    long next = state.nonce() + prefix(before.getOrDefault(sender, new TreeMap<>()), state).size();
    return tx.nonce() == next;
  }

  private static AddResult full(AddResult.Code code) {
    return new AddResult.Refused(code, "");
  }

  void state(Address sender, SenderState state) {
    states.put(sender, state);
    NavigableMap<Long, Transaction> own = waiting.get(sender);
    if (own != null) {
      own.headMap(state.nonce()).clear();
      if (own.isEmpty()) {
        waiting.remove(sender);
      }
    }
  }

  void remove(Transaction tx) {
    Address sender = Objects.requireNonNull(tx.sender());
    NavigableMap<Long, Transaction> own = waiting.get(sender);
    if (own != null && own.containsValue(tx)) {
      own.remove(tx.nonce());
      if (own.isEmpty()) {
        waiting.remove(sender);
      }
    }
  }

  private void take(Address sender) {
    NavigableMap<Long, Transaction> own = Objects.requireNonNull(waiting.get(sender));
    own.pollLastEntry();
    if (own.isEmpty()) {
      waiting.remove(sender);
    }
  }

  private @Nullable Address worst() {
    return waiting.keySet().stream()
        .min(
            Comparator.comparing((Address a) -> !hasQueued(a))
                .thenComparingLong(a -> lowest(waiting, a))
                .thenComparing(
                    a -> Objects.requireNonNull(waiting.get(a)).lastEntry().getValue().hash(),
                    Comparator.reverseOrder()))
        .orElse(null);
  }

  private boolean hasQueued(Address sender) {
    return pending(sender).size() < Objects.requireNonNull(waiting.get(sender)).size();
  }

  private long lowest(Map<Address, NavigableMap<Long, Transaction>> map, Address sender) {
    return Objects.requireNonNull(map.get(sender)).values().stream()
        .mapToLong(this::tip)
        .min()
        .orElseThrow();
  }

  private long tip(Transaction tx) {
    long room = tx.maxFeePerGas().limb(0) - baseFee.limb(0);
    return room < 0 ? room : Math.min(room, tx.maxPriorityFeePerGas().limb(0));
  }

  List<Transaction> pending(Address sender) {
    NavigableMap<Long, Transaction> own = waiting.get(sender);
    return own == null ? List.of() : prefix(own, Objects.requireNonNull(states.get(sender)));
  }

  private static List<Transaction> prefix(NavigableMap<Long, Transaction> own, SenderState state) {
    List<Transaction> pending = new ArrayList<>();
    long nonce = state.nonce();
    for (Transaction tx : own.values()) {
      if (tx.nonce() != nonce++ || PooledTx.costOf(tx).compareTo(state.balance()) > 0) {
        break;
      }
      pending.add(tx);
    }
    return pending;
  }

  Map<Address, SenderContent> content() {
    Map<Address, SenderContent> content = new TreeMap<>();
    waiting.forEach((sender, own) -> {
      List<Transaction> pending = pending(sender);
      List<Transaction> queued = new ArrayList<>(own.values());
      queued.removeAll(pending);
      content.put(sender, new SenderContent(pending, queued));
    });
    return content;
  }

  List<Transaction> walk() {
    Map<Address, List<Transaction>> left = new HashMap<>();
    waiting.keySet().forEach(a -> left.put(a, new ArrayList<>(pending(a))));
    List<Transaction> order = new ArrayList<>();
    while (true) {
      Transaction best = null;
      for (List<Transaction> queue : left.values()) {
        if (!queue.isEmpty() && tip(queue.getFirst()) >= 0) {
          Transaction head = queue.getFirst();
          if (best == null
              || tip(head) > tip(best)
              || (tip(head) == tip(best) && head.hash().compareTo(best.hash()) < 0)) {
            best = head;
          }
        }
      }
      if (best == null) {
        return order;
      }
      order.add(best);
      Objects.requireNonNull(left.get(Objects.requireNonNull(best.sender()))).removeFirst();
    }
  }

  List<Transaction> all() {
    List<Transaction> all = new ArrayList<>();
    waiting.values().forEach(own -> all.addAll(own.values()));
    return all;
  }

  private long bytes() {
    return all().stream().mapToLong(tx -> tx.encoded().size()).sum();
  }

  private Map<Address, NavigableMap<Long, Transaction>> copy() {
    Map<Address, NavigableMap<Long, Transaction>> copy = new HashMap<>();
    waiting.forEach((sender, own) -> copy.put(sender, new TreeMap<>(own)));
    return copy;
  }
}
