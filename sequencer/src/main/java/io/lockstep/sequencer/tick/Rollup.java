// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.tick;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.OpenBlock;
import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.Genesis;
import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.inbound.Inbound;
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
  private final Inbound inbound;
  private final InsertionRules rules;
  private final BlockExecutor executor;

  /**
   * @param inbound what L1 has for the rollups
   */
  public Rollup(Genesis genesis, ChainDb chain, Inbound inbound, InsertionRules rules) {
    this.id = genesis.chainId().toLongSaturated();
    this.genesis = genesis;
    this.chain = chain;
    this.inbound = inbound;
    this.rules = rules;
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

  /**
   * Why the block after the head cannot have this gas limit, or null. As everywhere it moves by
   * less than 1/1024 a block; beyond that it keeps room for all that may have to be inserted, and
   * below twice the genesis block's, else whoever posts much could make every block too small to
   * stand, or too large to follow.
   */
  public @Nullable String gasLimitFault(long gasLimit) {
    long parent = chain.head().gasLimit();
    long genesisLimit = chain.genesisHeader().gasLimit();
    long least = Math.min(genesisLimit, InsertionRules.GAS_FOR_ALL_INSERTED);
    if (Math.abs(gasLimit - parent) >= Math.max(1, parent / 1024)) {
      return "gas limit " + gasLimit + " after " + parent;
    }
    return gasLimit < least || gasLimit / 2 > genesisLimit
        ? "gas limit %d, %d to twice %d allowed".formatted(gasLimit, least, genesisLimit)
        : null;
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
        new HeaderExtra(plan.operatorId(), plan.tick(), 0).encoded());
  }

  /**
   * A block that begins with what is inserted.
   *
   * @param forced forced transactions that stand in it, behind the system transaction
   */
  record Begun(OpenBlock block, BlockEnv env, int forced) {}

  /**
   * Opens the block after the head and executes what is inserted; null when the system transaction
   * does not succeed.
   */
  @Nullable Begun open(TickPlan plan, long gasLimit) {
    BlockHeader parent = chain.head();
    StateReader parentState = chain.headState();
    BlockEnv env = env(plan, parent, chain.headHash(), gasLimit);
    Inserted inserted = Inserted.of(id, inbound, rules, plan, gasLimit, parentState);
    OpenBlock block = executor.open(env, parentState, chain.ancestorHashes());
    Transaction first =
        SystemTransaction.build(
            genesis.chainId(),
            env.number(),
            env.baseFeePerGas(),
            gasLimit,
            plan.anchor(),
            HeaderExtra.of(parent).operatorId(),
            inserted);
    if (!(block.execute(first) instanceof TxOutcome.Included included)
        || !included.receipt().success()) {
      return null;
    }
    int forced = 0;
    for (ForcedEnqueued item : inserted.forced()) {
      forced += ForcedTransaction.execute(item, block) ? 1 : 0;
    }
    HeaderExtra extra = new HeaderExtra(plan.operatorId(), plan.tick(), forced);
    return new Begun(block, withExtra(env, extra.encoded()), forced);
  }

  private static BlockEnv withExtra(BlockEnv env, Bytes extraData) {
    return new BlockEnv(
        env.number(),
        env.parentHash(),
        env.timestampSeconds(),
        env.coinbase(),
        env.prevRandao(),
        env.difficulty(),
        env.gasLimit(),
        env.baseFeePerGas(),
        env.excessBlobGas(),
        env.parentBeaconBlockRoot(),
        extraData);
  }
}
