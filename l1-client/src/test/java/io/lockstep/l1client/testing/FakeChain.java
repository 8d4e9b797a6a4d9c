// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A chain without execution that obeys a script: blocks with chosen transactions, forks, missed
 * slots. One beacon block in each slot that has an execution block. All methods are synchronised:
 * the stub's server threads read while the test writes.
 */
public final class FakeChain {
  public static final long GENESIS_SECONDS = 1_700_000_000L;
  public static final long SLOT_SECONDS = 2;
  public static final int SLOTS_PER_EPOCH = 8;

  /** A transaction that stands in a block. */
  public record Mined(Transaction tx, boolean success, List<Log> logs) {}

  /** A block of some branch. */
  public record FakeBlock(
      long number,
      Hash32 hash,
      Hash32 parentHash,
      long slot,
      UInt256 baseFee,
      long excessBlobGas,
      List<Mined> txs,
      List<Bytes> blobs) {
    public long timestampSeconds() {
      return GENESIS_SECONDS + slot * SLOT_SECONDS;
    }
  }

  private final Map<Hash32, FakeBlock> all = new HashMap<>();
  private final List<FakeBlock> canonical = new ArrayList<>();
  private final Map<Address, TreeMap<Long, BlobTransaction>> pool = new LinkedHashMap<>();
  private final Map<Address, TreeMap<Long, Transaction>> plainPool = new LinkedHashMap<>();
  private long slot;
  private long salt;
  private @Nullable Long finalizedNumber;
  private UInt256 blobFeeAsked = UInt256.ONE;
  private UInt256 baseFee = UInt256.of(1_000_000_000L);
  private long excessBlobGas;

  public FakeChain() {
    append(List.of(), List.of());
  }

  /** Mines {@code count} empty blocks, one a slot. */
  public synchronized void mineEmpty(int count) {
    for (int i = 0; i < count; i++) {
      slot++;
      append(List.of(), List.of());
    }
  }

  /** Lets a slot pass without a block. */
  public synchronized void missSlot() {
    slot++;
  }

  /** Mines one block with everything in the pool that is next in turn and pays enough. */
  public synchronized FakeBlock mine() {
    slot++;
    List<Mined> txs = new ArrayList<>();
    List<Bytes> blobs = new ArrayList<>();
    pool.forEach((sender, byNonce) -> {
      long next = nonceAt(sender, canonical.size());
      while (byNonce.containsKey(next)
          && tx(byNonce, next).maxFeePerBlobGas().compareTo(blobFeeAsked) >= 0) {
        BlobTransaction posted = Objects.requireNonNull(byNonce.get(next));
        txs.add(new Mined(posted.transaction(), true, List.of()));
        blobs.addAll(posted.blobs());
        next++;
      }
    });
    plainPool.forEach((sender, byNonce) -> {
      long next = nonceAt(sender, canonical.size());
      while (byNonce.containsKey(next)) {
        txs.add(new Mined(Objects.requireNonNull(byNonce.get(next)), true, List.of()));
        next++;
      }
    });
    return append(txs, blobs);
  }

  private static Transaction tx(Map<Long, BlobTransaction> byNonce, long nonce) {
    return Objects.requireNonNull(byNonce.get(nonce)).transaction();
  }

  /** Mines one block with exactly these transactions. */
  public synchronized FakeBlock mineWith(List<Mined> txs) {
    slot++;
    return append(txs, List.of());
  }

  /** Drops the last {@code depth} blocks and mines {@code replacements} empty ones instead. */
  public synchronized void reorg(int depth, int replacements) {
    long firstSlot = canonical.get(canonical.size() - depth).slot();
    canonical.subList(canonical.size() - depth, canonical.size()).clear();
    slot = firstSlot - 1;
    mineEmpty(replacements);
  }

  private FakeBlock append(List<Mined> txs, List<Bytes> blobs) {
    long number = canonical.size();
    Hash32 parent = canonical.isEmpty() ? Hash32.ZERO : canonical.getLast().hash();
    String seed = number + ":" + slot + ":" + parent + ":" + salt++;
    Hash32 hash = Keccak.hash(seed.getBytes(StandardCharsets.UTF_8));
    FakeBlock block =
        new FakeBlock(
            number,
            hash,
            parent,
            slot,
            baseFee,
            excessBlobGas,
            List.copyOf(txs),
            List.copyOf(blobs));
    all.put(hash, block);
    canonical.add(block);
    return block;
  }

