// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Headers, bodies and receipts by block hash, and what names canonical ones: the number and the
 * transactions. Any thread; the batches it fills belong to the writer.
 */
final class ChainBlocks {
  private final KeyValueStore store;
  private final ChainColumns columns;
  private final Cache<Hash32, BlockHeader> headers;

  ChainBlocks(KeyValueStore store, ChainColumns columns, long cachedHeaders) {
    this.store = store;
    this.columns = columns;
    this.headers = Caffeine.newBuilder().maximumSize(cachedHeaders).executor(Runnable::run).build();
  }

  @Nullable BlockHeader header(Hash32 hash) {
    BlockHeader cached = headers.getIfPresent(hash);
    if (cached != null) {
      return cached;
    }
    byte[] rlp = store.get(columns.header(), hash.toArray());
    if (rlp == null) {
      return null;
    }
    if (!Keccak.hash(rlp).equals(hash)) {
      throw new StorageException("header " + hash + " is damaged");
    }
    try {
      BlockHeader header = BlockHeader.decode(Bytes.wrap(rlp));
      headers.put(hash, header);
      return header;
    } catch (DecodeException e) {
      throw new StorageException("header " + hash + " is damaged", e);
    }
  }

  @Nullable Hash32 canonicalHash(long number) {
    byte[] hash = store.get(columns.number(), Keys.number(number));
    return hash == null ? null : Hash32.of(hash);
  }

  boolean isCanonical(Hash32 hash, BlockHeader header) {
    Hash32 canonical = canonicalHash(header.number());
    return canonical != null && canonical.equals(hash);
  }

  @Nullable Block block(Hash32 hash) {
    byte[] header = store.get(columns.header(), hash.toArray());
    byte[] body = store.get(columns.body(), hash.toArray());
    if (header == null || body == null) {
      return null;
    }
    RlpWriter whole = new RlpWriter(header.length + body.length + 8);
    try {
      return Block.decode(whole.startList().raw(header).raw(body).endList().toBytes());
    } catch (DecodeException e) {
      throw new StorageException("block " + hash + " is damaged", e);
    }
  }

  @Nullable List<Receipt> receipts(Hash32 hash) {
    byte[] rlp = store.get(columns.receipt(), hash.toArray());
    if (rlp == null) {
      return null;
    }
    try {
      List<Receipt> receipts = new ArrayList<>();
      RlpReader whole = RlpReader.over(rlp);
      RlpReader in = whole.list();
      whole.end();
      while (in.hasNext()) {
        receipts.add(Receipt.decodeStored(in.bytes(Integer.MAX_VALUE)));
      }
      return List.copyOf(receipts);
    } catch (DecodeException e) {
      throw new StorageException("the receipts of block " + hash + " are damaged", e);
    }
  }

  @Nullable TxLocation transaction(Hash32 txHash) {
    byte[] value = store.get(columns.tx(), txHash.toArray());
    if (value == null) {
      return null;
    }
    if (value.length != Hash32.LENGTH_BYTES + 2 * Long.BYTES) {
      throw new StorageException("the place of transaction " + txHash + " is damaged");
    }
    return new TxLocation(
        Hash32.read(value, 0),
        Keys.number(value, Hash32.LENGTH_BYTES),
        (int) Keys.number(value, Hash32.LENGTH_BYTES + Long.BYTES));
  }

  /** Adds a block as the canonical one of its number. */
  void write(KeyValueStore.Batch batch, Hash32 hash, Block block, List<Receipt> receipts) {
    byte[] key = hash.toArray();
    byte[] number = Keys.number(block.header().number());
    writeHeader(batch, hash, block.header());
    batch.put(columns.body(), key, bodyOf(block));
    batch.put(columns.receipt(), key, encode(receipts));
    List<Transaction> transactions = block.transactions();
    List<Integer> places = IntStream.range(0, transactions.size()).boxed().toList();
    for (int i : KeyOrder.sorted(places, place -> transactions.get(place).hash().toArray())) {
      byte[] location = Keys.join(key, number, Keys.number(i));
      batch.put(columns.tx(), transactions.get(i).hash().toArray(), location);
    }
  }

  /** Adds the header of a canonical block that nothing else is known of. */
  void writeHeader(KeyValueStore.Batch batch, Hash32 hash, BlockHeader header) {
    batch.put(columns.header(), hash.toArray(), header.encoded().unsafeArray());
    batch.put(columns.number(), Keys.number(header.number()), hash.toArray());
  }

  /** Keeps a header that was just written. */
  void remember(Hash32 hash, BlockHeader header) {
    headers.put(hash, header);
  }

  /** Takes a canonical block out of the indices; by its hash it stays readable. */
  void unlink(KeyValueStore.Batch batch, Hash32 hash, long number) {
    Block block = block(hash);
    if (block == null) {
      throw new StorageException("block " + number + " " + hash + " is missing");
    }
    batch.delete(columns.number(), Keys.number(number));
    for (Transaction tx : block.transactions()) {
      batch.delete(columns.tx(), tx.hash().toArray());
    }
  }

  /** A block's list without its header: it stands in the header column already. */
  private static byte[] bodyOf(Block block) {
    try {
      RlpReader in = RlpReader.over(block.encoded()).list();
      in.skip();
      List<byte[]> items = new ArrayList<>();
      while (in.hasNext()) {
        items.add(in.rawItem());
      }
      return Keys.join(items.toArray(byte[][]::new));
    } catch (DecodeException e) {
      throw new IllegalStateException("a block that does not read as it was written", e);
    }
  }

  private static byte[] encode(List<Receipt> receipts) {
    RlpWriter out = new RlpWriter(64 + receipts.size() * 64).startList();
    receipts.forEach(receipt -> out.bytes(receipt.encodedToStore()));
    return out.endList().toArray();
  }
}
