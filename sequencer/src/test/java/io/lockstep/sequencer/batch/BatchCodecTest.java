// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCodecTest {
  private static final List<SegmentEncoding> ENCODINGS = List.of(SegmentEncoding.values());

  @ParameterizedTest
  @EnumSource(SegmentEncoding.class)
  void decodesWhatItEncodes(SegmentEncoding encoding) throws DecodeException {
    EncodingPolicy policy = new EncodingPolicy(encoding, 3);
    for (long seed = 0; seed < 300; seed++) {
      BatchContents batch = new RandomBatches(seed).any();

      EncodedBatch encoded = BatchCodec.encode(batch, policy);
      BatchContents decoded = BatchCodec.decode(encoded.blobs());

      assertThat(decoded).as("seed %d", seed).isEqualTo(batch);
      assertThat(decoded.headersRoot()).isEqualTo(encoded.headersRoot());
      assertThat(BatchCodec.segmentRanges(encoded.blobs())).isEqualTo(encoded.segments());
      assertThat(encoded.payloadBytes())
          .as("seed %d", seed)
          .isLessThanOrEqualTo((int) SizeMeter.boundBytes(batch));
      byte[] again = unpack(BatchCodec.encode(decoded, policy).blobs());
      assertThat(Arrays.equals(again, unpack(encoded.blobs()))).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void fillsAllSixBlobsAndNoMore() throws DecodeException {
    BatchContents batch = new RandomBatches(7).of(2, 220, 12);
    EncodedBatch encoded = BatchCodec.encode(batch, new EncodingPolicy(SegmentEncoding.RAW, 1));

    assertThat(encoded.blobs().size()).isEqualTo(6);
    assertThat(BatchCodec.decode(encoded.blobs())).isEqualTo(batch);

    BatchContents tooMuch = new RandomBatches(7).of(2, 300, 12);
    assertThat(BatchCodec.encodeIfFits(tooMuch, new EncodingPolicy(SegmentEncoding.RAW, 1)))
        .isNull();
    assertThatThrownBy(() -> BatchCodec.encode(tooMuch, new EncodingPolicy(SegmentEncoding.RAW, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("limit 761856");
  }

  @Test
  void keepsItsFormat() {
    // The format is consensus: a change of any byte needs a new version number.
    BatchContents batch = new RandomBatches(1).of(2, 4, 5);
    StringBuilder hashes = new StringBuilder();
    EncodingPolicy raw = new EncodingPolicy(SegmentEncoding.RAW, 1);
    hashes.append(Keccak.hash(BatchCodec.encode(batch, raw).blobs().getFirst())).append('\n');
    for (Segment segment : batch.segments()) {
      hashes.append(Keccak.hash(ColumnBody.encode(segment))).append('\n');
    }
    hashes.append(batch.headersRoot());

    assertThat(hashes.toString())
        .isEqualTo(
            """
            0x7fb954bf9406134b316b6a0ab8d08489962d76c8da6e1637b715e15384e1f989
            0x8fc84b0321ec8e039400db65eedef1680642c48433caa6881084bb965b653410
            0x37f8d145bdcc036b2b5013d6a29e27bc7c4d34982d8a3615a9e7a30d01e8f773
            0x63d5e8b3f5724bb9ebe62b6fd08efb9f1d79fbc636903f5138651ff9fccad4e0\
            """);
  }

  @Test
  void readsBatchesThatWereWrittenBefore() throws Exception {
    // Written once and kept: compressors may change, what they wrote must stay readable.
    List<Transaction> transactions = new ArrayList<>();
    for (int nonce = 0; nonce < 8; nonce++) {
      transactions.add(BatchBoundsTest.transfer(nonce, 40));
    }
    BatchContents batch = BatchBoundsTest.single(transactions);
    for (SegmentEncoding encoding : ENCODINGS) {
      String name = "/batch/version2-" + encoding.name().toLowerCase(Locale.ROOT) + ".hex";
      String kept;
      try (InputStream in =
          Objects.requireNonNull(BatchCodecTest.class.getResourceAsStream(name), name)) {
        kept = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      }
      List<byte[]> blobs = Blobs.pack(Hex.decode(kept));

      assertThat(BatchCodec.decode(blobs)).as(name).isEqualTo(batch);
      assertThat(unpack(blobs)[31 + 62 + 9]).as(name).isEqualTo((byte) encoding.id());
    }
  }

  @Test
  void standsEachTableEntryInTwoFieldElementsOfBlobZero() {
    BatchContents batch = new RandomBatches(3).of(3, 5, 2);
    byte[] blob = BatchCodec.encode(batch).blobs().getFirst();

    for (int i = 0; i < batch.table().size(); i++) {
      TableEntry entry = batch.table().get(i);
      int at = (1 + 2 * i) * 32;
      byte[] first = Arrays.copyOfRange(blob, at, at + 32);
      byte[] second = Arrays.copyOfRange(blob, at + 32, at + 64);
      assertThat(BatchCodec.tableElements(batch, i))
          .containsExactly(Bytes.wrap(first), Bytes.wrap(second));
      ByteBuffer words = ByteBuffer.wrap(first, 1, 24);
      assertThat(words.getLong()).isEqualTo(entry.tick());
      assertThat(words.getLong()).isEqualTo(entry.rollupId());
      assertThat(words.getLong()).isEqualTo(entry.number());
      byte[] hash = new byte[32];
      System.arraycopy(first, 25, hash, 0, 7);
      System.arraycopy(second, 1, hash, 7, 25);
      assertThat(Hash32.of(hash)).isEqualTo(entry.blockHash());
      assertThat(Arrays.copyOfRange(second, 26, 32)).containsOnly(0);
    }
  }

  @Test
  void provesATableEntryAgainstTheHeadersRoot() {
    BatchContents batch = new RandomBatches(11).of(3, 7, 0);
    MerkleTree tree = batch.headerTree();

    for (int i = 0; i < batch.table().size(); i++) {
      byte[] leaf = batch.table().get(i).leaf();
      assertThat(leaf).hasSize(128);
      assertThat(MerkleTree.fold(leaf, tree.path(i))).isEqualTo(batch.headersRoot());
    }
  }

  @Test
  void refusesOrDecodesDamagedBlobsButNothingElse() {
    for (long seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      SegmentEncoding encoding = ENCODINGS.get(random.nextInt(3));
      List<byte[]> blobs =
          BatchCodec.encode(new RandomBatches(seed).any(), new EncodingPolicy(encoding, 1)).blobs();
      byte[] payload = unpack(blobs);
      int used = ByteBuffer.wrap(payload, 9, 4).getInt();
      for (int round = 0; round < 25; round++) {
        byte[] damaged = payload.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          damage(damaged, used, random);
        }
        decodeOrRefuse(Blobs.pack(Arrays.copyOf(damaged, used)), seed);
      }
    }
  }

  @Test
  void refusesOrDecodesDamagedBodiesButNothingElse() {
    int decodedCount = 0;
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Segment segment = new RandomBatches(seed).any().segments().getFirst();
      boolean columns = random.nextBoolean();
      byte[] body = columns ? ColumnBody.encode(segment) : RowBody.encode(segment);
      for (int round = 0; round < 30; round++) {
        byte[] damaged = body.clone();
        damage(damaged, damaged.length, random);
        if (random.nextInt(10) == 0) {
          damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
        }
        try {
          List<BlockData> blocks =
              columns
                  ? ColumnBody.decode(damaged, segment.rollupId(), new DecodeBudget())
                  : RowBody.decode(damaged, new DecodeBudget());
          if (Segment.fault(blocks) == null) {
            Segment again = new Segment(segment.rollupId(), blocks);
            byte[] written = columns ? ColumnBody.encode(again) : RowBody.encode(again);
            if (columns) {
              // Several forms of columns give one segment.
              assertThat(ColumnBody.decode(written, segment.rollupId(), new DecodeBudget()))
                  .as("seed %d", seed)
                  .isEqualTo(blocks);
            } else {
              assertThat(written).as("seed %d", seed).isEqualTo(damaged);
            }
            decodedCount++;
          }
        } catch (DecodeException expected) {
          assertThat(expected).hasMessageNotContaining("null");
        }
      }
    }
    assertThat(decodedCount).isGreaterThan(500);
  }

  @Test
  void refusesEveryTruncation() {
    EncodedBatch encoded = BatchCodec.encode(new RandomBatches(2).of(2, 3, 2));
    byte[] payload = Arrays.copyOf(unpack(encoded.blobs()), encoded.payloadBytes());
    for (int length = 1; length < payload.length; length += length < 300 ? 1 : 17) {
      byte[] cut = Arrays.copyOf(payload, length);
      assertThatThrownBy(() -> BatchCodec.decode(Blobs.pack(cut)))
          .isInstanceOf(DecodeException.class);
      // Also with a length that says so.
      if (length >= 13) {
        ByteBuffer.wrap(cut).putInt(9, length);
        assertThatThrownBy(() -> BatchCodec.decode(Blobs.pack(cut)))
            .isInstanceOf(DecodeException.class);
      }
    }
  }

  @Test
  void refusesWhatIsNotABlob() {
    List<byte[]> blobs = BatchCodec.encode(new RandomBatches(2).any()).blobs();
    byte[] good = blobs.getFirst();
    byte[] high = good.clone();
    high[5 * 32] = 1;
    byte[] filled = good.clone();
    filled[filled.length - 1] = 1;

    assertThatThrownBy(() -> BatchCodec.decode(List.of())).hasMessageContaining("0 blobs");
    assertThatThrownBy(() -> BatchCodec.decode(List.of(new byte[7])))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("blob of 7 bytes");
    assertThatThrownBy(() -> BatchCodec.decode(List.of(high)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("field element 5");
    assertThatThrownBy(() -> BatchCodec.decode(List.of(filled)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("should be zero");
    assertThatThrownBy(() -> BatchCodec.decode(List.of(good, new byte[131_072])))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("does not need 2 blobs");
    assertThatThrownBy(() -> BatchCodec.decode(List.of(new byte[131_072])))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("magic");
    List<byte[]> seven = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      seven.add(good);
    }
    assertThatThrownBy(() -> BatchCodec.decode(seven)).hasMessageContaining("7 blobs");
  }

  private static void decodeOrRefuse(List<byte[]> blobs, long seed) {
    try {
      BatchContents decoded = BatchCodec.decode(blobs);
      assertThat(decoded.segments()).as("seed %d", seed).isNotEmpty();
    } catch (DecodeException expected) {
      assertThat(expected).hasMessageNotContaining("null");
    }
  }

  private static void damage(byte[] bytes, int length, Random random) {
    int at = random.nextInt(random.nextInt(4) == 0 ? Math.min(length, 200) : length);
    bytes[at] =
        switch (random.nextInt(4)) {
          case 0 -> (byte) (bytes[at] ^ (1 << random.nextInt(8)));
          case 1 -> (byte) 0xff;
          case 2 -> 0;
          default -> (byte) random.nextInt();
        };
  }

  static byte[] unpack(List<byte[]> blobs) {
    try {
      return Blobs.unpack(blobs);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }
}
