// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A state and the environment that a call on it runs in. */
record StatePoint(BlockEnv env, StateReader state, Precompiles precompiles) {
  private static StatePoint at(ChainView view, BlockEnv env, StateReader state) {
    return new StatePoint(env, state, Precompiles.of(fork(view, env)));
  }

  static Fork fork(ChainView view, BlockEnv env) {
    return view.forks().at(env.number(), env.timestampSeconds(), env.difficulty());
  }

  /** The same as overrides of state and block have it; either may be null. */
  StatePoint with(
      ChainView view, @Nullable JsonNode stateOverrides, @Nullable JsonNode blockOverrides)
      throws RpcError {
    BlockEnv other = BlockOverrides.apply(blockOverrides, env, view.forks());
    StateOverrides overrides =
        StateOverrides.read(stateOverrides, state, Precompiles.of(fork(view, other)));
    return new StatePoint(other, overrides.over(state), overrides.precompiles());
  }

  /**
   * What a block parameter means for state reads: {@code latest} and {@code pending} include the
   * released part of the open block, anything else is the state after a sealed block.
   */
  static StatePoint of(ChainView view, BlockParam at) throws RpcError {
    if (at.isNewest()) {
      ChainView.OpenPart open = view.open();
      return open == null
          ? at(view, view.newestEnv(), view.newestState())
          : at(view, open.env(), open.state());
    }
    Hash32 hash = at.sealedHash(view);
    BlockHeader header = hash == null ? null : view.header(hash);
    if (hash == null || header == null) {
      throw new RpcError(RpcError.SERVER, "header not found");
    }
    StateReader state = view.stateAt(hash);
    if (state == null) {
      throw RpcError.pruned("the state of block " + header.number());
    }
    return at(view, env(header), state);
  }

  /** The environment that a sealed block ran in. */
  static BlockEnv env(BlockHeader header) {
    Long excess = header.excessBlobGas();
    return new BlockEnv(
        header.number(),
        header.parentHash(),
        header.timestampSeconds(),
        header.coinbase(),
        header.prevRandao(),
        header.difficulty(),
        header.gasLimit(),
        header.baseFeeOrZero(),
        excess == null ? 0 : excess,
        header.parentBeaconBlockRoot(),
        header.extraData());
  }

  /** What BLOCKHASH gives in this environment; nothing before the first block. */
  LongFunction<Hash32> ancestors(ChainView view) {
    return view.header(env.parentHash()) == null
        ? number -> Hash32.ZERO
        : view.ancestors(env.parentHash());
  }
}
