// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The postings of one poster on disk: a small record each, and the signed bytes of each attempt in
 * a column of their own. What is signed is on the disk (fsync) before this returns; later states
 * can be found again on L1 and need not be. Owned by the sender's thread.
 */
final class PostingJournal {
  /** Key: poster (20 bytes) and sequence (8, big-endian). */
  static final Column RECORDS = new Column("l1-postings");

  /** Key: poster, sequence, attempt (4, big-endian). Value: the network form, as sent. */
  static final Column SIGNED_BYTES = new Column("l1-posting-bytes");

  private final KeyValueStore store;
  private final Address poster;

  PostingJournal(KeyValueStore store, Address poster) {
    this.store = store;
    this.poster = poster;
  }

  /** All postings by rising sequence. */
  List<Posting> load() {
    List<Posting> postings = new ArrayList<>();
    byte[] prefix = poster.toArray();
    store.scan(
        RECORDS,
        prefix,
        (key, value) -> {
          if (!Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
            return false;
          }
          postings.add(decode(value));
          return true;
        });
    return postings;
  }

  private static Posting decode(byte[] value) {
    try {
      return Posting.decode(value);
    } catch (DecodeException e) {
      throw new StorageException("a record of the posting journal is damaged", e);
    }
  }

  /** Makes a posting with a new attempt durable; only then may the bytes leave. */
  void writeSigned(Posting posting, Bytes networkForm) {
    int attempt = posting.attempts().size() - 1;
    store.commit(
        store
            .newBatch()
            .put(RECORDS, key(posting.sequence()), posting.encoded())
            .put(SIGNED_BYTES, key(posting.sequence(), attempt), networkForm.unsafeArray()),
        Durability.FSYNC);
  }

  void write(Posting posting) {
    store.commit(
        store.newBatch().put(RECORDS, key(posting.sequence()), posting.encoded()),
        Durability.PROCESS);
  }

  /** Records the end of a posting, whose signed bytes are no longer needed, and forgets others. */
  void settle(Posting posting, List<Posting> forgotten) {
    long sequence = posting.sequence();
    KeyValueStore.Batch batch =
        store
            .newBatch()
            .put(RECORDS, key(sequence), posting.encoded())
            .deleteRange(SIGNED_BYTES, key(sequence, 0), key(sequence + 1, 0));
    forgotten.forEach(old -> batch.delete(RECORDS, key(old.sequence())));
    store.commit(batch, Durability.PROCESS);
  }

  /** The bytes of attempt {@code attempt} as they were signed. */
  Bytes signedBytes(Posting posting, int attempt) {
    byte[] bytes = store.get(SIGNED_BYTES, key(posting.sequence(), attempt));
    if (bytes == null) {
      throw new StorageException(
          "the posting journal lacks the signed bytes of posting " + posting.sequence());
    }
    return Bytes.wrap(bytes);
  }

  private byte[] key(long sequence) {
    return ByteBuffer.allocate(28).put(poster.toArray()).putLong(sequence).array();
  }

  private byte[] key(long sequence, int attempt) {
    return ByteBuffer.allocate(32).put(poster.toArray()).putLong(sequence).putInt(attempt).array();
  }
}
