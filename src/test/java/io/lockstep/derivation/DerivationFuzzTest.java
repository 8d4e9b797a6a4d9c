// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BatchLimits;
import io.lockstep.sequencer.batch.Blobs;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.EncodingPolicy;
import io.lockstep.sequencer.batch.SegmentEncoding;
import io.lockstep.sequencer.batch.SegmentRange;
import io.lockstep.sequencer.derive.Derivation.Outcome;
import io.lockstep.sequencer.derive.FetchedBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Anyone may post: whatever call data and blobs say, derivation has one result, without an
 * exception, and two nodes have the same. The first byte of an input chooses where the rest goes.
 */
class DerivationFuzzTest {
  private static final long WINDOW = 30;

  private static @Nullable World world;

  /** Two nodes that have derived a batch, and what an honest operator would post next. */
  private static final class World {
    final Lab lab;
    final List<LabNode> nodes;
    final List<LabNode.Built> sealed = new ArrayList<>();
    final List<LabNode.Built> own = new ArrayList<>();

    World() {
      try {
        lab = new Lab(Files.createTempDirectory("lockstep-derivation-fuzz"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      lab.l1.mineTo(20);
      nodes = List.of(lab.node(), lab.node());
      try (LabNode builder = lab.node()) {
        for (int i = 0; i < 4; i++) {
          lab.l1.enqueue(902, 21_000, Lab.transfer(902, 0, i).encoded());
          lab.l1.send(901, Address.ofLong(7), Address.ofLong(9), UInt256.ONE, Bytes.EMPTY);
          long number = lab.l1.mine().number();
          long tick = Lab.RULES.lastTickAt(lab.l1.head().timestampSeconds());
          var body = List.of(Lab.transfer(901, 1, 2L * i), Lab.transfer(901, 1, 2L * i + 1));
          (i < 2 ? sealed : own)
              .add(builder.build(tick, number - 2, i < 2 ? 1 : 2, Map.of(901L, body)));
        }
      }
      lab.l1.mine();
    }

    LabBatch batch() {
      LabBatch batch = new LabBatch(2, WINDOW + 1).carry(1, WINDOW, sealed).own(own);
      batch.batchIndex = 1;
      return batch;
    }
  }

  private static synchronized World world() {
    World known = world;
    if (known == null) {
      known = new World();
      world = known;
    }
    return known;
  }

  @FuzzTest(maxDuration = "2m")
  void givesOneResultForAnyBytes(byte[] input) {
    if (input.length < 2) {
      return;
    }
    World here = world();
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    FetchedBatch batch =
        switch (input[0] & 7) {
          case 0 -> posted(here, new Raw().callData(Bytes.wrap(rest)));
          case 1 -> posted(here, new Raw().callData(patched(valid(here).callData, rest)));
          case 2 -> posted(here, payload(here, SegmentEncoding.ZSTD, rest));
          case 3 -> posted(here, payload(here, SegmentEncoding.RAW, rest));
          case 4 -> posted(here, payload(here, SegmentEncoding.DEFLATE, rest));
          default -> mutated(here, rest);
        };
    Outcome first = here.nodes.getFirst().derive(batch);
    Outcome second = here.nodes.getLast().derive(batch);
    assertThat(second).isEqualTo(first);
    assertThat(here.nodes.getLast().heads()).isEqualTo(here.nodes.getFirst().heads());
    long height = first instanceof Outcome.Derived derived ? derived.height() : 0;
    here.nodes.forEach(node -> {
      assertThat(node.cluster.safeHeight()).isEqualTo(height);
      node.rewindTo(here.lab.l1.head().number() - 1);
      node.cluster.rewindTo(0);
    });
  }

  /** What stands on L1: call data and blobs. */
  private static final class Raw {
    private @Nullable Bytes callData;
    private @Nullable List<byte[]> blobs;

    Raw callData(Bytes bytes) {
      callData = bytes;
      return this;
    }
  }

  /** The honest batch's bytes. */
  private static Valid valid(World here) {
    return new Valid(here, EncodingPolicy.DEFAULT);
  }

  private static final class Valid {
    Bytes callData = Bytes.EMPTY;
    List<byte[]> blobs = List.of();

    Valid(World here, EncodingPolicy policy) {
      LabBatch batch = here.batch();
      batch.policy = policy;
      batch.computed =
          new LabBatch.Computed() {
            @Override
            public Bytes callData(Bytes bytes) {
              callData = bytes;
              return bytes;
            }

            @Override
            public List<byte[]> blobs(List<byte[]> posted) {
              blobs = posted;
              return posted;
            }
          };
      var _ = batch.posted(here.lab.l1, here.nodes.getFirst().lastBatchHash());
    }
  }

  /** Bytes of the container changed, and the call made to fit as far as it can. */
  private static Raw payload(World here, SegmentEncoding encoding, byte[] rest) {
    Valid valid = new Valid(here, new EncodingPolicy(encoding, 3));
    Raw raw = new Raw();
    try {
      byte[] payload = Blobs.unpack(valid.blobs);
      int length = ByteBuffer.wrap(payload).getInt(9);
      byte[] changed = patched(Bytes.wrap(Arrays.copyOf(payload, length)), rest).toArray();
      raw.blobs = Blobs.pack(changed);
      raw.callData = valid.callData;
      BatchContents contents = BatchCodec.decode(raw.blobs);
      Batch call = ClusterInboxAbi.decodePropose(valid.callData);
      raw.callData = ClusterInboxAbi.encodePropose(fitted(call, contents, raw.blobs));
    } catch (DecodeException e) {
      return raw; // what cannot be decoded needs no fitting call
    }
    return raw;
  }

  private static Batch fitted(Batch call, BatchContents contents, List<byte[]> blobs)
      throws DecodeException {
    List<RollupPart> parts = new ArrayList<>();
    List<SegmentRange> ranges = BatchCodec.segmentRanges(blobs);
    int rollups = ranges.size();
    for (int i = 0; i < rollups; i++) {
      Hash32 last = contents.table().get(contents.table().size() - rollups + i).blockHash();
      SegmentRange range = ranges.get(i);
      parts.add(new RollupPart(range.rollupId(), last, range.offsetBytes(), range.lengthBytes()));
    }
    BlockData last = contents.segments().getFirst().blocks().getLast();
    return new Batch(
        call.expected(),
        call.windowSlot(),
        call.carried(),
        call.firstTick(),
        Math.max(call.lastTick(), Math.min(contents.lastTick(), 1L << 40)),
        last.anchorNumber(),
        last.anchorHash(),
        0,
        contents.headersRoot(),
        parts,
        blobs.size());
  }

  /** As the inbox would log these bytes. */
  private static FetchedBatch posted(World here, Raw raw) {
    Valid valid = valid(here);
    Bytes callData = raw.callData == null ? valid.callData : raw.callData;
    List<byte[]> blobs = raw.blobs == null ? valid.blobs : raw.blobs;
    List<Hash32> hashes = blobs.stream().map(Keccak::hash).toList();
    List<Address> committers = List.of(Lab.committer(1).address());
    Hash32 last = here.nodes.getFirst().lastBatchHash();
    Hash32 head = Hash32.ZERO;
    Hash32 batchHash = Hash32.ZERO;
    try {
      Batch call = ClusterInboxAbi.decodePropose(callData);
      head = ClusterInboxAbi.declaredHead(call);
      batchHash = ClusterInboxAbi.batchHash(last, call, hashes, 2, committers);
    } catch (DecodeException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
    BatchProposed event =
        new BatchProposed(1, 2, new Slot(WINDOW + 1), batchHash, head, hashes, committers);
    PostedBatch posted =
        new PostedBatch(
            event,
            here.lab.l1.head().number(),
            here.lab.l1.head().hash(),
            batchHash,
            0,
            Address.ZERO,
            callData);
    return LabBatch.read(here.lab.l1, posted, blobs);
  }

  /** One to three things wrong with the honest batch. */
  private static FetchedBatch mutated(World here, byte[] rest) {
    LabBatch batch = here.batch();
    Random random = new Random(Arrays.hashCode(rest));
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count && i < rest.length; i++) {
      int which = (rest[i] & 0xff) % LabMutations.ALL.size();
      try {
        LabMutations.ALL.get(which).mutation().apply(batch, random, here.lab.l1);
      } catch (RuntimeException e) {
        break; // the wrong things exclude each other
      }
    }
    FetchedBatch posted;
    try {
      posted = batch.posted(here.lab.l1, here.nodes.getFirst().lastBatchHash());
    } catch (IllegalArgumentException e) {
      return here.batch().posted(here.lab.l1, here.nodes.getFirst().lastBatchHash());
    }
    return posted;
  }

  /** The bytes with some of them replaced: three bytes say where, one what. */
  private static Bytes patched(Bytes original, byte[] patches) {
    byte[] out = original.toArray();
    for (int i = 0; i + 3 < patches.length && out.length > 0; i += 4) {
      int at = ByteBuffer.wrap(patches, i, 4).getInt();
      out[(at >>> 8) % out.length] = (byte) at;
    }
    return Bytes.wrap(out.length <= BatchLimits.MAX_PAYLOAD_BYTES ? out : new byte[1]);
  }
}
