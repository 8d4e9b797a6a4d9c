// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.state.AccountProof;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One execution chain as the chain-reading RPC methods see it: a rollup of a node, or the L1 in a
 * box. Every answer is of one moment; two calls may see different ones. Any thread.
 */
public interface ChainView {
  UInt256 chainId();

  ForkSchedule forks();

  /** For {@code web3_clientVersion}. */
  String clientVersion();

  BlockHeader genesis();

  /** The sealed head: {@code eth_blockNumber}, blocks and logs at {@code latest}. */
  BlockHeader latest();

  Hash32 latestHash();

  /** Derived from L1 (on L2), the justified block (on L1); the genesis block until then. */
  BlockHeader safe();

  BlockHeader finalized();

  @Nullable BlockHeader header(Hash32 blockHash);

  @Nullable Hash32 canonicalHash(long number);

  @Nullable Block block(Hash32 blockHash);

  @Nullable List<Receipt> receipts(Hash32 blockHash);

  /** Where a transaction stands in a sealed canonical block, or null. */
  @Nullable TxLocation transaction(Hash32 txHash);

  /** What has been released of the block after the head, or null when nothing is open. */
  @Nullable OpenPart open();

  /**
   * The released part of an open block. Its receipts are shown with a block hash of zeros.
   *
   * @param state after everything in it
   */
  record OpenPart(
      BlockEnv env, List<Transaction> transactions, List<Receipt> receipts, StateReader state) {}

  /** A transaction that waits to be included, or null. */
  @Nullable Transaction waiting(Hash32 txHash);

  /** The account's next nonce with waiting transactions counted ({@code pending}). */
  long pendingNonce(Address account);

  /** State for reads at {@code latest} and {@code pending}: the head's and everything released. */
  StateReader newestState();

  /** State after a retained block, or null when it is not (or no longer) here. */
  @Nullable StateReader stateAt(Hash32 blockHash);

  /** The lowest block whose state is retained. */
  long oldestState();

  /** How many states below the head are retained; null when all are. */
  @Nullable Long stateHistoryBlocks();

  /**
   * The environment that calls at {@code latest} and {@code pending} run in: the open or next
   * block's.
   */
  BlockEnv newestEnv();

  /** Hashes of the ancestors of a block whose parent is {@code parentHash}, by number. */
  LongFunction<Hash32> ancestors(Hash32 parentHash);

  /** Proofs for {@code eth_getProof} at a retained block, or null when it is not here. */
  @Nullable AccountProof proof(Hash32 blockHash, Address address, List<UInt256> slots);

  /** The root of the state that a diff makes of a retained block's, or null when it is not here. */
  @Nullable Hash32 stateRoot(Hash32 blockHash, StateDiff diff);

  /** What {@code eth_maxPriorityFeePerGas} advises, wei. */
  UInt256 suggestedTipWei();

  /** Whether the chain is still being caught up with. */
  boolean isSyncing();

  int peerCount();

  /** Tells every change of the sealed head until closed; the listener must not block. */
  AutoCloseable onHead(Consumer<HeadChange> listener);

  /** Tells every transaction that begins to wait here until closed; the listener must not block. */
  AutoCloseable onWaiting(Consumer<Transaction> listener);

  /**
   * The sealed chain's head moved.
   *
   * @param removed hashes of blocks no longer canonical, highest first
   * @param added hashes of new canonical blocks, lowest first
   */
  record HeadChange(List<Hash32> removed, List<Hash32> added) {
    public HeadChange {
      removed = List.copyOf(removed);
      added = List.copyOf(added);
    }
  }
}
