// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * One rollup of the cluster: its chain and the rules of its blocks. Owner: the sequencing thread.
 */
public final class Rollup {
  /** The FeeVault predeploy, coinbase of every block. */
  public static final Address FEE_VAULT =
      Address.fromHex("0x4c6f636b73746570000000000000000000000003");

  private final long id;
  private final Genesis genesis;
  private final ChainDb chain;
  private final BlockExecutor executor;

  public Rollup(Genesis genesis, ChainDb chain) {
    this.id = genesis.chainId().toLongSaturated();
    this.genesis = genesis;
    this.chain = chain;
    this.executor = new BlockExecutor(genesis.forks(), genesis.chainId());
  }

  /** The rollup's chain id, its name everywhere. */
  public long id() {
    return id;
  }

  public Genesis genesis() {
    return genesis;
  }

  public ChainDb chain() {
    return chain;
  }

  /** The gas limit that a block of ours has: the parent's, as it stands since genesis. */
  public long nextGasLimit() {
    return chain.head().gasLimit();
  }

  /** What {@code plan} makes of the block after {@code parent} (protocol §2.1). */
  public BlockEnv env(TickPlan plan, BlockHeader parent, Hash32 parentHash, long gasLimit) {
    long number = parent.number() + 1;
    return new BlockEnv(
        number,
        parentHash,
        plan.timestampSeconds(),
        FEE_VAULT,
        Keccak.hash(new AbiWords(2).word(plan.anchor().prevRandao()).uint(number).toArray()),
        UInt256.ZERO,
        gasLimit,
        BlockRules.nextBaseFee(parent, genesis.forks()),
        0,
        plan.anchor().parentBeaconBlockRoot(),
        new HeaderExtra(plan.operatorId(), plan.tick()).encoded());
  }

  /**
   * Opens the block after the head and runs its system transaction; null when that does not
   * succeed.
   */
  @Nullable OpenBlock open(TickPlan plan, long gasLimit) {
    BlockHeader parent = chain.head();
    BlockEnv env = env(plan, parent, chain.headHash(), gasLimit);
    OpenBlock block = executor.open(env, chain.headState(), chain.ancestorHashes());
    TxOutcome outcome = block.execute(systemTransaction(plan, parent, env));
    return outcome instanceof TxOutcome.Included included && included.receipt().success()
        ? block
        : null;
  }

  /** The system transaction that a block with this environment begins with. */
  public Transaction systemTransaction(TickPlan plan, BlockHeader parent, BlockEnv env) {
    return SystemTransaction.build(
        genesis.chainId(),
        env.number(),
        env.baseFeePerGas(),
        env.gasLimit(),
        plan.anchor(),
        HeaderExtra.of(parent).operatorId());
  }
}
