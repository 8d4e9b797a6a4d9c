// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * ABI of {@code ClusterInbox}. The decoder of {@code propose} takes the canonical encoding only,
 * byte for byte: what the contract hashes is a re-encoding, and two encodings of one batch would be
 * two answers. Any thread.
 */
public final class ClusterInboxAbi {
  public static final String PROPOSE =
      "propose((bytes32[],uint64,(uint64,uint32,uint64,uint64)[],uint64,uint64,uint64,bytes32,"
          + "uint64,bytes32,(uint64,bytes32,uint32,uint32)[],uint8))";
  public static final Bytes PROPOSE_SELECTOR = selector(PROPOSE);
  public static final Hash32 BATCH_PROPOSED_TOPIC =
      topic("BatchProposed(uint64,uint32,uint64,bytes32,bytes32,bytes32[],address[])");
  public static final Hash32 OPEN_BLOCK_PROPOSED_TOPIC =
      topic("OpenBlockProposed(uint64,uint64,uint64,bytes32)");
  public static final Hash32 FORCED_ENQUEUED_TOPIC =
      topic("ForcedEnqueued(uint64,uint64,uint64,bytes)");
  public static final String PROPOSE_OPEN = "proposeOpen(bytes32[])";
  public static final String ENQUEUE = "enqueue(uint64,uint64,bytes)";
  static final String FORCED_FEE = "forcedFee(uint64,uint256,uint64)";

  public static final Bytes LAST_BATCH_INDEX = selector("lastBatchIndex()");
  public static final Bytes LAST_BATCH_HASH = selector("lastBatchHash()");
  public static final Bytes LAST_HEAD = selector("lastHead()");
  public static final Bytes CLUSTER_ID = selector("clusterId()");
  public static final Bytes REGISTRY = selector("registry()");
  public static final Bytes ORACLE = selector("oracle()");
  public static final Bytes TICK_SECONDS = selector("tickSeconds()");
  public static final Bytes HANDOVER_LEAD_SECONDS = selector("handoverLeadSeconds()");
  public static final Bytes OPEN_AFTER_SLOTS = selector("openAfterSlots()");
  public static final Bytes GENESIS_BATCH_HASH = selector("genesisBatchHash()");
  private static final Bytes BATCH_HASH = selector("batchHash(uint64)");

  private static final int HEAD_WORDS = 11;
  private static final int PART_WORDS = 4;

  /** Blob hashes in an event; a transaction has at most six (EIP-7594). */
  private static final int MAX_BLOB_HASHES = 64;

  /** Of a forced transaction; the contract takes 8,192. */
  private static final int MAX_FORCED_BYTES = 1 << 16;

  private ClusterInboxAbi() {}

  static Bytes selector(String signature) {
    return Keccak.hash(signature.getBytes(StandardCharsets.US_ASCII)).toBytes().slice(0, 4);
  }

  static Hash32 topic(String signature) {
    return Keccak.hash(signature.getBytes(StandardCharsets.US_ASCII));
  }

  /** Call data of {@code propose(batch)}. */
  public static Bytes encodePropose(Batch batch) {
    AbiWriter out = new AbiWriter().selector(PROPOSE_SELECTOR);
    writeBatch(out, batch);
    return out.toBytes();
  }

  /** Call data of {@code proposeOpen(expected)}. */
  public static Bytes encodeProposeOpen(List<Hash32> expected) {
    AbiWriter out =
        new AbiWriter().selector(selector(PROPOSE_OPEN)).number(32).number(expected.size());
    expected.forEach(out::word);
    return out.toBytes();
  }

  /** Call data of {@code enqueue}; the value sent along is the fee. */
  public static Bytes encodeEnqueue(long rollupId, long gasLimit, Bytes rawTx) {
    return new AbiWriter()
        .selector(selector(ENQUEUE))
        .number(rollupId)
        .number(gasLimit)
        .number(3 * 32)
        .bytes(rawTx)
        .toBytes();
  }

  /** Call data of the view {@code forcedFee}: what {@code enqueue} costs now. */
  public static Bytes encodeForcedFee(long rollupId, int lengthBytes, long gasLimit) {
    return new AbiWriter()
        .selector(selector(FORCED_FEE))
        .number(rollupId)
        .number(lengthBytes)
        .number(gasLimit)
        .toBytes();
  }

  /** {@code abi.encode(batch)}. */
  static Bytes encodeBatch(Batch batch) {
    AbiWriter out = new AbiWriter();
    writeBatch(out, batch);
    return out.toBytes();
  }

