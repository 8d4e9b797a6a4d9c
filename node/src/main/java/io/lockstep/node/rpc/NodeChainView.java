// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.rpc.OpenBlockFeed;
import io.lockstep.execution.state.AccountProof;
import io.lockstep.execution.state.ChainOptions;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.head.RollupView;
import io.lockstep.sequencer.tick.Rollup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One rollup of this node for the chain-reading RPC methods. Any thread. */
public final class NodeChainView implements ChainView {
  private static final UInt256 SUGGESTED_TIP_WEI = UInt256.of(1_000_000);
  private static final int MAX_WALK_BLOCKS = 4_096;

  private final Rollup rollup;
  private final Supplier<NodeView> view;
  private final PoolReads pool;
  private final Streams streams;
  private final IntSupplier peers;
  private final LongSupplier clockMs;
  private final String clientVersion;
  private final List<Consumer<HeadChange>> listeners = new CopyOnWriteArrayList<>();
  private final OpenBlockFeed openBlocks = new OpenBlockFeed(this);

  public NodeChainView(
      Rollup rollup,
      Supplier<NodeView> view,
      PoolReads pool,
      Streams streams,
      IntSupplier peers,
      LongSupplier clockMs,
      String clientVersion) {
    this.rollup = rollup;
    this.view = view;
    this.pool = pool;
    this.streams = streams;
    this.peers = peers;
    this.clockMs = clockMs;
    this.clientVersion = clientVersion;
  }

  private RollupView now() {
    RollupView current = view.get().rollup(rollup.id());
    if (current == null) {
      throw new IllegalStateException("rollup " + rollup.id() + " is not in the picture");
    }
    return current;
  }

  @Override
  public UInt256 chainId() {
    return rollup.genesis().chainId();
  }

  @Override
  public ForkSchedule forks() {
    return rollup.genesis().forks();
  }

  @Override
  public String clientVersion() {
    return clientVersion;
  }

  @Override
  public BlockHeader genesis() {
    return rollup.chain().genesisHeader();
  }

  @Override
  public BlockHeader latest() {
    return now().head();
  }

  @Override
  public Hash32 latestHash() {
    return now().headHash();
  }

  @Override
  public BlockHeader safe() {
    return now().safe();
  }

  @Override
  public BlockHeader finalized() {
    return now().finalized();
  }

  @Override
  public @Nullable BlockHeader header(Hash32 blockHash) {
    return rollup.chain().headerByHash(blockHash);
  }

  @Override
  public @Nullable Hash32 canonicalHash(long number) {
    RollupView current = now();
    return number > current.head().number() ? null : rollup.chain().canonicalHash(number);
  }

  @Override
  public @Nullable Block block(Hash32 blockHash) {
    return rollup.chain().block(blockHash);
  }

  @Override
  public @Nullable List<Receipt> receipts(Hash32 blockHash) {
    return rollup.chain().receipts(blockHash);
  }

  @Override
  public @Nullable TxLocation transaction(Hash32 txHash) {
    return rollup.chain().transaction(txHash);
  }

  @Override
  public @Nullable OpenPart open() {
    return open(now());
  }

  private static @Nullable OpenPart open(RollupView picture) {
    RollupView.OpenView open = picture.open();
    return open == null
        ? null
        : new OpenPart(open.env(), open.transactions(), open.receipts(), open.state());
  }

  @Override
  public @Nullable Transaction waiting(Hash32 txHash) {
    return pool.waiting(rollup.id(), txHash);
  }

  @Override
  public long pendingNonce(Address account) {
    return pool.pendingNonce(rollup.id(), account).orElseGet(() -> stateNonce(account));
  }

  private long stateNonce(Address account) {
    AccountState state = newestState().account(account);
    return state == null ? 0 : state.nonce();
  }

  @Override
  public StateReader newestState() {
    return now().newestState();
  }

  @Override
  public @Nullable StateReader stateAt(Hash32 blockHash) {
    return rollup.chain().stateAt(blockHash);
  }

  @Override
  public BlockEnv newestEnv() {
    RollupView current = now();
    RollupView.OpenView open = current.open();
    if (open != null) {
      return open.env();
    }
    BlockHeader head = current.head();
    long nowSeconds = Math.floorDiv(clockMs.getAsLong(), 1000);
    return new BlockEnv(
        head.number() + 1,
        current.headHash(),
        Math.max(nowSeconds, head.timestampSeconds() + 1),
        Rollup.FEE_VAULT,
        head.prevRandao(),
        UInt256.ZERO,
        head.gasLimit(),
        BlockRules.nextBaseFee(head, forks()),
        0,
        head.parentBeaconBlockRoot(),
        Bytes.EMPTY);
  }

  @Override
  public LongFunction<Hash32> ancestors(Hash32 parentHash) {
    return rollup.chain().ancestorHashes(parentHash);
  }

  @Override
  public @Nullable AccountProof proof(Hash32 blockHash, Address address, List<UInt256> slots) {
    return rollup.chain().proof(blockHash, address, slots);
  }

  @Override
  public @Nullable Hash32 stateRoot(Hash32 blockHash, StateDiff diff) {
    return rollup.chain().rootAfter(blockHash, diff);
  }

  @Override
  public long oldestState() {
    return rollup.chain().oldestState();
  }

  @Override
  public @Nullable Long stateHistoryBlocks() {
    long blocks = rollup.chain().historyBlocks();
    return blocks == ChainOptions.ARCHIVE ? null : Long.valueOf(blocks);
  }

  @Override
  public UInt256 suggestedTipWei() {
    return SUGGESTED_TIP_WEI;
  }

  @Override
  public boolean isSyncing() {
    return view.get().status().state() == NodeStatus.State.SYNCING;
  }

  @Override
  public int peerCount() {
    return peers.getAsInt();
  }

  @Override
  public AutoCloseable onHead(Consumer<HeadChange> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public AutoCloseable onWaiting(Consumer<Transaction> listener) {
    return streams.onWaiting(rollup.id(), listener);
  }

  /** How the open block grows. */
  public OpenBlockFeed openBlocks() {
    return openBlocks;
  }

  /** Tells the listeners what changed between two pictures; on the streams' thread. */
  public void onViews(NodeView before, NodeView after) {
    RollupView old = before.rollup(rollup.id());
    RollupView fresh = after.rollup(rollup.id());
    if (old == null || fresh == null) {
      return;
    }
    if (!old.headHash().equals(fresh.headHash())) {
      List<Hash32> removed = new ArrayList<>();
      List<Hash32> added = new ArrayList<>();
      walk(old, fresh, removed, added);
      HeadChange change = new HeadChange(removed, added.reversed());
      openBlocks.sealed(change);
      listeners.forEach(listener -> listener.accept(change));
    }
    openBlocks.opened(open(fresh));
  }

  /** From both heads down to the block they have in common. */
  private void walk(RollupView old, RollupView fresh, List<Hash32> removed, List<Hash32> added) {
    Hash32 a = old.headHash();
    Hash32 b = fresh.headHash();
    BlockHeader left = old.head();
    BlockHeader right = fresh.head();
    while (!a.equals(b) && removed.size() + added.size() < MAX_WALK_BLOCKS) {
      if (left.number() > right.number()) {
        removed.add(a);
        a = left.parentHash();
        left = headerOrGenesis(a);
      } else {
        added.add(b);
        b = right.parentHash();
        right = headerOrGenesis(b);
      }
    }
  }

  private BlockHeader headerOrGenesis(Hash32 hash) {
    BlockHeader header = rollup.chain().headerByHash(hash);
    return header == null ? rollup.chain().genesisHeader() : header;
  }
}
