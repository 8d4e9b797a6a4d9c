// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BeaconSide.NewHead;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.state.AccountProof;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.ChainOptions;
import io.lockstep.execution.state.Genesis;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The box's execution chain for the chain-reading RPC methods. Any thread. */
final class BoxChainView implements ChainView {
  /** An empty chain asks for no more. */
  private static final UInt256 TIP_WEI = UInt256.of(1_000_000_000L);

  private final BoxChain box;
  private final ChainDb chain;
  private final Genesis genesis;
  private final List<Consumer<HeadChange>> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Transaction>> waitingListeners = new CopyOnWriteArrayList<>();

  BoxChainView(BoxChain box, Genesis genesis) {
    this.box = box;
    this.chain = box.chain();
    this.genesis = genesis;
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
    return BeaconApi.VERSION;
  }

  @Override
  public BlockHeader genesis() {
    return chain.genesisHeader();
  }

  @Override
  public BlockHeader latest() {
    return chain.head();
  }

  @Override
  public Hash32 latestHash() {
    return chain.headHash();
  }

  @Override
  public BlockHeader safe() {
    return headerOf(box.view().justified());
  }

  @Override
  public BlockHeader finalized() {
    return headerOf(box.view().finalized());
  }

  @Override
  public @Nullable BlockHeader header(Hash32 blockHash) {
    return chain.headerByHash(blockHash);
  }

  @Override
  public @Nullable Hash32 canonicalHash(long number) {
    return chain.canonicalHash(number);
  }

  @Override
  public @Nullable Block block(Hash32 blockHash) {
    return chain.block(blockHash);
  }

  @Override
  public @Nullable List<Receipt> receipts(Hash32 blockHash) {
    return chain.receipts(blockHash);
  }

  @Override
  public @Nullable TxLocation transaction(Hash32 txHash) {
    return chain.transaction(txHash);
  }

  /** The box builds a block at once when its slot begins: nothing is ever open. */
  @Override
  public @Nullable OpenPart open() {
    return null;
  }

  @Override
  public @Nullable Transaction waiting(Hash32 txHash) {
    PooledTx entry = box.pooled(txHash);
    return entry == null ? null : entry.tx();
  }

  @Override
  public long pendingNonce(Address account) {
    return box.withPool(pool -> {
      AccountState state = chain.headState().account(account);
      return pool.nextNonce(account, state == null ? 0 : state.nonce());
    });
  }

  @Override
  public StateReader newestState() {
    return chain.headState();
  }

  @Override
  public @Nullable StateReader stateAt(Hash32 blockHash) {
    return chain.stateAt(blockHash);
  }

  @Override
  public BlockEnv newestEnv() {
    return box.nextEnv();
  }

  @Override
  public LongFunction<Hash32> ancestors(Hash32 parentHash) {
    return chain.ancestorHashes(parentHash);
  }

  @Override
  public @Nullable AccountProof proof(Hash32 blockHash, Address address, List<UInt256> slots) {
    return chain.proof(blockHash, address, slots);
  }

  @Override
  public @Nullable Hash32 stateRoot(Hash32 blockHash, StateDiff diff) {
    return chain.rootAfter(blockHash, diff);
  }

  @Override
  public long oldestState() {
    return chain.oldestState();
  }

  @Override
  public @Nullable Long stateHistoryBlocks() {
    long blocks = chain.historyBlocks();
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

  @Override
  public AutoCloseable onHead(Consumer<HeadChange> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public AutoCloseable onWaiting(Consumer<Transaction> listener) {
    waitingListeners.add(listener);
    return () -> waitingListeners.remove(listener);
  }

  void onTransaction(Transaction tx) {
    waitingListeners.forEach(listener -> listener.accept(tx));
  }

  /** Passes a new beacon head on as the execution blocks that came and went. */
  void onBeaconHead(NewHead change) {
    List<Hash32> removed = new ArrayList<>();
    BeaconBlock old = change.reorgFrom();
    while (old != null && !old.root().equals(change.ancestor().root())) {
      removed.add(old.executionHash());
      old = box.db().block(old.header().parentRoot());
    }
    HeadChange moved = new HeadChange(removed, List.of(change.view().head().executionHash()));
    listeners.forEach(listener -> listener.accept(moved));
  }

  private BlockHeader headerOf(BeaconBlock block) {
    BlockHeader header = chain.headerByHash(block.executionHash());
    if (header == null) {
      throw new IllegalStateException("the box lost execution block " + block.executionHash());
    }
    return header;
  }
}
