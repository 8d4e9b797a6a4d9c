// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.CarriedSeal;
import io.lockstep.sequencer.batch.EncodedBatch;
import io.lockstep.sequencer.batch.EncodingPolicy;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.SegmentRange;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.derive.BatchReader;
import io.lockstep.sequencer.derive.CarriedSealCodec;
import io.lockstep.sequencer.derive.FetchedBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch in its parts, each of which a test may make wrong before it is posted. What follows from
 * other parts is computed last, so that one wrong thing stays one. One thread.
 */
final class LabBatch {
  int operatorId;
  long windowSlot;
  long batchIndex;
  final List<Carried> carried = new ArrayList<>();
  final List<Address> committers = new ArrayList<>();
  final List<CarriedSeal> seals = new ArrayList<>();
  final List<TableEntry> table = new ArrayList<>();
  final List<List<BlockData>> blocks = new ArrayList<>();
  long firstTick = 1;
  long lastTick;
  long msgTo;
  EncodingPolicy policy = EncodingPolicy.DEFAULT;

  /** Changes of what was computed. */
  interface Computed {
    default Batch call(Batch call) {
      return call;
    }

    default Bytes callData(Bytes callData) {
      return callData;
    }

    default List<byte[]> blobs(List<byte[]> blobs) {
      return blobs;
    }

    default Hash32 batchHash(Hash32 hash) {
      return hash;
    }
  }

  Computed computed = new Computed() {};

  LabBatch(int operatorId, long windowSlot) {
    this.operatorId = operatorId;
    this.windowSlot = windowSlot;
    Lab.ROLLUPS.forEach(_ -> blocks.add(new ArrayList<>()));
  }

  /** Adds the poster's own ticks. */
  LabBatch own(List<LabNode.Built> ticks) {
    ticks.forEach(this::add);
    firstTick = ticks.getFirst().tick();
    lastTick = ticks.getLast().tick();
    return this;
  }

  /** Adds ticks of an earlier window with the seal of their last one. */
  LabBatch carry(int operator, long window, List<LabNode.Built> ticks) {
    return carry(operator, window, ticks, Lab.committer(operator));
  }

  LabBatch carry(int operator, long window, List<LabNode.Built> ticks, SecretKey signer) {
    ticks.forEach(this::add);
    long last = ticks.getLast().tick();
    carried.add(new Carried(new Slot(window), operator, ticks.getFirst().tick(), last));
    committers.add(Lab.committer(operator).address());
    seals.add(new CarriedSeal(window, operator, seal(window, ticks, signer)));
    return this;
  }

  private void add(LabNode.Built tick) {
    table.addAll(tick.table());
    for (int i = 0; i < tick.data().size(); i++) {
      blocks.get(i).add(tick.data().get(i));
    }
  }

  private static Bytes seal(long window, List<LabNode.Built> ticks, SecretKey signer) {
    List<BlockLeaf> run = new ArrayList<>();
    ticks.forEach(tick -> run.addAll(tick.leaves()));
    MerkleTree tree = CommitmentLedger.blocksTree(run);
    LabNode.Built last = ticks.getLast();
    BlockData data = last.data().getFirst();
    Ctx ctx = new Ctx(data.anchorNumber(), data.anchorHash(), Hash32.ZERO, 0);
    Seal seal =
        new Seal(
            Lab.CLUSTER_ID,
            window,
            last.tick(),
            tree.root(),
            ctx.hash(),
            UInt256.ZERO,
            Hash32.ZERO,
            false,
            1);
    List<SealMessage.SealedBlock> sealed = new ArrayList<>();
    int first = run.size() - last.leaves().size();
    for (int i = 0; i < last.leaves().size(); i++) {
      sealed.add(
          new SealMessage.SealedBlock(
              last.leaves().get(i), tree.path(first + i), data.gasLimit(), List.of()));
    }
    Signed<Seal> signed = new Signed<>(seal, ctx, Secp256k1.sign(Lab.DOMAIN.digest(seal), signer));
    return CarriedSealCodec.encode(new SealMessage(signed, 0, sealed));
  }

  /** As the inbox takes it onto {@code lastBatchHash}, in L1's head. */
  FetchedBatch posted(LabL1 l1, Hash32 lastBatchHash) {
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      segments.add(new Segment(Lab.ROLLUPS.get(i), blocks.get(i)));
    }
    EncodedBatch encoded = BatchCodec.encode(new BatchContents(table, seals, segments), policy);
    List<RollupPart> parts = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      SegmentRange range = encoded.segments().get(i);
      Hash32 last = table.get(table.size() - segments.size() + i).blockHash();
      parts.add(new RollupPart(range.rollupId(), last, range.offsetBytes(), range.lengthBytes()));
    }
    BlockData last = blocks.getFirst().getLast();
    Batch call =
        computed.call(
            new Batch(
                List.of(lastBatchHash),
                new Slot(windowSlot),
                carried,
                firstTick,
                lastTick,
                last.anchorNumber(),
                last.anchorHash(),
                msgTo,
                encoded.headersRoot(),
                parts,
                encoded.blobs().size()));
    List<byte[]> blobs = computed.blobs(encoded.blobs());
    List<Hash32> blobHashes = blobs.stream().map(Keccak::hash).toList();
    BatchProposed event =
        new BatchProposed(
            batchIndex,
            operatorId,
            call.windowSlot(),
            computed.batchHash(
                ClusterInboxAbi.batchHash(lastBatchHash, call, blobHashes, operatorId, committers)),
            ClusterInboxAbi.declaredHead(call),
            blobHashes,
            committers);
    Bytes callData = computed.callData(ClusterInboxAbi.encodePropose(call));
    PostedBatch posted =
        new PostedBatch(
            event,
            l1.head().number(),
            l1.head().hash(),
            event.batchHash(),
            0,
            Address.ZERO,
            callData);
    return read(l1, posted, blobs);
  }

  static FetchedBatch read(LabL1 l1, PostedBatch posted, List<byte[]> blobs) {
    try {
      return new BatchReader(Lab.RULES, l1::block).read(l1.head(), posted, () -> blobs);
    } catch (L1Exception | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