  private static void writeBatch(AbiWriter out, Batch batch) {
    long expectedAt = HEAD_WORDS * 32L;
    long carriedAt = expectedAt + 32L * (1 + batch.expected().size());
    long rollupsAt = carriedAt + 32L * (1 + PART_WORDS * batch.carried().size());
    out.number(32)
        .number(expectedAt)
        .number(batch.windowSlot().value())
        .number(carriedAt)
        .number(batch.firstTick())
        .number(batch.lastTick())
        .number(batch.anchorNumber())
        .word(batch.anchorHash())
        .number(batch.msgTo())
        .word(batch.headersRoot())
        .number(rollupsAt)
        .number(batch.blobCount());
    out.number(batch.expected().size());
    batch.expected().forEach(out::word);
    out.number(batch.carried().size());
    for (Carried c : batch.carried()) {
      out.number(c.windowSlot().value())
          .number(c.operatorId())
          .number(c.firstTick())
          .number(c.lastTick());
    }
    out.number(batch.rollups().size());
    for (RollupPart r : batch.rollups()) {
      out.number(r.rollupId())
          .word(r.lastBlockHash())
          .number(r.offsetBytes())
          .number(r.lengthBytes());
    }
  }

  /**
   * Decodes call data of {@code propose}.
   *
   * @throws DecodeException on anything but the canonical encoding of a batch within its bounds
   */
  public static Batch decodePropose(Bytes callData) throws DecodeException {
    if (callData.size() < 4 || !callData.slice(0, 4).equals(PROPOSE_SELECTOR)) {
      throw new DecodeException("not a call of propose");
    }
    AbiReader in = new AbiReader(callData, 4);
    in.offset(32);
    in.offset(HEAD_WORDS * 32L);
    Slot windowSlot = new Slot(in.uint63());
    long carriedAt = in.uint63();
    long firstTick = in.uint63();
    long lastTick = in.uint63();
    long anchorNumber = in.uint63();
    Hash32 anchorHash = in.word();
    long msgTo = in.uint63();
    Hash32 headersRoot = in.word();
    long rollupsAt = in.uint63();
    int blobCount = in.uint31();
    if (blobCount > 255) {
      throw new DecodeException("blob count " + blobCount + " is no uint8");
    }
    int expectedCount = in.count(Batch.MAX_EXPECTED);
    List<Hash32> expected = new ArrayList<>(expectedCount);
    for (int i = 0; i < expectedCount; i++) {
      expected.add(in.word());
    }
    requireOffset("carried", carriedAt, 32L * (HEAD_WORDS + 1 + expectedCount));
    int carriedCount = in.count(Batch.MAX_CARRIED);
    List<Carried> carried = new ArrayList<>(carriedCount);
    for (int i = 0; i < carriedCount; i++) {
      carried.add(new Carried(new Slot(in.uint63()), in.uint31(), in.uint63(), in.uint63()));
    }
    requireOffset(
        "rollups",
        rollupsAt,
        32L * (HEAD_WORDS + 2 + expectedCount + (long) PART_WORDS * carriedCount));
    int rollupCount = in.count(Batch.MAX_ROLLUPS);
    List<RollupPart> rollups = new ArrayList<>(rollupCount);
    for (int i = 0; i < rollupCount; i++) {
      rollups.add(new RollupPart(in.uint63(), in.word(), in.uint31(), in.uint31()));
    }
    in.end();
    return new Batch(
        expected,
        windowSlot,
        carried,
        firstTick,
        lastTick,
        anchorNumber,
        anchorHash,
        msgTo,
        headersRoot,
        rollups,
        blobCount);
  }

  private static void requireOffset(String name, long found, long canonical)
      throws DecodeException {
    if (found != canonical) {
      throw new DecodeException(
          "ABI offset of " + name + " is " + found + ", canonical is " + canonical);
    }
  }

