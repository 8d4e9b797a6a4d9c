// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Bytes;
import java.util.Arrays;

/** Commitments and proofs that cost nothing, for tests in which nobody checks them. */
public final class HashedProofs implements BlobProofs {
  @Override
  public Bytes commit(byte[] blob) {
    return Bytes.wrap(Arrays.copyOf(Sha256.hash(blob).toArray(), Kzg.COMMITMENT_BYTES));
  }

  @Override
  public Bytes cellProofs(byte[] blob) {
    return Bytes.wrap(new byte[Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES]);
  }

  @Override
  public Bytes blobProof(byte[] blob, Bytes commitment) {
    return commitment;
  }

  @Override
  public boolean verify(byte[] blob, Bytes commitment, Bytes cellProofs) {
    return commit(blob).equals(commitment);
  }
}
