// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.primitives.rpc.RpcMethod;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The chain-reading methods of one chain, as execution-apis specify them. Any thread; close it to
 * end the threads of its call pool.
 */
public final class ChainMethods implements AutoCloseable {
  private final Map<String, RpcMethod> methods = new LinkedHashMap<>();
  private final CallPool pool;

  public ChainMethods(ChainView view, CallOptions options) {
    this(view, options, InstantSource.system());
  }

  /** With a clock of its own, by which filters expire. */
  public ChainMethods(ChainView view, CallOptions options, InstantSource clock) {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    pool = new CallPool(threads, options.callTimeoutMs());
    BlockExecutor executor = new BlockExecutor(view.forks(), view.chainId());
    LogSearch logs = new LogSearch(view, options);
    new NodeMethods(view).addTo(methods);
    new BlockMethods(view).addTo(methods);
    new TransactionMethods(view).addTo(methods);
    new StateMethods(view, pool).addTo(methods);
    new FeeMethods(view, pool).addTo(methods);
    CallMethods calls = new CallMethods(view, options, pool, executor);
    calls.addTo(methods);
    new TraceMethods(view, pool, executor, calls).addTo(methods);
    new LogMethods(view, logs, pool, clock, options).addTo(methods);
    new DebugMethods(view).addTo(methods);
    methods.put("eth_simulateV1", new SimulateMethod(view, options, pool, executor));
    methods.put("eth_config", new ConfigMethod(view));
  }

  /** Each method by its name. */
  public Map<String, RpcMethod> methods() {
    return Map.copyOf(methods);
  }

  @Override
  public void close() {
    pool.close();
  }
}