  /** Decodes the event; the log must be one of the Inbox. */
  public static BatchProposed decodeBatchProposed(Log log) throws DecodeException {
    if (log.topics().size() != 3 || !log.topics().getFirst().equals(BATCH_PROPOSED_TOPIC)) {
      throw new DecodeException("not a BatchProposed event");
    }
    long batchIndex = new AbiReader(log.topics().get(1).toBytes()).uint63();
    int operatorId = new AbiReader(log.topics().get(2).toBytes()).uint31();
    AbiReader in = new AbiReader(log.data());
    Slot windowSlot = new Slot(in.uint63());
    Hash32 batchHash = in.word();
    Hash32 declaredHead = in.word();
    in.offset(5 * 32L);
    long committersAt = in.uint63();
    int count = in.count(MAX_BLOB_HASHES);
    List<Hash32> blobHashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      blobHashes.add(in.word());
    }
    requireOffset("committers", committersAt, 32L * (6 + count));
    int committerCount = in.count(Batch.MAX_CARRIED);
    List<Address> committers = new ArrayList<>(committerCount);
    for (int i = 0; i < committerCount; i++) {
      committers.add(in.address());
    }
    in.end();
    return new BatchProposed(
        batchIndex, operatorId, windowSlot, batchHash, declaredHead, blobHashes, committers);
  }

  /** Decodes either event that moves the Inbox's head; the log must be one of the Inbox. */
  public static InboxEvent decodeInboxEvent(Log log) throws DecodeException {
    return !log.topics().isEmpty() && log.topics().getFirst().equals(OPEN_BLOCK_PROPOSED_TOPIC)
        ? decodeOpenBlockProposed(log)
        : decodeBatchProposed(log);
  }

  /** Decodes the event; the log must be one of the Inbox. */
  public static OpenBlockProposed decodeOpenBlockProposed(Log log) throws DecodeException {
    if (log.topics().size() != 2 || !log.topics().getFirst().equals(OPEN_BLOCK_PROPOSED_TOPIC)) {
      throw new DecodeException("not an OpenBlockProposed event");
    }
    long batchIndex = new AbiReader(log.topics().get(1).toBytes()).uint63();
    AbiReader in = new AbiReader(log.data());
    Slot windowSlot = new Slot(in.uint63());
    long tick = in.uint63();
    Hash32 batchHash = in.word();
    in.end();
    return new OpenBlockProposed(batchIndex, windowSlot, tick, batchHash);
  }

  /** Decodes the event; the log must be one of the Inbox. */
  public static ForcedEnqueued decodeForcedEnqueued(Log log) throws DecodeException {
    if (log.topics().size() != 3 || !log.topics().getFirst().equals(FORCED_ENQUEUED_TOPIC)) {
      throw new DecodeException("not a ForcedEnqueued event");
    }
    long rollupId = new AbiReader(log.topics().get(1).toBytes()).uint63();
    long index = new AbiReader(log.topics().get(2).toBytes()).uint63();
    AbiReader in = new AbiReader(log.data());
    long gasLimit = in.uint63();
    in.offset(2 * 32L);
    Bytes rawTx = in.bytes(MAX_FORCED_BYTES);
    in.end();
    return new ForcedEnqueued(rollupId, index, gasLimit, rawTx);
  }

  /** {@code keccak256(abi.encode(bytes32[]))} of the rollups' last block hashes, in their order. */
  public static Hash32 headOf(List<Hash32> lastBlockHashes) {
    AbiWriter out = new AbiWriter().number(32).number(lastBlockHashes.size());
    lastBlockHashes.forEach(out::word);
    return Keccak.hash(out.toBytes());
  }

  /** The head that the Inbox records for {@code batch}. */
  public static Hash32 declaredHead(Batch batch) {
    return headOf(batch.rollups().stream().map(RollupPart::lastBlockHash).toList());
  }

  /**
   * The batch hash as the Inbox chains it onto {@code lastBatchHash}.
   *
   * @param committers who must have sealed the carried ranges, as the Inbox logged them
   */
  public static Hash32 batchHash(
      Hash32 lastBatchHash,
      Batch batch,
      List<Hash32> blobHashes,
      int operatorId,
      List<Address> committers) {
    AbiWriter out =
        new AbiWriter()
            .word(lastBatchHash)
            .word(Keccak.hash(encodeBatch(batch)))
            .number(5 * 32)
            .number(operatorId)
            .number((6 + blobHashes.size()) * 32L)
            .number(blobHashes.size());
    blobHashes.forEach(out::word);
    out.number(committers.size());
    committers.forEach(out::address);
    return Keccak.hash(out.toBytes());
  }

  /** The batch hash after an open block. */
  public static Hash32 openBlockHash(Hash32 lastBatchHash, Slot windowSlot, long tick) {
    return Keccak.hash(
        new AbiWriter().word(lastBatchHash).number(windowSlot.value()).number(tick).toBytes());
  }

  /** {@code keccak256(abi.encode(chain id, inbox))}. */
  public static Hash32 clusterId(UInt256 l1ChainId, Address inbox) {
    return Keccak.hash(new AbiWriter().number(l1ChainId).address(inbox).toBytes());
  }

  /** {@code keccak256(abi.encode(clusterId, genesisHead))}: the batch hash before any batch. */
  public static Hash32 genesisBatchHash(Hash32 clusterId, Hash32 genesisHead) {
    return Keccak.hash(new AbiWriter().word(clusterId).word(genesisHead).toBytes());
  }

  /** Call data of the view {@code batchHash(index)}. */
  public static Bytes encodeBatchHash(long batchIndex) {
    return new AbiWriter().selector(BATCH_HASH).number(batchIndex).toBytes();
  }

  /** Reads a view that returns one word. */
  public static Hash32 decodeWord(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    Hash32 word = in.word();
    in.end();
    return word;
  }

  /** Reads a view that returns a uint64. */
  public static long decodeUint64(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    long value = in.uint63();
    in.end();
    return value;
  }

  /** Reads a view that returns an address. */
  public static Address decodeAddress(Bytes returned) throws DecodeException {
    AbiReader in = new AbiReader(returned);
    Address value = in.address();
    in.end();
    return value;
  }
}
