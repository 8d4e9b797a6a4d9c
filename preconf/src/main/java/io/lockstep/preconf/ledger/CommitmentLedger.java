// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.ledger;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every frag and seal this node signed or accepted, and every promise, so that any node can serve
 * any user's commitment and hand sealed ticks to others. Of two seals for one tick, or two frags
 * for one place, the first heard stays. Writer: the sequencing thread; readers: any.
 */
public final class CommitmentLedger {
  private static final Column FRAGS = new Column("ledger-frags");
  private static final Column SEALS = new Column("ledger-seals");
  private static final Column PLACES = new Column("ledger-places");
  private static final Column SEALED_BLOCKS = new Column("ledger-sealed-blocks");

  private static final Column PROMISES = new Column("ledger-promises");
  private static final Column PROMISES_OF = new Column("ledger-promises-of");
  private static final Column REQUESTS = new Column("ledger-promise-requests");

  private static final int MAX_FRAGS = 4_096;

  /** Promises about one transaction that are told. */
  private static final int MAX_PROMISES_OF_ONE = 64;

  private final KeyValueStore store;
  private final CommitmentDomain domain;

  /** Own frags and seals that may not be shown yet, by their keys. */
  private final Set<Bytes> withheld = ConcurrentHashMap.newKeySet();

  /** The columns that the store handed in must have. */
  public static Collection<Column> columns() {
    return List.of(FRAGS, SEALS, PLACES, SEALED_BLOCKS, PROMISES, PROMISES_OF, REQUESTS);
  }

  public CommitmentLedger(KeyValueStore store, CommitmentDomain domain) {
    this.store = store;
    this.domain = domain;
  }

  /**
   * Keeps a frag that was heard, unless it is a heartbeat or another one of its place is known;
   * tells whether it was kept.
   */
  public boolean record(FragMessage message) {
    Frag frag = message.frag().object();
    if (message.parts().isEmpty()
        || store.get(FRAGS, fragKey(frag.tick(), frag.fragIdx())) != null) {
      return false;
    }
    KeyValueStore.Batch batch = store.newBatch();
    put(batch, message);
    store.commit(batch, KeyValueStore.Durability.PROCESS);
    return true;
  }

  /**
   * Keeps an own frag, whatever was heard at its place; heartbeats are not kept. It is withheld
   * from {@link ReleasedLedger} until it is {@link #released(FragMessage) released}.
   */
  public void put(FragMessage message) {
    withheld.add(keyOf(message));
    KeyValueStore.Batch batch = store.newBatch();
    put(batch, message);
    store.commit(batch, KeyValueStore.Durability.PROCESS);
  }

  private static void put(KeyValueStore.Batch batch, FragMessage message) {
    byte[] key = fragKey(message.frag().object().tick(), message.frag().object().fragIdx());
    if (message.parts().isEmpty()) {
      return;
    }
    batch.put(FRAGS, key, message.encoded().unsafeArray());
    List<TxLeaf> leaves = message.leaves();
    for (int i = 0; i < leaves.size(); i++) {
      byte[] place = ByteBuffer.allocate(16).put(key).putInt(i).array();
      batch.put(PLACES, leaves.get(i).txHash().toArray(), place);
    }
  }

  /**
   * Keeps a seal that was heard, unless another one of its tick is known; tells whether it was
   * kept.
   */
  public boolean record(SealMessage message) {
    if (store.get(SEALS, tickKey(message.tick())) != null) {
      return false;
    }
    KeyValueStore.Batch batch = store.newBatch();
    put(batch, message);
    store.commit(batch, KeyValueStore.Durability.PROCESS);
    return true;
  }

  /** Keeps an own seal, whatever was heard of its tick; withheld as an own frag is. */
  public void put(SealMessage message) {
    withheld.add(keyOf(message));
    KeyValueStore.Batch batch = store.newBatch();
    put(batch, message);
    store.commit(batch, KeyValueStore.Durability.PROCESS);
  }

  /** An own frag is as durable as configured: it may be shown. */
  public void released(FragMessage message) {
    withheld.remove(keyOf(message));
  }

  /** An own seal is as durable as configured: it may be shown. */
  public void released(SealMessage message) {
    withheld.remove(keyOf(message));
  }

  boolean isWithheld(FragMessage message) {
    return withheld.contains(keyOf(message));
  }

  boolean isWithheld(long tick) {
    return withheld.contains(Bytes.wrap(tickKey(tick)));
  }

  private static Bytes keyOf(FragMessage message) {
    Frag frag = message.frag().object();
    return Bytes.wrap(fragKey(frag.tick(), frag.fragIdx()));
  }

  private static Bytes keyOf(SealMessage message) {
    return Bytes.wrap(tickKey(message.tick()));
  }

