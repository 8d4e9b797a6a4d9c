// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.l1client.L1Exception;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One search for the blobs of a block; several threads ask sources for it. */
final class BlobSearch {
  /**
   * Blobs of one answer that are looked at; a block has at most 21 (BPO2), so twice that and more.
   */
  private static final int MAX_LOOKED_AT = 72;

  private final BlockRef block;
  private final List<Hash32> hashes;
  private final Executor cpu;
  private final BlobProofs proofs;
  // All guarded by this.
  private final Map<Hash32, Bytes> found = new HashMap<>();
  private final List<String> reasons = new ArrayList<>();
  private boolean unsure;
  private int answers;
  private @Nullable Throwable bug;

  BlobSearch(BlockRef block, List<Hash32> hashes, Executor cpu, BlobProofs proofs) {
    this.block = block;
    this.hashes = List.copyOf(hashes);
    this.cpu = cpu;
    this.proofs = proofs;
  }

  /** The hashes without a blob so far. */
  synchronized List<Hash32> wanted() {
    return hashes.stream().filter(hash -> !found.containsKey(hash)).distinct().toList();
  }

  synchronized @Nullable Bytes found(Hash32 hash) {
    return found.get(hash);
  }

  boolean isDone() {
    return wanted().isEmpty();
  }

  /** How many sources have said what they can. */
  synchronized int answers() {
    return answers;
  }

  synchronized void note(String reason) {
    reasons.add(reason);
    unsure = true;
  }

  synchronized void failed(Throwable error) {
    bug = error;
    answers++;
  }

  /** A source's thread died of a bug of ours. */
  synchronized void rethrow() {
    if (bug != null) {
      throw new IllegalStateException("a blob source failed", bug);
    }
  }

  /** Asks one source; blocks. */
  void ask(BlobSource source) {
    try {
      List<Bytes> answer = source.blobs(block, wanted());
      if (answer == null) {
        say(source.name() + " does not know the block");
        return;
      }
      take(answer);
      if (!isDone() && source.mayFilterWrongly()) {
        List<Bytes> all = source.blobs(block, List.of());
        take(all == null ? List.of() : all);
      }
      if (!isDone()) {
        say(source.name() + " lacks " + wanted().size());
      }
    } catch (L1Exception e) {
      note(source.name() + ": " + e.text());
    } finally {
      answered();
    }
  }

  private synchronized void say(String reason) {
    reasons.add(reason);
  }

  private synchronized void answered() {
    answers++;
  }

  /** Keeps what is wanted of these. */
  void take(List<Bytes> answer) {
    int looked = 0;
    for (Bytes blob : answer) {
      if (isDone() || looked++ == MAX_LOOKED_AT) {
        return;
      }
      Hash32 hash = hashOf(blob);
      if (hash != null && hashes.contains(hash)) {
        synchronized (this) {
          found.putIfAbsent(hash, blob);
        }
      }
    }
  }

  synchronized BlobResult result() {
    List<Hash32> missing = wanted();
    if (missing.isEmpty()) {
      List<Bytes> all = new ArrayList<>();
      for (Hash32 hash : hashes) {
        Bytes blob = found.get(hash);
        if (blob != null) {
          all.add(blob);
        }
      }
      return new BlobResult.Found(all);
    }
    String why =
        "%d of %d blobs of L1 block %d: %s"
            .formatted(missing.size(), hashes.size(), block.number(), String.join("; ", reasons));
    return unsure ? new BlobResult.NotYet(why) : new BlobResult.Missing(why);
  }

  /** The blob's versioned hash, or null when it is not a blob. */
  private @Nullable Hash32 hashOf(Bytes blob) {
    if (blob.size() != Kzg.BLOB_BYTES) {
      return null;
    }
    try {
      return CompletableFuture.supplyAsync(
              () -> BlobProofs.versionedHash(proofs.commit(blob.unsafeArray())), cpu)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        return null; // a field element that is not canonical
      }
      throw e;
    }
  }
}
