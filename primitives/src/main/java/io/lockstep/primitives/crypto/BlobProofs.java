// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;

/**
 * What binds a blob to its transaction (EIP-4844, EIP-7594). {@link #KZG} everywhere but in a
 * simulation, where thousands of blobs would cost hours. Any thread; costs CPU.
 */
public interface BlobProofs {
  /** The real thing. */
  BlobProofs KZG =
      new BlobProofs() {
        @Override
        public Bytes commit(byte[] blob) {
          return Kzg.commit(blob);
        }

        @Override
        public Bytes cellProofs(byte[] blob) {
          return Kzg.cellProofs(blob);
        }

        @Override
        public Bytes blobProof(byte[] blob, Bytes commitment) {
          return Kzg.blobProof(blob, commitment);
        }

        @Override
        public boolean verify(byte[] blob, Bytes commitment, Bytes cellProofs) {
          return Kzg.verifyCellProofs(blob, commitment, cellProofs);
        }
      };

  /**
   * The commitment, {@link Kzg#COMMITMENT_BYTES} long.
   *
   * @throws IllegalArgumentException when it is not a blob
   */
  Bytes commit(byte[] blob);

  /**
   * The cell proofs, one after the other.
   *
   * @throws IllegalArgumentException when it is not a blob
   */
  Bytes cellProofs(byte[] blob);

  /**
   * The one proof of the whole blob that came before cell proofs (EIP-4844), {@link
   * Kzg#PROOF_BYTES} long.
   *
   * @throws IllegalArgumentException when it is not a blob
   */
  Bytes blobProof(byte[] blob, Bytes commitment);

  /** Whether the proofs show that the blob's cells belong to the commitment. */
  boolean verify(byte[] blob, Bytes commitment, Bytes cellProofs);

  /** EIP-4844: 0x01 and the last 31 bytes of the commitment's SHA-256. */
  static Hash32 versionedHash(Bytes commitment) {
    byte[] hash = Sha256.hash(commitment.unsafeArray()).toArray();
    hash[0] = 1;
    return Hash32.of(hash);
  }
}
