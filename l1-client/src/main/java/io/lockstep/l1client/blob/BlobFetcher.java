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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Fetches blobs from several sources in turn. Each blob's commitment is computed (about 45 ms of
 * CPU, on the executor handed in) and must give the versioned hash that L1 bound, so a wrong blob
 * is the same as none. Any thread; blocks.
 */
public final class BlobFetcher {
  /**
   * Blobs of one answer that are looked at; a block has at most 21 (BPO2), so twice that and more.
   */
  private static final int MAX_LOOKED_AT = 72;

  private final List<BlobSource> sources;
  private final Executor cpu;
  private final BlobProofs proofs;

  /**
   * @param sources in order of preference, at least one
   * @param cpu platform threads: the native code would pin virtual ones
   */
  public BlobFetcher(List<BlobSource> sources, Executor cpu) {
    this(sources, cpu, BlobProofs.KZG);
  }

  /** The same with commitments of another kind. */
  public BlobFetcher(List<BlobSource> sources, Executor cpu, BlobProofs proofs) {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("at least one blob source is needed");
    }
    this.sources = List.copyOf(sources);
    this.cpu = cpu;
    this.proofs = proofs;
  }

  /** Looks for the blobs once, in all sources if need be. */
  public BlobResult fetch(BlockRef block, List<Hash32> versionedHashes) {
    Map<Hash32, Bytes> found = new HashMap<>();
    Set<Hash32> wanted = new HashSet<>(versionedHashes);
    List<String> reasons = new ArrayList<>();
    boolean unsure = false;
    for (BlobSource source : sources) {
      if (wanted.isEmpty()) {
        break;
      }
      try {
        List<Bytes> answer =
            source.blobs(block, versionedHashes.stream().filter(wanted::contains).toList());
        if (answer == null) {
          reasons.add(source.name() + " does not know the block");
        } else {
          take(answer, wanted, found);
          if (!wanted.isEmpty()) {
            // some nodes (anvil) read only one of several hashes of a query: ask for all blobs
            List<Bytes> all = source.blobs(block, List.of());
            take(all == null ? List.of() : all, wanted, found);
          }
          if (!wanted.isEmpty()) {
            reasons.add(source.name() + " lacks " + wanted.size());
          }
        }
      } catch (L1Exception e) {
        unsure = true;
        reasons.add(source.name() + ": " + e.text());
      }
    }
    if (wanted.isEmpty()) {
      return new BlobResult.Found(versionedHashes.stream().map(found::get).toList());
    }
    String why =
        "%d of %d blobs of L1 block %d: %s"
            .formatted(
                wanted.size(), versionedHashes.size(), block.number(), String.join("; ", reasons));
    return unsure ? new BlobResult.NotYet(why) : new BlobResult.Missing(why);
  }

  /**
   * Looks up to {@code attempts} times, waiting in between, and gives the last result. An
   * interrupted wait ends the search.
   *
   * @param firstBackOffMs doubles after each attempt
   */
  public BlobResult fetchPatiently(
      BlockRef block, List<Hash32> versionedHashes, int attempts, long firstBackOffMs) {
    long backOffMs = firstBackOffMs;
    BlobResult result = fetch(block, versionedHashes);
    for (int i = 1; i < attempts && !(result instanceof BlobResult.Found); i++) {
      try {
        Thread.sleep(backOffMs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return result;
      }
      backOffMs *= 2;
      result = fetch(block, versionedHashes);
    }
    return result;
  }

  private void take(List<Bytes> answer, Set<Hash32> wanted, Map<Hash32, Bytes> found) {
    int looked = 0;
    for (Bytes blob : answer) {
      if (wanted.isEmpty() || looked++ == MAX_LOOKED_AT) {
        return;
      }
      Hash32 hash = hashOf(blob);
      if (hash != null && wanted.remove(hash)) {
        found.put(hash, blob);
      }
    }
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
