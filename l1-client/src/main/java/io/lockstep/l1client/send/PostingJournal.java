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
import org.jspecify.annotations.Nullable;

/**
 * The postings of one poster on disk: a small record each, and in columns of their own what is to
 * be posted, its proofs, and the signed bytes of each attempt. Every step is on the disk (fsync)
 * before the next one begins. Owned by the sender's thread.
 */
final class PostingJournal {
  /** Key: poster (20 bytes) and sequence (8, big-endian). */
  static final Column RECORDS = new Column("l1-postings");

  /** Key: poster, sequence, attempt (4, big-endian). Value: the network form, as sent. */
  static final Column SIGNED_BYTES = new Column("l1-posting-bytes");

  /** Key: poster, sequence, part (4, big-endian): what is posted, then its proofs. */
  static final Column CONTENT = new Column("l1-posting-content");

  private static final int WHAT = 0;
  private static final int PROOFS = 1;

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
      return PostingCodec.decode(value);
    } catch (DecodeException e) {
      throw damaged(e);
    }
  }

  private static StorageException damaged(DecodeException e) {
    return new StorageException("a record of the posting journal is damaged", e);
  }

  /** Keeps what is to be posted. */
  void writeSealed(Posting posting, PostingCodec.Content content) {
    commit(record(posting).put(CONTENT, key(posting, WHAT), PostingCodec.encode(content)));
  }

  /** Keeps the proofs too. */
  void writeEncoded(Posting posting, BlobSidecar sidecar) {
    commit(record(posting).put(CONTENT, key(posting, PROOFS), PostingCodec.encode(sidecar)));
  }

  /** Makes a posting with a new attempt durable; only then may the bytes leave. */
  void writeSigned(Posting posting, Bytes networkForm) {
    int attempt = posting.attempts().size() - 1;
    commit(record(posting).put(SIGNED_BYTES, key(posting, attempt), networkForm.unsafeArray()));
  }

  /** The same transaction in another network form. */
  void rewrite(Posting posting, int attempt, Bytes networkForm) {
    commit(store.newBatch().put(SIGNED_BYTES, key(posting, attempt), networkForm.unsafeArray()));
  }

  void write(Posting posting) {
    commit(record(posting));
  }

  /** Records the end of a posting, whose bytes are no longer needed, and forgets others. */
  void settle(Posting posting, List<Posting> forgotten) {
    byte[] from = key(posting, 0);
    byte[] to = key(posting.sequence() + 1);
    KeyValueStore.Batch batch =
        record(posting).deleteRange(SIGNED_BYTES, from, to).deleteRange(CONTENT, from, to);
    forgotten.forEach(old -> batch.delete(RECORDS, key(old.sequence())));
    commit(batch);
  }

  private KeyValueStore.Batch record(Posting posting) {
    return store.newBatch().put(RECORDS, key(posting.sequence()), PostingCodec.encode(posting));
  }

  private void commit(KeyValueStore.Batch batch) {
    store.commit(batch, Durability.FSYNC);
  }

  /** What is to be posted; null when it was signed by a version that did not keep it. */
  PostingCodec.@Nullable Content content(Posting posting) {
    byte[] bytes = store.get(CONTENT, key(posting, WHAT));
    try {
      return bytes == null ? null : PostingCodec.decodeContent(bytes);
    } catch (DecodeException e) {
      throw damaged(e);
    }
  }

  /** Blobs and proofs; null like {@link #content}. */
  @Nullable BlobSidecar sidecar(Posting posting) {
    byte[] bytes = store.get(CONTENT, key(posting, PROOFS));
    PostingCodec.Content content = content(posting);
    try {
      return bytes == null || content == null
          ? null
          : PostingCodec.decodeSidecar(bytes, content.blobs());
    } catch (DecodeException e) {
      throw damaged(e);
    }
  }

  /** The bytes of attempt {@code attempt} as they were signed. */
  Bytes signedBytes(Posting posting, int attempt) {
    byte[] bytes = store.get(SIGNED_BYTES, key(posting, attempt));
    if (bytes == null) {
      throw new StorageException(
          "the posting journal lacks the signed bytes of posting " + posting.sequence());
    }
    return Bytes.wrap(bytes);
  }

  private byte[] key(long sequence) {
    return ByteBuffer.allocate(28).put(poster.toArray()).putLong(sequence).array();
  }

  private byte[] key(Posting posting, int part) {
    return ByteBuffer.allocate(32)
        .put(poster.toArray())
        .putLong(posting.sequence())
        .putInt(part)
        .array();
  }
}
