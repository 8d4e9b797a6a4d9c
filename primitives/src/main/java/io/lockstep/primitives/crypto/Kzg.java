// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import ethereum.ckzg4844.CKZG4844JNI;
import ethereum.ckzg4844.CKZGException;
import ethereum.ckzg4844.CellsAndProofs;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * KZG of EIP-4844 and EIP-7594 through c-kzg. The only place that loads the native library and the
 * trusted setup: a second load gives a second copy without a setup. Calls take 1 to 300 ms of CPU;
 * keep them off the sequencing thread.
 */
public final class Kzg {
  public static final int BLOB_BYTES = 131_072;
  public static final int COMMITMENT_BYTES = 48;
  public static final int PROOF_BYTES = 48;

  /** EIP-7594: cells (and so cell proofs) of one extended blob. */
  public static final int CELLS_PER_EXT_BLOB = 128;

  private static final String TRUSTED_SETUP = "trusted_setup.txt";
  private static final String TRUSTED_SETUP_SHA256 =
      "e695ba9905a832de98dc3567febe326b760382bfd77a9a6880ca51b602a7d7ff";

  static {
    CKZG4844JNI.loadNativeLibrary();
    loadTrustedSetup();
  }

  private Kzg() {}

  /** Loads the library and the setup now (about 2 s) instead of at the first use. */
  public static void load() {
    // The static initialiser has run once this method runs.
  }

  /**
   * @throws IllegalArgumentException when a field element of the blob is not canonical
   */
  public static Bytes commit(byte[] blob) {
    try {
      return Bytes.wrap(CKZG4844JNI.blobToKzgCommitment(blob));
    } catch (CKZGException e) {
      throw new IllegalArgumentException("not a blob: " + e.getError(), e);
    }
  }

  /** EIP-4844: 0x01 and the last 31 bytes of the commitment's SHA-256. */
  public static Hash32 versionedHash(Bytes commitment) {
    return BlobProofs.versionedHash(commitment);
  }

  /** The 128 cell proofs of a blob, one after the other (EIP-7594). About 250 ms. */
  public static Bytes cellProofs(byte[] blob) {
    try {
      CellsAndProofs both = CKZG4844JNI.computeCellsAndKzgProofs(blob);
      return Bytes.wrap(both.getProofs());
    } catch (CKZGException e) {
      throw new IllegalArgumentException("not a blob: " + e.getError(), e);
    }
  }

  /** The proof of a whole blob (EIP-4844), for wrappers of version 0. About 30 ms. */
  public static Bytes blobProof(byte[] blob, Bytes commitment) {
    try {
      return Bytes.wrap(CKZG4844JNI.computeBlobKzgProof(blob, commitment.toArray()));
    } catch (CKZGException e) {
      throw new IllegalArgumentException("not a blob: " + e.getError(), e);
    }
  }

  /** Whether {@code proof} shows that the whole {@code blob} belongs to {@code commitment}. */
  public static boolean verifyBlobProof(byte[] blob, Bytes commitment, Bytes proof) {
    try {
      return CKZG4844JNI.verifyBlobKzgProof(blob, commitment.toArray(), proof.toArray());
    } catch (CKZGException e) {
      return false;
    }
  }

  /**
   * Whether {@code proofs} (128 of them) show that the cells of {@code blob} belong to {@code
   * commitment}.
   */
  public static boolean verifyCellProofs(byte[] blob, Bytes commitment, Bytes proofs) {
    if (proofs.size() != CELLS_PER_EXT_BLOB * PROOF_BYTES
        || commitment.size() != COMMITMENT_BYTES
        || blob.length != BLOB_BYTES) {
      return false;
    }
    try {
      byte[] cells = CKZG4844JNI.computeCells(blob);
      byte[] commitments = new byte[CELLS_PER_EXT_BLOB * COMMITMENT_BYTES];
      long[] indices = new long[CELLS_PER_EXT_BLOB];
      for (int i = 0; i < CELLS_PER_EXT_BLOB; i++) {
        System.arraycopy(
            commitment.unsafeArray(), 0, commitments, i * COMMITMENT_BYTES, COMMITMENT_BYTES);
        indices[i] = i;
      }
      return CKZG4844JNI.verifyCellKzgProofBatch(commitments, indices, cells, proofs.unsafeArray());
    } catch (CKZGException e) {
      return false;
    }
  }

  /** Point evaluation: whether the committed polynomial has value {@code y} at {@code z}. */
  public static boolean verifyProof(byte[] commitment, byte[] z, byte[] y, byte[] proof) {
    try {
      return CKZG4844JNI.verifyKzgProof(commitment, z, y, proof);
    } catch (CKZGException e) {
      return false;
    }
  }

  private static void loadTrustedSetup() {
    try (InputStream in = Kzg.class.getResourceAsStream(TRUSTED_SETUP)) {
      if (in == null) {
        throw new IllegalStateException("the KZG trusted setup is missing from the class path");
      }
      byte[] setup = in.readAllBytes();
      if (!Arrays.equals(Sha256.hash(setup).toArray(), Hex.decode(TRUSTED_SETUP_SHA256))) {
        throw new IllegalStateException("the KZG trusted setup is not the mainnet ceremony's");
      }
      Path file = Files.createTempFile("lockstep-kzg", ".txt");
      try {
        Files.write(file, setup);
        CKZG4844JNI.loadTrustedSetup(file.toString(), 0);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the KZG trusted setup could not be read", e);
    }
  }
}
