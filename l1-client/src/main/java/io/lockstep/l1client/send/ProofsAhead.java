// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Commitments and cell proofs made before they are needed: about 0.3 s of CPU a blob, too long for
 * the last second before a slot. Remembers the newest few sets of blobs. Any thread.
 */
public final class ProofsAhead {
  private static final int SETS_KEPT = 3;

  private final Executor cpu;
  private final BlobProofs proofs;
  // Guarded by this.
  private final LinkedHashMap<Hash32, CompletableFuture<BlobSidecar>> made = new LinkedHashMap<>();
  private final LongSupplier nanoTime;
  // Guarded by this.
  private long nanosPerBlob;

  /**
   * @param cpu platform threads: the native code would pin virtual ones
   */
  public ProofsAhead(Executor cpu, BlobProofs proofs) {
    this(cpu, proofs, System::nanoTime);
  }

  ProofsAhead(Executor cpu, BlobProofs proofs, LongSupplier nanoTime) {
    this.cpu = cpu;
    this.proofs = proofs;
    this.nanoTime = nanoTime;
  }

  /**
   * How long the proofs of a blob took lately, with all else that the processors had to do; 0
   * before any were made.
   */
  public synchronized Duration timePerBlob() {
    return Duration.ofNanos(nanosPerBlob);
  }

  private synchronized void took(long nanos, int blobs) {
    long each = nanos / blobs;
    nanosPerBlob = nanosPerBlob == 0 ? each : (nanosPerBlob + each) / 2;
  }

  /** The proofs of these blobs, made already, being made or begun now. */
  public CompletableFuture<BlobSidecar> of(List<byte[]> blobs) {
    Hash32 name = nameOf(blobs);
    synchronized (this) {
      CompletableFuture<BlobSidecar> known = made.get(name);
      if (known != null) {
        return known;
      }
    }
    // Outside: an executor that is full runs the work on this thread.
    long start = nanoTime.getAsLong();
    CompletableFuture<BlobSidecar> begun =
        BlobSidecar.compute(blobs, cpu, proofs)
            .whenComplete((sidecar, failure) -> {
              if (failure == null) {
                took(nanoTime.getAsLong() - start, blobs.size());
              }
            });
    synchronized (this) {
      made.put(name, begun);
      if (made.size() > SETS_KEPT) {
        made.pollFirstEntry();
      }
    }
    return begun;
  }

  private static Hash32 nameOf(List<byte[]> blobs) {
    byte[] hashes = new byte[blobs.size() * 32];
    for (int i = 0; i < blobs.size(); i++) {
      Keccak.hash(Bytes.wrap(blobs.get(i))).write(hashes, i * 32);
    }
    return Keccak.hash(Bytes.wrap(hashes));
  }
}
