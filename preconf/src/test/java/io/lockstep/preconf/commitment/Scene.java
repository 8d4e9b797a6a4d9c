// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Seeded commitments of one cluster whose rollups are 901, 902 and so on; block number = tick. */
public final class Scene {
  public static final long L1_CHAIN_ID = 900;
  public static final long FIRST_ROLLUP = 901;

  private final Random random;
  private final SecretKey key;
  private final SecretKey userKey;
  private final CommitmentDomain domain;
  private final Hash32 clusterId;

  public Scene(long seed) {
    random = new Random(seed);
    key = secretKey();
    userKey = secretKey();
    domain = new CommitmentDomain(L1_CHAIN_ID, address());
    clusterId = CommitmentDomain.clusterId(L1_CHAIN_ID, address());
  }

  public Random random() {
    return random;
  }

  public SecretKey key() {
    return key;
  }

  public CommitmentDomain domain() {
    return domain;
  }

  public Hash32 clusterId() {
    return clusterId;
  }

  public byte[] array(int lengthBytes) {
    byte[] out = new byte[lengthBytes];
    random.nextBytes(out);
    return out;
  }

  public Hash32 hash() {
    return Hash32.of(array(32));
  }

  public Address address() {
    return Address.of(array(20));
  }

  public SecretKey secretKey() {
    byte[] secret = array(32);
    secret[0] = 1;
    return SecretKey.of(secret);
  }

  public Ctx ctx() {
    return new Ctx(random.nextInt(1_000_000), hash(), hash(), random.nextInt(8));
  }

