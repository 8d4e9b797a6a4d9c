// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.devnet.l1.L1Pool;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockImport;
import io.lockstep.execution.block.BlockResult;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.state.AccountProof;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.ChainOptions;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A chain that was imported block by block, every state of it kept, with a pool as an L1 has. Its
 * head is safe and final. Any thread, once it is imported.
 */
final class ArchiveChain implements ChainView, AutoCloseable {
  private static final String PREFIX = "c";

  /** What common clients advise when a chain asks for no more. */
  private static final UInt256 TIP_WEI = UInt256.of(1_000_000_000);

  private static final long SECONDS_PER_SLOT = 12;

  private final RocksStore store;
  private final Genesis genesis;
  private final ChainDb db;
  private final BlockExecutor executor;
  private final L1Pool pool;

  private ArchiveChain(RocksStore store, Genesis genesis) {
    this.store = store;
    this.genesis = genesis;
    this.db =
        ChainDb.open(
            store, PREFIX, genesis, ChainOptions.DEFAULT.withHistory(ChainOptions.ARCHIVE));
    this.executor = new BlockExecutor(genesis.forks(), genesis.chainId());
    this.pool =
        new L1Pool(
            genesis.forks(), genesis.chainId(), BlobProofs.KZG, db::headState, this::nextEnv);
  }

  /**
   * Imports a chain.
   *
   * @param dir an empty folder for its database
   * @param blocks RLP of its blocks in a row
   * @throws DecodeException naming the block that is malformed or not valid
   */
  static ArchiveChain of(Path dir, Genesis genesis, byte[] blocks)
      throws IOException, DecodeException {
    RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX));
    try {
      ArchiveChain chain = new ArchiveChain(store, genesis);
      RlpReader in = RlpReader.over(blocks);
      while (in.hasNext()) {
        chain.append(Block.decode(in.list()));
      }
      return chain;
    } catch (DecodeException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void append(Block block) throws DecodeException {
    BlockHeader header = block.header();
    if (header.number() == db.genesisHeader().number()
        && header.hash().equals(db.genesisHeader().hash())) {
      return; // some exports begin with the genesis block
    }
    BlockResult result =
        new BlockImport(executor)
            .run(
                db.head(),
                block,
                db.headState(),
                db.ancestorHashes(),
                diff -> db.prepare(diff).stateRoot());
    switch (result) {
      case BlockResult.Invalid(String reason) ->
          throw new DecodeException("block " + header.number() + ": " + reason);
      case BlockResult.Valid(var executed) -> {
        var root = db.prepare(executed.diff());
        if (!root.stateRoot().equals(header.stateRoot())) {
          throw new DecodeException(
              "block %d: state root %s, header says %s"
                  .formatted(header.number(), root.stateRoot(), header.stateRoot()));
        }
        db.append(block, executed.receipts(), root, KeyValueStore.Durability.PROCESS);
      }
    }
  }

  BlockExecutor executor() {
    return executor;
  }

  L1Pool pool() {
    return pool;
  }

  private BlockEnv nextEnv() {
    BlockHeader head = db.head();
    long timestamp = head.timestampSeconds() + SECONDS_PER_SLOT;
    return new BlockEnv(
        head.number() + 1,
        db.headHash(),
        timestamp,
        Address.ZERO,
        Hash32.ZERO,
        UInt256.ZERO,
        head.gasLimit(),
        BlockRules.nextBaseFee(head, forks()),
        BlockRules.nextExcessBlobGas(head, forks(), timestamp),
        Hash32.ZERO,
        Bytes.EMPTY);
  }

  @Override
  public UInt256 chainId() {
    return genesis.chainId();
  }

  @Override
  public ForkSchedule forks() {
    return genesis.forks();
  }

  @Override
  public String clientVersion() {
    return CommandLineParser.version();
  }

  @Override
  public BlockHeader genesis() {
    return db.genesisHeader();
  }

  @Override
  public BlockHeader latest() {
    return db.head();
  }

  @Override
  public Hash32 latestHash() {
    return db.headHash();
  }

  @Override
  public BlockHeader safe() {
    return db.head();
  }

  @Override
  public BlockHeader finalized() {
    return db.head();
  }

  @Override
  public @Nullable BlockHeader header(Hash32 blockHash) {
    return db.headerByHash(blockHash);
  }

  @Override
  public @Nullable Hash32 canonicalHash(long number) {
    return db.canonicalHash(number);
  }

  @Override
  public @Nullable Block block(Hash32 blockHash) {
    return db.block(blockHash);
  }

  @Override
  public @Nullable List<Receipt> receipts(Hash32 blockHash) {
    return db.receipts(blockHash);
  }

  @Override
  public @Nullable TxLocation transaction(Hash32 txHash) {
    return db.transaction(txHash);
  }

  @Override
  public @Nullable OpenPart open() {
    return null;
  }

  @Override
  public @Nullable Transaction waiting(Hash32 txHash) {
    return pool.waiting(txHash);
  }

  @Override
  public long pendingNonce(Address account) {
    return pool.pendingNonce(account);
  }

  @Override
  public StateReader newestState() {
    return db.headState();
  }

  @Override
  public @Nullable StateReader stateAt(Hash32 blockHash) {
    return db.stateAt(blockHash);
  }

  /** The head's own, as common clients run calls. */
  @Override
  public BlockEnv newestEnv() {
    return BlockImport.env(db.head());
  }

  @Override
  public LongFunction<Hash32> ancestors(Hash32 parentHash) {
    return db.ancestorHashes(parentHash);
  }

  @Override
  public @Nullable AccountProof proof(Hash32 blockHash, Address address, List<UInt256> slots) {
    return db.proof(blockHash, address, slots);
  }

  @Override
  public @Nullable Hash32 stateRoot(Hash32 blockHash, StateDiff diff) {
    return db.rootAfter(blockHash, diff);
  }

  @Override
  public long oldestState() {
    return db.oldestState();
  }

  @Override
  public @Nullable Long stateHistoryBlocks() {
    long blocks = db.historyBlocks();
    return blocks == ChainOptions.ARCHIVE ? null : Long.valueOf(blocks);
  }

  @Override
  public UInt256 suggestedTipWei() {
    return TIP_WEI;
  }

  @Override
  public boolean isSyncing() {
    return false;
  }

  @Override
  public int peerCount() {
    return 0;
  }

  /** The head never moves. */
  @Override
  public AutoCloseable onHead(Consumer<HeadChange> listener) {
    return () -> {};
  }

  @Override
  public AutoCloseable onWaiting(Consumer<Transaction> listener) {
    return pool.onWaiting(listener);
  }

  @Override
  public void close() {
    db.close();
    store.close();
  }
}
