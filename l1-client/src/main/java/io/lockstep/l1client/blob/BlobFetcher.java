// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.l1client.loop.Pacer;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Fetches blobs: from the node's own archive, else from several sources that race, each with a
 * small start over the next. Each blob's commitment is computed (about 45 ms of CPU, on the
 * executor handed in) and must give the versioned hash that L1 bound, so a wrong blob is the same
 * as none. What was found goes into the archive. Any thread; blocks.
 */
public final class BlobFetcher {
  /** A beacon node nearby has answered by then; one that is slow gets company. */
  private static final long START_OVER_THE_NEXT_MS = 300;

  private static final long LONGEST_REST_MS = 1_000;

  private final List<BlobSource> sources;
  private final @Nullable BlobArchive archive;
  private final Executor cpu;
  private final BlobProofs proofs;
  private final Pacer pacer;

  /**
   * @param sources in order of preference, at least one
   * @param archive the node's own, or null
   * @param cpu platform threads: the native code would pin virtual ones
   * @param pacer threads for the race
   */
  public BlobFetcher(
      List<BlobSource> sources,
      @Nullable BlobArchive archive,
      Executor cpu,
      BlobProofs proofs,
      Pacer pacer) {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("at least one blob source is needed");
    }
    this.sources = List.copyOf(sources);
    this.archive = archive;
    this.cpu = cpu;
    this.proofs = proofs;
    this.pacer = pacer;
  }

  /** The same without an archive, with real proofs and threads. */
  public BlobFetcher(List<BlobSource> sources, Executor cpu) {
    this(sources, null, cpu, BlobProofs.KZG, Pacer.SYSTEM);
  }

  /** Looks for the blobs once, in all sources if need be. */
  public BlobResult fetch(BlockRef block, List<Hash32> versionedHashes) {
    BlobSearch search = new BlobSearch(block, versionedHashes, cpu, proofs);
    if (archive != null) {
      for (Hash32 hash : search.wanted()) {
        Bytes kept = archive.get(hash);
        if (kept != null) {
          search.take(List.of(kept));
        }
      }
    }
    List<Hash32> elsewhere = search.wanted();
    if (!elsewhere.isEmpty()) {
      if (sources.size() == 1) {
        search.ask(sources.getFirst());
      } else {
        race(search);
      }
    }
    if (archive != null) {
      for (Hash32 hash : elsewhere) {
        Bytes found = search.found(hash);
        if (found != null) {
          archive.put(hash, found, block.timestampSeconds());
        }
      }
    }
    return search.result();
  }

  private void race(BlobSearch search) {
    Pacer.Bell bell = pacer.bell();
    List<Pacer.Running> running = new ArrayList<>();
    try {
      int started = 0;
      long nextAtMs = pacer.nowMs();
      while (!search.isDone() && search.answers() < sources.size()) {
        boolean nobodyRuns = search.answers() == started;
        if (started < sources.size() && (nobodyRuns || pacer.nowMs() >= nextAtMs)) {
          running.add(start(search, sources.get(started), bell));
          started++;
          nextAtMs = pacer.nowMs() + START_OVER_THE_NEXT_MS;
          continue;
        }
        bell.await(
            started < sources.size() ? Math.max(1, nextAtMs - pacer.nowMs()) : LONGEST_REST_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      search.note("interrupted");
    } finally {
      running.forEach(Pacer.Running::close);
    }
    search.rethrow();
  }

  private Pacer.Running start(BlobSearch search, BlobSource source, Pacer.Bell bell) {
    return pacer.start(
        "blobs-" + source.name(),
        () -> {
          search.ask(source);
          bell.ring();
        },
        (thread, error) -> {
          search.failed(error);
          bell.ring();
        });
  }
}