  private static void put(KeyValueStore.Batch batch, SealMessage message) {
    batch.put(SEALS, tickKey(message.tick()), message.encoded().unsafeArray());
    for (SealMessage.SealedBlock block : message.blocks()) {
      batch.put(SEALED_BLOCKS, block.leaf().blockHash().toArray(), tickKey(message.tick()));
    }
  }

  /** Frags of the ticks from {@code firstTick} to {@code lastTick}, at most 4,096. */
  public List<FragMessage> frags(long firstTick, long lastTick) {
    List<FragMessage> out = new ArrayList<>();
    store.scan(
        FRAGS,
        fragKey(Math.max(0, firstTick), 0),
        (key, value) -> {
          if (out.size() == MAX_FRAGS || ByteBuffer.wrap(key).getLong() > lastTick) {
            return false;
          }
          out.add(decodeFrag(value));
          return true;
        });
    return out;
  }

  public boolean hasFrag(long tick, long fragIdx) {
    return store.get(FRAGS, fragKey(tick, fragIdx)) != null;
  }

  public boolean hasSeal(long tick) {
    return store.get(SEALS, tickKey(tick)) != null;
  }

  public @Nullable SealMessage seal(long tick) {
    byte[] stored = store.get(SEALS, tickKey(tick));
    return stored == null ? null : decodeSeal(stored);
  }

