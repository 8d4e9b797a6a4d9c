// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Caps, bombs and everything that another decoder might read differently. */
class BatchBoundsTest {
  private static final int MIB = 1 << 20;

  @Test
  void refusesADeclaredLengthAboveTheCapBeforeItIsAllocated() {
    for (int codec = 0; codec < 3; codec++) {
      assertThatThrownBy(decoding(container(1, segment(codec, 0xffff_ffffL, new byte[40]))))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("segment of 4294967295 bytes");
    }
    assertThatThrownBy(decoding(container(1, segment(2, 8L * MIB + 1, new byte[40]))))
        .hasMessageContaining("segment of 8388609 bytes");
    assertThatThrownBy(decoding(container(1, segment(2, 0, new byte[40]))))
        .hasMessageContaining("segment of 0 bytes");
  }

  @Test
  void refusesSegmentsThatTogetherAreTooLarge() {
    byte[] zeros = new byte[8 * MIB];
    byte[] segment = segment(2, zeros.length, Zstd.compress(zeros, 1));
    // The first is no valid body; the budget must still be charged before any work is done.
    assertThatThrownBy(decoding(container(3, segment, segment, segment)))
        .isInstanceOf(DecodeException.class);
    DecodeBudget budget = new DecodeBudget();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 3; i++) {
                budget.takeBytes(8L * MIB);
              }
            })
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("16777216 bytes together");
  }

  @Test
  void refusesStreamsThatAreLongerOrShorterThanDeclared() {
    byte[] zeros = new byte[64 * MIB];
    byte[] deflated = Compression.deflate(zeros);
    byte[] packed = Zstd.compress(zeros, 1);

    assertThatThrownBy(() -> Compression.inflate(deflated, 1_000))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("goes on after");
    assertThatThrownBy(() -> Compression.unzstd(packed, 1_000))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("says 67108864 bytes");
    byte[] small = Compression.deflate(new byte[10]);
    assertThatThrownBy(() -> Compression.inflate(small, 11))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("of 10 bytes, declared 11");
  }

  @Test
  void refusesAnythingBehindAStreamOrFrame() throws DecodeException {
    byte[] plain = new byte[5_000];
    plain[77] = 1;
    byte[] deflated = Compression.deflate(plain);
    byte[] frame = Compression.zstd(plain, 19);
    assertThat(Compression.inflate(deflated, plain.length)).isEqualTo(plain);
    assertThat(Compression.unzstd(frame, plain.length)).isEqualTo(plain);

    byte[] longer = Arrays.copyOf(deflated, deflated.length + 1);
    assertThatThrownBy(() -> Compression.inflate(longer, plain.length))
        .hasMessageContaining("1 bytes after the DEFLATE stream");
    byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
    byte[] empty = Zstd.compress(new byte[0], 1);
    for (byte[] tail : List.of(new byte[1], skippable, empty)) {
      assertThatThrownBy(() -> Compression.unzstd(concat(frame, tail), plain.length))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("does not end with the body");
      assertThatThrownBy(() -> Compression.unzstd(concat(tail, frame), plain.length))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void refusesCutStreamsAndFrames() {
    byte[] plain = new byte[3_000];
    new java.util.Random(1).nextBytes(plain);
    byte[] deflated = Compression.deflate(plain);
    byte[] frame = Compression.zstd(plain, 3);
    for (int length = 0; length < deflated.length; length += 7) {
      byte[] cut = Arrays.copyOf(deflated, length);
      assertThatThrownBy(() -> Compression.inflate(cut, plain.length))
          .isInstanceOf(DecodeException.class);
    }
    for (int length = 0; length < frame.length; length += 7) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThatThrownBy(() -> Compression.unzstd(cut, plain.length))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void refusesAFrameWithAWindowThatOtherDecodersNeedNotSupport() {
    // Magic, descriptor (8-byte content size, no single segment), window of 2^(10+30) bytes.
    byte[] frame = {
      0x28,
      (byte) 0xb5,
      0x2f,
      (byte) 0xfd,
      (byte) 0xc0,
      (byte) (30 << 3),
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0, // one byte of content
      (byte) 0x03,
      0,
      0,
      7 // last block, one RLE byte of size 0
    };
    frame[14] = 0x0b; // last, RLE, size 1

    assertThatThrownBy(() -> Compression.unzstd(frame, 1))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("zstd");
  }

  @Test
  void takesEveryZstdLevel() throws DecodeException {
    BatchContents batch = new RandomBatches(9).of(1, 20, 20);
    for (int level = 1; level <= 22; level++) {
      EncodedBatch encoded =
          BatchCodec.encode(batch, new EncodingPolicy(SegmentEncoding.ZSTD, level));
      assertThat(BatchCodec.decode(encoded.blobs())).isEqualTo(batch);
    }
  }

  @Test
  void takesASegmentOfTheLargestDecompressedSize() throws DecodeException {
    // 60 transactions of nearly 128 KiB of zeros each: 7.5 MiB that pack into one blob.
    List<Transaction> transactions = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      transactions.add(transfer(i, 130_900));
    }
    BatchContents batch = single(transactions);

    EncodedBatch encoded = BatchCodec.encode(batch);
    assertThat(encoded.blobs().size()).isEqualTo(1);
    assertThat(BatchCodec.decode(encoded.blobs())).isEqualTo(batch);
  }

  @Test
  void refusesATransactionAboveItsCap() {
    assertThatThrownBy(() -> single(List.of(transfer(1, 131_072))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit 131072");

    byte[] rows =
        new RlpWriter()
            .startList()
            .startList()
            .integer(1)
            .integer(0)
            .hash(Hash32.ZERO)
            .integer(5)
            .startList()
            .bytes(transfer(1, 131_072).encoded())
            .endList()
            .endList()
            .endList()
            .toArray();
    assertThatThrownBy(() -> RowBody.decode(rows, new DecodeBudget()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("limit 131072");
  }

  @Test
  void refusesMoreBlocksOrTransactionsThanTheCaps() {
    List<BlockData> blocks = new ArrayList<>();
    for (int i = 0; i <= BatchLimits.MAX_BLOCKS_PER_SEGMENT; i++) {
      blocks.add(new BlockData(i, 1, Hash32.ZERO, 1, List.of()));
    }
    assertThatThrownBy(() -> new Segment(1, blocks)).hasMessageContaining("513 blocks");
    assertThatThrownBy(
            () -> ColumnBody.decode(new byte[] {(byte) 0x81, 4, 0}, 1, new DecodeBudget()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("513 blocks, limit 512");
    assertThatThrownBy(() ->
            ColumnBody.decode(
                new byte[] {1, (byte) 0x81, (byte) 0x80, 2, 0}, 1, new DecodeBudget()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("32769 transactions, limit 32768");
  }

  @Test
  void refusesATableThatIsNotThatOfTheBlocks() {
    BatchContents good = new RandomBatches(4).of(2, 3, 1);
    List<TableEntry> swapped = new ArrayList<>(good.table());
    swapped.set(0, good.table().get(1));
    swapped.set(1, good.table().get(0));

    assertThatThrownBy(() -> new BatchContents(swapped, good.seals(), good.segments()))
        .hasMessageContaining("table entry 0");
    assertThatThrownBy(
            () -> new BatchContents(good.table().subList(0, 5), good.seals(), good.segments()))
        .hasMessageContaining("5 table entries");
    assertThatThrownBy(() -> new BatchContents(List.of(), List.of(), List.of()))
        .hasMessageContaining("0 segments");
  }

  @Test
  void boundsThePayloadByTheMeterAtEveryStep() {
    Transaction tx = transfer(3, 100);
    SizeMeter meter = new SizeMeter(2);
    int taken = 0;
    while (meter.hasRoomForTick()) {
      meter.addTick();
      for (int i = 0; i < 8 && meter.hasRoomFor(tx); i++) {
        meter.add(tx);
        taken++;
      }
    }
    assertThat(meter.boundBytes()).isLessThanOrEqualTo(BatchLimits.MAX_PAYLOAD_BYTES);
    assertThat(taken).isGreaterThan(2_000);
    assertThat(new SizeMeter(4).hasRoomForTick()).isTrue();
    SizeMeter idle = new SizeMeter(4);
    while (idle.hasRoomForTick()) {
      idle.addTick();
    }
    assertThat(idle.ticks()).isEqualTo(511);
  }

  @Test
  void boundsABatchOfTheLargestSeals() {
    List<CarriedSeal> seals = new ArrayList<>();
    SizeMeter meter = new SizeMeter(1);
    while (meter.hasRoomForSeal()) {
      meter.reserveSeal();
      byte[] seal = new byte[BatchLimits.MAX_SEAL_BYTES];
      seals.add(new CarriedSeal(seals.size(), 1, Bytes.wrap(seal)));
    }
    meter.addTick();
    BatchContents one = single(List.of());
    BatchContents batch = new BatchContents(one.table(), seals, one.segments());

    assertThat(seals).hasSize(BatchLimits.MAX_SEALS);
    assertThat(meter.boundBytes()).isEqualTo(SizeMeter.boundBytes(batch));
    assertThat(BatchCodec.encode(batch).payloadBytes())
        .isLessThanOrEqualTo((int) meter.boundBytes());
  }

  static Transaction transfer(int nonce, int dataBytes) {
    return new Transaction(
        Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            nonce,
            UInt256.of(1),
            UInt256.of(1_000),
            21_000,
            Address.ofLong(5),
            UInt256.of(7),
            Bytes.wrap(new byte[dataBytes])),
        new Signature(0, UInt256.ONE, UInt256.ONE));
  }

  static BatchContents single(List<Transaction> transactions) {
    return new BatchContents(
        List.of(new TableEntry(9, 901, 1, Hash32.ZERO)),
        List.of(),
        List.of(new Segment(901, List.of(new BlockData(9, 4, Hash32.ZERO, 30, transactions)))));
  }

  private static byte[] segment(int codec, long decompressed, byte[] body) {
    return new ByteSink(64)
        .fixed(901, 8)
        .fixed(2, 1)
        .fixed(codec, 1)
        .fixed(decompressed, 4)
        .fixed(body.length, 4)
        .bytes(body)
        .toArray();
  }

  private static byte[] container(int segments, byte[]... parts) {
    int length = 31;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteSink out =
        new ByteSink(length)
            .bytes("LOCKSTEP".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .fixed(1, 1)
            .fixed(length, 4)
            .fixed(0, 2)
            .fixed(0, 2)
            .fixed(segments, 2)
            .bytes(new byte[12]);
    for (byte[] part : parts) {
      out.bytes(part);
    }
    return out.toArray();
  }

  private static org.assertj.core.api.ThrowableAssert.ThrowingCallable decoding(byte[] payload) {
    return () -> BatchCodec.decode(Blobs.pack(payload));
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] out = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }
}
