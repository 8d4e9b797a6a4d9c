// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Bytes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofsAheadTest {
  private long nanoTime;
  private long perBlobMs;

  private final ProofsAhead proofs = new ProofsAhead(Runnable::run, new Stepped(), () -> nanoTime);

  @Test
  void tellsHowLongProofsTookLately() {
    assertThat(proofs.timePerBlob()).isZero();

    make(200, 1, 2);
    assertThat(proofs.timePerBlob()).hasMillis(200);
    make(600, 3);
    assertThat(proofs.timePerBlob()).hasMillis(400);
  }

  @Test
  void whatIsMadeAlreadyIsNotMadeAgain() {
    make(200, 1, 2);
    assertThat(make(900, 1, 2)).isZero();
    assertThat(proofs.timePerBlob()).hasMillis(200);
  }

  @Test
  void whatIsNoBlobTellsNothing() {
    assertThat(proofs.of(List.of(new byte[3]))).isCompletedExceptionally();
    assertThat(proofs.timePerBlob()).isZero();
  }

  private Duration make(long eachMs, int... blobs) {
    perBlobMs = eachMs;
    long before = nanoTime;
    assertThat(proofs.of(Arrays.stream(blobs).mapToObj(ProofsAheadTest::blob).toList()))
        .isCompleted();
    return Duration.ofNanos(nanoTime - before);
  }

  private static byte[] blob(int content) {
    byte[] blob = new byte[Kzg.BLOB_BYTES];
    blob[1] = (byte) content;
    return blob;
  }

  /** Takes time on the stepped clock, and proves nothing. */
  private final class Stepped implements BlobProofs {
    @Override
    public Bytes commit(byte[] blob) {
      if (blob.length != Kzg.BLOB_BYTES) {
        throw new IllegalArgumentException("no blob");
      }
      nanoTime += Duration.ofMillis(perBlobMs).toNanos();
      return Bytes.copyOf(new byte[Kzg.COMMITMENT_BYTES]);
    }

    @Override
    public Bytes cellProofs(byte[] blob) {
      return Bytes.copyOf(new byte[Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES]);
    }

    @Override
    public Bytes blobProof(byte[] blob, Bytes commitment) {
      throw new AssertionError("not asked for");
    }

    @Override
    public boolean verify(byte[] blob, Bytes commitment, Bytes cellProofs) {
      throw new AssertionError("not asked for");
    }
  }
}