  public synchronized void finalise(long number) {
    finalizedNumber = number;
  }

  public synchronized @Nullable FakeBlock finalized() {
    return finalizedNumber == null ? null : canonical.get(Math.toIntExact(finalizedNumber));
  }

  /** Blob transactions that offer less are not mined. */
  public synchronized void askBlobFee(UInt256 weiPerBlobGas) {
    blobFeeAsked = weiPerBlobGas;
  }

  /** What the headers of blocks from now on say. */
  public synchronized void priceNextBlocks(UInt256 weiPerGas, long excess) {
    baseFee = weiPerGas;
    excessBlobGas = excess;
  }

  public synchronized FakeBlock head() {
    return canonical.getLast();
  }

  public synchronized @Nullable FakeBlock byNumber(long number) {
    return number < 0 || number >= canonical.size() ? null : canonical.get((int) number);
  }

  public synchronized @Nullable FakeBlock byHash(Hash32 hash) {
    return all.get(hash);
  }

  public synchronized @Nullable FakeBlock bySlot(long slotNumber) {
    return canonical.stream().filter(b -> b.slot() == slotNumber).findFirst().orElse(null);
  }

  public synchronized long slot() {
    return slot;
  }

  /** Where a transaction stands on the canonical chain, or null. */
  public synchronized @Nullable FakeBlock blockOf(Hash32 txHash) {
    for (FakeBlock block : canonical) {
      for (Mined mined : block.txs()) {
        if (mined.tx().hash().equals(txHash)) {
          return block;
        }
      }
    }
    return null;
  }

  public synchronized long nonce(Address sender) {
    return nonceAt(sender, canonical.size());
  }

  private long nonceAt(Address sender, int blocks) {
    return canonical.subList(0, blocks).stream()
        .flatMap(b -> b.txs().stream())
        .filter(m -> Objects.equals(sender, m.tx().sender()))
        .count();
  }

  /** Takes a transaction into the pool as a strict node does; the text is its refusal, or null. */
  public synchronized @Nullable String offer(BlobTransaction tx) {
    Address sender = Objects.requireNonNull(tx.transaction().sender());
    long nonce = tx.transaction().nonce();
    if (nonce < nonce(sender)) {
      return "nonce too low: next nonce " + nonce(sender) + ", tx nonce " + nonce;
    }
    TreeMap<Long, BlobTransaction> byNonce = pool.computeIfAbsent(sender, s -> new TreeMap<>());
    BlobTransaction old = byNonce.get(nonce);
    if (old != null) {
      if (old.transaction().hash().equals(tx.transaction().hash())) {
        return "already known";
      }
      if (!doubles(old.transaction(), tx.transaction())) {
        return "replacement transaction underpriced";
      }
    }
    byNonce.put(nonce, tx);
    return null;
  }

  public synchronized @Nullable String offer(Transaction tx) {
    Address sender = Objects.requireNonNull(tx.sender());
    if (tx.nonce() < nonce(sender)) {
      return "nonce too low";
    }
    plainPool.computeIfAbsent(sender, s -> new TreeMap<>()).put(tx.nonce(), tx);
    return null;
  }

  private static boolean doubles(Transaction old, Transaction tx) {
    UInt256 two = UInt256.of(2);
    return tx.maxFeePerGas().compareTo(old.maxFeePerGas().multiply(two)) >= 0
        && tx.maxPriorityFeePerGas().compareTo(old.maxPriorityFeePerGas().multiply(two)) >= 0
        && tx.maxFeePerBlobGas().compareTo(old.maxFeePerBlobGas().multiply(two)) >= 0;
  }

  /** The pool's blob transactions of {@code sender} by rising nonce. */
  public synchronized List<BlobTransaction> pooled(Address sender) {
    return List.copyOf(pool.getOrDefault(sender, new TreeMap<>()).values());
  }

  public synchronized void emptyPool() {
    pool.clear();
    plainPool.clear();
  }
}