  /** A tick's seal with no block's transactions, or null. */
  public @Nullable SealMessage sealHead(long tick) {
    byte[] stored = store.get(SEALS, tickKey(tick));
    if (stored == null) {
      return null;
    }
    try {
      return SealMessage.decodeHead(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw damaged(e);
    }
  }

  /** The seal of the tick that made this block, or null when it is not known. */
  public @Nullable SealMessage sealOfBlock(Hash32 blockHash) {
    byte[] tick = store.get(SEALED_BLOCKS, blockHash.toArray());
    return tick == null ? null : seal(ByteBuffer.wrap(tick).getLong());
  }

  /**
   * Seals from {@code firstTick} up, at most {@code limit} of them and about {@code limitBytes}.
   */
  public List<SealMessage> seals(long firstTick, int limit, int limitBytes) {
    List<SealMessage> out = new ArrayList<>();
    int[] bytes = {0};
    store.scan(
        SEALS,
        tickKey(Math.max(0, firstTick)),
        (_, value) -> {
          bytes[0] += value.length;
          if (out.size() >= limit || (bytes[0] > limitBytes && !out.isEmpty())) {
            return false;
          }
          out.add(decodeSeal(value));
          return true;
        });
    return out;
  }

  /**
   * Frags of ticks from {@code firstTick} up, by tick and place, at most {@code limit} of them and
   * not more than {@code limitBytes}.
   */
  public List<FragMessage> fragsFrom(long firstTick, int limit, long limitBytes) {
    List<FragMessage> out = new ArrayList<>();
    long[] bytes = {0};
    store.scan(
        FRAGS,
        tickKey(Math.max(0, firstTick)),
        (_, value) -> {
          bytes[0] += value.length;
          return out.size() < limit && bytes[0] <= limitBytes && out.add(decodeFrag(value));
        });
    return out;
  }

  /**
   * The latest commitment about a transaction that may be shown, or null when no frag with it may.
   */
  @Nullable Commitment commitment(Hash32 txHash) {
    byte[] place = store.get(PLACES, txHash.toArray());
    if (place == null) {
      return null;
    }
    ByteBuffer at = ByteBuffer.wrap(place);
    long tick = at.getLong();
    long fragIdx = at.getInt();
    int leafIndex = at.getInt();
    byte[] stored = store.get(FRAGS, fragKey(tick, fragIdx));
    if (stored == null) {
      return null;
    }
    try {
      FragMessage message = FragMessage.decode(Bytes.wrap(stored));
      if (isWithheld(message)) {
        return null;
      }
      List<TxLeaf> leaves = message.leaves();
      if (leafIndex >= leaves.size() || !leaves.get(leafIndex).txHash().equals(txHash)) {
        // An own frag has taken the place of the one heard with this transaction.
        return null;
      }
      TxLeaf leaf = leaves.get(leafIndex);
      Address committer = domain.signer(message.frag());
      if (committer == null) {
        throw new StorageException("a frag of the ledger has no signer");
      }
      return new Commitment(
          committer,
          message.frag(),
          leaf,
          FragMessage.tree(leaves).path(leafIndex),
          sealOf(tick, message, leaf, committer));
    } catch (DecodeException e) {
      throw new StorageException("a frag of the ledger is damaged", e);
    }
  }

  /**
   * Whether {@code leaf} is in the sealed block of its tick is not asked: only that the seal covers
   * its place.
   */
  private Commitment.@Nullable SealProof sealOf(
      long tick, FragMessage frag, TxLeaf leaf, Address committer) {
    SealMessage message = isWithheld(tick) ? null : seal(tick);
    if (message == null
        || !Objects.equals(committer, domain.signer(message.seal()))
        || message.seal().object().windowSlot() != frag.frag().object().windowSlot()
        || !message.seal().object().ctxHash().equals(frag.frag().object().ctxHash())) {
      return null;
    }
    for (SealMessage.SealedBlock block : message.blocks()) {
      BlockLeaf sealed = block.leaf();
      if (sealed.rollupId() == leaf.rollupId()
          && sealed.number() == leaf.number()
          && sealed.parentHash().equals(leaf.parentHash())) {
        return new Commitment.SealProof(message.seal(), sealed, block.path());
      }
    }
    return null;
  }

  /**
   * Keeps a promise that was heard, unless another one of its tick and nonce is known, or the same
   * one under another tick; tells whether it was kept. A request that has an answer keeps it.
   */
  public boolean record(PromiseMessage message) {
    byte[] key = promiseKey(message.tick(), message.promise().object().nonce());
    Transaction about = message.transaction();
    if (store.get(PROMISES, key) != null
        || (about != null
            && promisesOf(about.hash()).stream()
                .anyMatch(known -> known.promise().equals(message.promise())))) {
      return false;
    }
    put(message, key, store.get(REQUESTS, message.requestHash().toArray()) == null);
    return true;
  }

  /** Keeps an own promise, whatever was heard of it. */
  public void put(PromiseMessage message) {
    put(message, promiseKey(message.tick(), message.promise().object().nonce()), true);
  }

  private void put(PromiseMessage message, byte[] key, boolean isItsRequestsAnswer) {
    KeyValueStore.Batch batch = store.newBatch();
    batch.put(PROMISES, key, message.encoded().unsafeArray());
    if (isItsRequestsAnswer) {
      batch.put(REQUESTS, message.requestHash().toArray(), key);
    }
    Transaction about = message.transaction();
    if (about != null) {
      batch.put(PROMISES_OF, Keys.join(about.hash().toArray(), key), new byte[0]);
    }
    store.commit(batch, KeyValueStore.Durability.PROCESS);
  }

  /** The promise that answered a request, or null. */
  public @Nullable PromiseMessage promiseFor(Hash32 requestHash) {
    byte[] key = store.get(REQUESTS, requestHash.toArray());
    byte[] stored = key == null ? null : store.get(PROMISES, key);
    return stored == null ? null : decodePromise(stored);
  }

  /** The promises about a transaction, oldest first, at most 64. */
  public List<PromiseMessage> promisesOf(Hash32 txHash) {
    byte[] prefix = txHash.toArray();
    List<byte[]> keys = new ArrayList<>();
    store.scan(
        PROMISES_OF,
        prefix,
        (key, _) ->
            Arrays.mismatch(prefix, key) == prefix.length
                && keys.size() < MAX_PROMISES_OF_ONE
                && keys.add(Arrays.copyOfRange(key, prefix.length, key.length)));
    List<PromiseMessage> out = new ArrayList<>();
    for (byte[] key : keys) {
      byte[] stored = store.get(PROMISES, key);
      if (stored != null) {
        out.add(decodePromise(stored));
      }
    }
    return out;
  }

  /** Promises signed in ticks from {@code firstTick} up, in the order of their nonces. */
  public List<PromiseMessage> promisesFrom(long firstTick, int limit) {
    List<PromiseMessage> out = new ArrayList<>();
    store.scan(
        PROMISES,
        promiseKey(Math.max(0, firstTick), 0),
        (_, value) -> out.size() < limit && out.add(decodePromise(value)));
    return out;
  }

  /** Merkle tree over the run of a window, in the order of its leaves. */
  public static MerkleTree blocksTree(List<BlockLeaf> run) {
    return new MerkleTree(run.stream().map(BlockLeaf::words).toList());
  }

  private static FragMessage decodeFrag(byte[] stored) {
    try {
      return FragMessage.decode(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw new StorageException("a frag of the ledger is damaged", e);
    }
  }

  private static SealMessage decodeSeal(byte[] stored) {
    try {
      return SealMessage.decode(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw damaged(e);
    }
  }

  private static PromiseMessage decodePromise(byte[] stored) {
    try {
      return PromiseMessage.decode(Bytes.wrap(stored));
    } catch (DecodeException e) {
      throw new StorageException("a promise of the ledger is damaged", e);
    }
  }

  private static byte[] promiseKey(long tick, long nonce) {
    return Keys.join(Keys.number(tick), Keys.number(nonce));
  }

  private static StorageException damaged(DecodeException e) {
    return new StorageException("a seal of the ledger is damaged", e);
  }

  private static byte[] tickKey(long tick) {
    return ByteBuffer.allocate(8).putLong(tick).array();
  }

  private static byte[] fragKey(long tick, long fragIdx) {
    return ByteBuffer.allocate(12).putLong(tick).putInt((int) fragIdx).array();
  }
}