  public Transaction transaction() {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(FIRST_ROLLUP),
            random.nextInt(1_000),
            UInt256.of(random.nextInt(1_000)),
            UInt256.of(random.nextInt(1_000_000)),
            21_000 + random.nextInt(1_000_000),
            address(),
            UInt256.of(random.nextLong()),
            Bytes.wrap(array(random.nextInt(60))))
        .sign(userKey);
  }

  public <T extends SignedObject> Signed<T> sign(T object, Ctx ctx) {
    return sign(object, ctx, key);
  }

  public <T extends SignedObject> Signed<T> sign(T object, Ctx ctx, SecretKey signer) {
    return new Signed<>(object, ctx, Secp256k1.sign(domain.digest(object), signer));
  }

  /** The hash of a rollup's block of a tick; the tick before it has its parent. */
  public Hash32 blockHash(long rollupId, long tick) {
    return Keccak.hash(new AbiWords(2).uint(rollupId).uint(tick).toArray());
  }

  public FragMessage.Part part(long rollupId, long tick, long firstTxIdx, Transaction... txs) {
    return new FragMessage.Part(
        rollupId,
        tick,
        blockHash(rollupId, tick - 1),
        firstTxIdx,
        List.of(txs),
        Stream.generate(this::hash).limit(txs.length).toList());
  }

  public Frag frag(long windowSlot, long tick, long fragIdx, Ctx ctx, Hash32 bodyRoot) {
    return new Frag(
        clusterId, windowSlot, tick, fragIdx, hash(), ctx.hash(), bodyRoot, tick * 1_000 + fragIdx);
  }

  public FragMessage fragMessage(
      long windowSlot, long tick, long fragIdx, Ctx ctx, List<FragMessage.Part> parts) {
    Hash32 bodyRoot = FragMessage.tree(FragMessage.leaves(parts)).root();
    return new FragMessage(sign(frag(windowSlot, tick, fragIdx, ctx, bodyRoot), ctx), 3, parts);
  }

  /** A frag with as many transactions in each of the first rollups as are given. */
  public FragMessage fragMessage(
      long windowSlot, long tick, long fragIdx, Ctx ctx, int... transactions) {
    List<FragMessage.Part> parts = new ArrayList<>();
    for (int i = 0; i < transactions.length; i++) {
      Transaction[] txs =
          Stream.generate(this::transaction).limit(transactions[i]).toArray(Transaction[]::new);
      parts.add(part(FIRST_ROLLUP + i, tick, 1, txs));
    }
    return fragMessage(windowSlot, tick, fragIdx, ctx, parts);
  }

  public Seal seal(long windowSlot, long tick, Ctx ctx, Hash32 blocksRoot, boolean eop) {
    return new Seal(
        clusterId,
        windowSlot,
        tick,
        blocksRoot,
        ctx.hash(),
        UInt256.of(random.nextLong()),
        Hash32.ZERO,
        eop,
        tick * 1_000 + 999);
  }

  /** The seal of a tick in a window whose run began {@code before} ticks earlier. */
  public SealMessage sealMessage(
      long windowSlot, long tick, Ctx ctx, int rollups, int before, SecretKey signer) {
    List<BlockLeaf> run = new ArrayList<>();
    for (long at = tick - before; at <= tick; at++) {
      for (int i = 0; i < rollups; i++) {
        long id = FIRST_ROLLUP + i;
        run.add(new BlockLeaf(at, id, at, blockHash(id, at), blockHash(id, at - 1)));
      }
    }
    MerkleTree tree = new MerkleTree(run.stream().map(BlockLeaf::words).toList());
    List<SealMessage.SealedBlock> blocks = new ArrayList<>();
    for (int i = run.size() - rollups; i < run.size(); i++) {
      blocks.add(
          new SealMessage.SealedBlock(
              run.get(i), tree.path(i), 30_000_000, List.of(transaction(), transaction())));
    }
    return new SealMessage(
        sign(seal(windowSlot, tick, ctx, tree.root(), false), ctx, signer), 3, blocks);
  }

  public SealMessage sealMessage(long windowSlot, long tick, Ctx ctx, int rollups) {
    return sealMessage(windowSlot, tick, ctx, rollups, 3, key);
  }

  public Commitment commitment(FragMessage frag, int leafIndex, @Nullable SealMessage seal) {
    List<TxLeaf> leaves = frag.leaves();
    TxLeaf leaf = leaves.get(leafIndex);
    return new Commitment(
        key.address(),
        frag.frag(),
        leaf,
        FragMessage.tree(leaves).path(leafIndex),
        seal == null ? null : proof(seal, leaf.rollupId()));
  }

  /** A promise, held by its user. */
  public HeldPromise promised(long windowSlot, Ctx ctx, PromiseBody body) {
    Promise promise =
        body instanceof PromiseBody.Inclusion inclusion
            ? Promise.of(
                clusterId,
                windowSlot,
                body,
                UInt256.of(random.nextLong()),
                inclusion.lastTick(),
                ctx.hash(),
                random.nextInt(50))
            : promise(windowSlot, ctx, body, random.nextInt(50));
    return new HeldPromise(key.address(), sign(promise, ctx), body);
  }

  /** A body of each form, about this leaf and what is made up. */
  public List<PromiseBody> bodies(TxLeaf leaf) {
    return List.of(
        new PromiseBody.Inclusion(
            leaf.rollupId(), address(), random.nextInt(1_000), leaf.txHash(), random.nextInt(900)),
        PromiseBody.Execution.of(leaf),
        PromiseBody.Top.of(leaf),
        new PromiseBody.StateLock(
            leaf.rollupId(),
            leaf.number(),
            leaf.parentHash(),
            address(),
            hash(),
            UInt256.of(random.nextLong())));
  }

  public Promise promise(long windowSlot, Ctx ctx, PromiseBody body, long nonce) {
    return Promise.of(
        clusterId,
        windowSlot,
        body,
        UInt256.of(random.nextLong()),
        random.nextInt(1_000_000),
        ctx.hash(),
        nonce);
  }

  private static Commitment.SealProof proof(SealMessage seal, long rollupId) {
    SealMessage.SealedBlock block =
        seal.blocks().stream()
            .filter(b -> b.leaf().rollupId() == rollupId)
            .findFirst()
            .orElseThrow();
    return new Commitment.SealProof(seal.seal(), block.leaf(), block.path());
  }
}
