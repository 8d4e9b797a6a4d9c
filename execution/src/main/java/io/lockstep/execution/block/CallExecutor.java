// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.evm.BlockContext;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tries calls for eth_call and eth_estimateGas: no signature, no nonce, no cap of EIP-7825, and no
 * balance needed but for the value and a gas price that was given. Any thread.
 */
public final class CallExecutor {
  private final BlockExecutor executor;

  public CallExecutor(BlockExecutor executor) {
    this.executor = executor;
  }

  public CallResult call(
      CallRequest request,
      BlockEnv env,
      StateReader state,
      LongFunction<@Nullable Hash32> blockHash,
      long gasCap) {
    return call(request, env, state, blockHash, gasCap, null);
  }

  /**
   * The same, watched. Either ends soon with a {@link io.lockstep.execution.evm.StoppedException}
   * when its thread is interrupted.
   */
  public CallResult call(
      CallRequest request,
      BlockEnv env,
      StateReader state,
      LongFunction<@Nullable Hash32> blockHash,
      long gasCap,
      @Nullable Tracer tracer) {
    Precompiles precompiles = Precompiles.of(executor.fork(env));
    return call(request, env, state, blockHash, gasCap, precompiles, tracer, after -> {});
  }

  /**
   * The same with other precompiles than the fork has.
   *
   * @param afterwards is given the state that the call leaves, for this thread alone
   */
  public CallResult call(
      CallRequest request,
      BlockEnv env,
      StateReader state,
      LongFunction<@Nullable Hash32> blockHash,
      long gasCap,
      Precompiles precompiles,
      @Nullable Tracer tracer,
      Consumer<StateReader> afterwards) {
    Fork fork = executor.fork(env);
    Rules rules = Rules.of(fork);
    BlobParams blobs = executor.forks().blobParams(fork);
    BlockContext context = OpenBlock.context(executor, env, fork, blobs, blockHash);
    if (request.gasPrice().isZero()) {
      context = withoutFees(context, !request.blobHashes().isEmpty());
    }
    if (!request.gasPrice().isZero() && request.gasPrice().compareTo(context.baseFee()) < 0) {
      return new CallResult.Refused(
          Reason.FEE_CAP_BELOW_BASE_FEE,
          "max fee per gas less than block base fee: address "
              + request.from()
              + ", maxFeePerGas: "
              + request.gasPrice()
              + ", baseFee: "
              + context.baseFee());
    }
    Long asked = request.gas();
    long gas = asked == null ? gasCap : Math.min(asked, gasCap);
    boolean creates = request.to() == null;
    if (creates && request.data().size() > rules.maxInitCodeBytes) {
      return new CallResult.Refused(
          Reason.MALFORMED,
          "max initcode size exceeded: code size "
              + request.data().size()
              + " limit "
              + rules.maxInitCodeBytes);
    }
    long least =
        IntrinsicGas.least(
            fork, creates, request.data(), request.accessList(), request.authorizations().size());
    if (gas < least) {
      return new CallResult.Refused(
          Reason.INTRINSIC_GAS_TOO_LOW,
          "intrinsic gas too low: gas " + gas + ", minimum needed " + least);
    }
    JournaledState journal = new JournaledState(state, executor.codes());
    UInt256 balance = journal.account(request.from()).balance();
    BigInteger cost =
        BigInteger.valueOf(gas)
            .multiply(request.gasPrice().toBigInteger())
            .add(request.value().toBigInteger())
            .add(
                BigInteger.valueOf(request.blobHashes().size() * BlobParams.GAS_PER_BLOB)
                    .multiply(context.blobBaseFee().toBigInteger()));
    if (balance.toBigInteger().compareTo(cost) < 0) {
      return new CallResult.Refused(
          Reason.INSUFFICIENT_FUNDS,
          "insufficient funds for gas * price + value: address "
              + request.from()
              + " have "
              + balance
              + " want "
              + cost);
    }
    Applied applied =
        new TxApplier(rules, journal, context, executor.engine(), precompiles)
            .stopWhen(Thread.currentThread()::isInterrupted)
            .apply(message(request, gas), tracer);
    afterwards.accept(journal.reader());
    return new CallResult.Ran(
        applied.outcome().status(),
        applied.outcome().output(),
        applied.gasUsed(),
        applied.gasSpent(),
        applied.logs(),
        applied.outcome().created());
  }

  private static TxMessage message(CallRequest request, long gas) {
    return new TxMessage(
        request.from(),
        request.to(),
        request.value(),
        request.data(),
        gas,
        request.gasPrice(),
        request.accessList(),
        request.blobHashes(),
        request.authorizations());
  }

  private static BlockContext withoutFees(BlockContext c, boolean blobs) {
    return new BlockContext(
        c.chainId(),
        c.number(),
        c.timestampSeconds(),
        c.coinbase(),
        c.gasLimit(),
        c.prevRandao(),
        UInt256.ZERO,
        blobs ? UInt256.ZERO : c.blobBaseFee(),
        c.blockHash());
  }
}
