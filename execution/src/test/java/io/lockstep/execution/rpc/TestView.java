// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockImport;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A chain in a store as the RPC methods see it, with an open part that a test can set. */
final class TestView implements ChainView {
  final ChainDb db;
  final Genesis genesis;
  final Map<Hash32, Transaction> waiting = new HashMap<>();
  final List<Consumer<HeadChange>> listeners = new CopyOnWriteArrayList<>();
  final List<Consumer<Transaction>> waitingListeners = new CopyOnWriteArrayList<>();
  volatile @Nullable OpenPart open;
  volatile BlockHeader safe;

  TestView(ChainDb db, Genesis genesis) {
    this.db = db;
    this.genesis = genesis;
    this.safe = db.genesisHeader();
  }

  void headMoved() {
    listeners.forEach(each -> each.accept(new HeadChange(List.of(), List.of(db.headHash()))));
  }

  BlockExecutor executor() {
    return new BlockExecutor(genesis.forks(), genesis.chainId());
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
    return "Lockstep/test";
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
    return safe;
  }

  @Override
  public BlockHeader finalized() {
    return safe;
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
    return open;
  }

  @Override
  public @Nullable Transaction waiting(Hash32 txHash) {
    return waiting.get(txHash);
  }

  @Override
  public long pendingNonce(Address account) {
    AccountState state = newestState().account(account);
    long mine =
        new ArrayList<>(waiting.values())
            .stream().filter(tx -> account.equals(tx.sender())).count();
    return (state == null ? 0 : state.nonce()) + mine;
  }

  @Override
  public StateReader newestState() {
    OpenPart part = open;
    return part == null ? db.headState() : part.state();
  }

  @Override
  public @Nullable StateReader stateAt(Hash32 blockHash) {
    return db.stateAt(blockHash);
  }

  @Override
  public BlockEnv newestEnv() {
    OpenPart part = open;
    return part == null ? BlockImport.env(db.head()) : part.env();
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
    return UInt256.of(7);
  }

  @Override
  public boolean isSyncing() {
    return false;
  }

  @Override
  public int peerCount() {
    return 3;
  }

  @Override
  public AutoCloseable onWaiting(Consumer<Transaction> listener) {
    waitingListeners.add(listener);
    return () -> waitingListeners.remove(listener);
  }

  @Override
  public AutoCloseable onHead(Consumer<HeadChange> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
