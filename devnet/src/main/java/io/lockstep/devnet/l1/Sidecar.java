// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verified blobs of a blob transaction; proofs are not needed any more. Immutable. */
record Sidecar(List<Bytes> blobs, List<Bytes> commitments) {
  Sidecar {
    blobs = List.copyOf(blobs);
    commitments = List.copyOf(commitments);
  }

  /**
   * Checks commitments against versioned hashes and all cell proofs (EIP-7594); some 20 ms a blob.
   *
   * @return what is wrong, or null
   */
  static @Nullable String fault(BlobTransaction tx, BlobProofs proofs) {
    List<Hash32> hashes = tx.transaction().blobVersionedHashes();
    if (hashes.isEmpty()) {
      return "blob transaction missing blob hashes";
    }
    for (int i = 0; i < hashes.size(); i++) {
      Hash32 computed = BlobProofs.versionedHash(tx.commitments().get(i));
      if (!computed.equals(hashes.get(i))) {
        return "blob %d: computed hash %s mismatches transaction one %s"
            .formatted(i, computed, hashes.get(i));
      }
    }
    for (int i = 0; i < hashes.size(); i++) {
      byte[] blob = tx.blobs().get(i).unsafeArray();
      if (!proofs.verify(blob, tx.commitments().get(i), tx.cellProofs().get(i))) {
        return "invalid cell proofs for blob " + i;
      }
    }
    return null;
  }

  static Sidecar of(BlobTransaction tx) {
    return new Sidecar(tx.blobs(), tx.commitments());
  }
}
