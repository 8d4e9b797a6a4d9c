// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.CodeCache;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Opens blocks of one chain. Any thread; what it opens belongs to one. */
public final class BlockExecutor {
  private final ForkSchedule forks;
  private final UInt256 chainId;
  private final CodeCache codes;
  private final Engine engine;

  public BlockExecutor(ForkSchedule forks, UInt256 chainId) {
    this(forks, chainId, new CodeCache());
  }

  /** Shares prepared code with others. */
  public BlockExecutor(ForkSchedule forks, UInt256 chainId, CodeCache codes) {
    this(forks, chainId, codes, Engine.REGISTER);
  }

  /** Also says what runs the code. */
  public BlockExecutor(ForkSchedule forks, UInt256 chainId, CodeCache codes, Engine engine) {
    this.engine = engine;
    this.forks = forks;
    this.chainId = chainId;
    this.codes = codes;
  }

  public ForkSchedule forks() {
    return forks;
  }

  public UInt256 chainId() {
    return chainId;
  }

  CodeCache codes() {
    return codes;
  }

  Engine engine() {
    return engine;
  }

  /** The fork of a block. */
  public Fork fork(BlockEnv env) {
    return forks.at(env.number(), env.timestampSeconds(), env.difficulty());
  }

  /**
   * Opens a block on its parent's state; the system calls at its start have run.
   *
   * @param blockHash hashes of ancestors by number, null for unknown ones
   */
  public OpenBlock open(
      BlockEnv env, StateReader parentState, LongFunction<@Nullable Hash32> blockHash) {
    OpenBlock block = new OpenBlock(this, env, parentState, blockHash);
    block.startOfBlock();
    return block;
  }

  /** Opens a block without the system calls at its start: for state tests. */
  public OpenBlock openBare(
      BlockEnv env, StateReader parentState, LongFunction<@Nullable Hash32> blockHash) {
    return new OpenBlock(this, env, parentState, blockHash);
  }
}
