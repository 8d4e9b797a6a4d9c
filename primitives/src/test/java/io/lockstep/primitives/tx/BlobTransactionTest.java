// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The network form of blob transactions; contents are random, only lengths and counts matter. */
class BlobTransactionTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  private final Samples samples = new Samples(SEED);

  private Transaction transaction(int blobs) {
    List<Hash32> hashes = Stream.generate(() -> Hash32.of(samples.array(32))).limit(blobs).toList();
    return new Transaction.Unsigned(
            TransactionType.BLOB,
            UInt256.of(900),
            3,
            UInt256.of(1),
            UInt256.of(2),
            21_000,
            samples.address(),
            UInt256.ZERO,
            samples.bytes(40),
            List.of(),
            UInt256.of(7),
            hashes,
            List.of())
        .sign(samples.key());
  }

  private List<Bytes> random(int count, int lengthBytes) {
    return IntStream.range(0, count).mapToObj(_ -> Bytes.wrap(samples.array(lengthBytes))).toList();
  }

  private BlobTransaction sample(int blobs) {
    return new BlobTransaction(
        transaction(blobs),
        random(blobs, Kzg.BLOB_BYTES),
        random(blobs, 48),
        random(blobs, 128 * 48));
  }

  /** Any wrapper; a negative version is left out, as in version 0. */
  private Bytes wrapper(
      Transaction tx, int version, List<Bytes> blobs, List<Bytes> commitments, List<Bytes> proofs) {
    RlpWriter out = new RlpWriter().startList();
    out.raw(tx.encoded().slice(1, tx.encoded().size()).toArray());
    if (version >= 0) {
      out.integer(version);
    }
    for (List<Bytes> each : List.of(blobs, commitments, proofs)) {
      out.startList();
      each.forEach(out::bytes);
      out.endList();
    }
    byte[] list = out.endList().toArray();
    byte[] all = new byte[list.length + 1];
    all[0] = 3;
    System.arraycopy(list, 0, all, 1, list.length);
    return Bytes.wrap(all);
  }

  @Test
  void readsBackWrapperVersionOne() throws DecodeException {
    for (int blobs : new int[] {1, 2, 6}) {
      BlobTransaction tx = sample(blobs);
      BlobTransaction back = BlobTransaction.decode(tx.encoded());
      assertThat(back).isEqualTo(tx);
      assertThat(back.encoded()).isEqualTo(tx.encoded());
      assertThat(back.transaction().hash()).isEqualTo(tx.transaction().hash());
    }
  }

  @Test
  void writesProofsOneByOne() {
    BlobTransaction tx = sample(1);
    List<Bytes> proofs =
        IntStream.range(0, 128)
            .mapToObj(i -> tx.cellProofs().getFirst().slice(i * 48, i * 48 + 48))
            .toList();
    assertThat(tx.encoded())
        .isEqualTo(wrapper(tx.transaction(), 1, tx.blobs(), tx.commitments(), proofs));
  }

  @Test
  void writesTheSameTransactionInTheFormBeforeOsaka() throws DecodeException {
    BlobTransaction tx = sample(2);
    List<Bytes> proofs = random(2, 48);

    Bytes old = tx.encodedVersion0(proofs);

    assertThat(old).isEqualTo(wrapper(tx.transaction(), -1, tx.blobs(), tx.commitments(), proofs));
    assertThat(BlobTransaction.wrapperVersion(old)).isZero();
    assertThat(BlobTransaction.wrapperVersion(tx.encoded())).isEqualTo(1);
    assertThat(BlobTransaction.transactionOf(old)).isEqualTo(tx.transaction());
    assertThat(BlobTransaction.transactionOf(tx.encoded())).isEqualTo(tx.transaction());
    assertThatThrownBy(() -> tx.encodedVersion0(random(1, 48)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesWrapperVersionZeroAndSaysWhatToSend() {
    Bytes old =
        wrapper(transaction(1), -1, random(1, Kzg.BLOB_BYTES), random(1, 48), random(1, 48));
    assertThatThrownBy(() -> BlobTransaction.decode(old))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("version 0 is not accepted: send version 1");
  }

  @Test
  void refusesOtherVersions() {
    for (int version : new int[] {0, 2, 300}) {
      Bytes other =
          wrapper(
              transaction(1), version, random(1, Kzg.BLOB_BYTES), random(1, 48), random(128, 48));
      assertThatThrownBy(() -> BlobTransaction.decode(other))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("version " + version);
    }
  }

  @Test
  void refusesCountsThatDoNotFit() {
    int[][] counts = {
      {1, 2, 1, 128},
      {1, 1, 2, 128},
      {1, 1, 1, 127},
      {1, 1, 1, 129},
      {2, 1, 1, 128},
      {1, 2, 2, 256},
      {1, 0, 0, 0},
      {0, 1, 1, 128},
      {7, 7, 7, 896}
    };
    for (int[] count : counts) {
      Bytes wrong =
          wrapper(
              transaction(count[0]),
              1,
              random(count[1], Kzg.BLOB_BYTES),
              random(count[2], 48),
              random(count[3], 48));
      assertThatThrownBy(() -> BlobTransaction.decode(wrong))
          .as(
              "%d hashes, %d blobs, %d commitments, %d proofs",
              count[0], count[1], count[2], count[3])
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void refusesItemsOfOtherLengths() {
    Transaction tx = transaction(1);
    List<Bytes> blob = random(1, Kzg.BLOB_BYTES);
    List<Bytes> commitment = random(1, 48);
    List<Bytes> proofs = random(128, 48);
    List<Bytes> wrong =
        List.of(
            wrapper(tx, 1, random(1, Kzg.BLOB_BYTES - 1), commitment, proofs),
            wrapper(tx, 1, random(1, Kzg.BLOB_BYTES + 1), commitment, proofs),
            wrapper(tx, 1, blob, random(1, 47), proofs),
            wrapper(tx, 1, blob, commitment, random(128, 49)));
    for (Bytes each : wrong) {
      assertThatThrownBy(() -> BlobTransaction.decode(each)).isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void refusesTheFormOfBlocksAndOtherTypes() {
    assertThatThrownBy(() -> BlobTransaction.decode(transaction(1).encoded()))
        .hasMessageContaining("wrapper expected");
    assertThatThrownBy(
            () -> BlobTransaction.decode(samples.transaction(TransactionType.LEGACY).encoded()))
        .hasMessageContaining("not a blob transaction");
    assertThatThrownBy(() -> BlobTransaction.decode(Bytes.EMPTY))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void failsWithADecodeExceptionOnAnyDamage() {
    byte[] valid = sample(1).encoded().toArray();
    int head = valid.length - Kzg.BLOB_BYTES - 128 * 49;
    for (int round = 0; round < 2_000; round++) {
      byte[] input = valid.clone();
      // Damage within the contents is not seen here: aim at the headers before them.
      input[samples.random().nextInt(head)] ^= (byte) (1 << samples.random().nextInt(8));
      if (round % 10 == 0) {
        input = samples.damaged(valid);
      }
      Bytes bytes = Bytes.wrap(input);
      try {
        assertThat(BlobTransaction.decode(bytes).encoded()).as("seed %d", SEED).isEqualTo(bytes);
      } catch (DecodeException refused) {
        assertThat(refused).hasMessageMatching(".+");
      }
    }
  }
}
