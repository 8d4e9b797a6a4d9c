// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Blobs with all that their transaction needs (EIP-7594): commitments, 128 cell proofs a blob,
 * versioned hashes. About 0.3 s of CPU a blob: compute it while the batch fills.
 */
public record BlobSidecar(
    List<Bytes> blobs, List<Bytes> commitments, List<Bytes> cellProofs, List<Hash32> hashes) {
  public BlobSidecar {
    blobs = List.copyOf(blobs);
    commitments = List.copyOf(commitments);
    cellProofs = List.copyOf(cellProofs);
    hashes = List.copyOf(hashes);
    int count = blobs.size();
    if (count < 1 || count > BlobTransaction.MAX_BLOBS) {
      throw new IllegalArgumentException(
          "a blob transaction has 1 to " + BlobTransaction.MAX_BLOBS + " blobs, got " + count);
    }
    if (commitments.size() != count || cellProofs.size() != count || hashes.size() != count) {
      throw new IllegalArgumentException("a sidecar with unequal counts");
    }
  }

  private record One(Bytes blob, Bytes commitment, Bytes proofs) {}

  /**
   * Computes the sidecar, each blob as a task of its own.
   *
   * @param cpu platform threads: the native code would pin virtual ones
   * @return fails with IllegalArgumentException when something is not a blob
   */
  public static CompletableFuture<BlobSidecar> compute(List<byte[]> blobs, Executor cpu) {
    return compute(blobs, cpu, BlobProofs.KZG);
  }

  /** The same with proofs of another kind. */
  public static CompletableFuture<BlobSidecar> compute(
      List<byte[]> blobs, Executor cpu, BlobProofs proofs) {
    List<CompletableFuture<One>> parts = new ArrayList<>();
    for (byte[] blob : blobs) {
      parts.add(
          CompletableFuture.supplyAsync(
              () -> new One(Bytes.wrap(blob), proofs.commit(blob), proofs.cellProofs(blob)), cpu));
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(ignored -> {
          List<One> all = parts.stream().map(CompletableFuture::join).toList();
          return new BlobSidecar(
              all.stream().map(One::blob).toList(),
              all.stream().map(One::commitment).toList(),
              all.stream().map(One::proofs).toList(),
              all.stream().map(o -> BlobProofs.versionedHash(o.commitment())).toList());
        });
  }
}
