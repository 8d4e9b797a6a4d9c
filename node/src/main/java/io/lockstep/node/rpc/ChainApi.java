// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.execution.rpc.CallOptions;
import io.lockstep.execution.rpc.ChainMethods;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.rpc.PoolMethods;
import io.lockstep.execution.rpc.PoolView;
import io.lockstep.primitives.rpc.RpcMethod;
import java.util.Map;
import java.util.TreeMap;

/**
 * The standard methods of one chain, all in one table: reading, sending, the pool. Any thread;
 * close it to end the threads of its calls.
 */
public final class ChainApi implements AutoCloseable {
  private final ChainMethods reading;
  private final Map<String, RpcMethod> methods;

  public ChainApi(ChainView view, PoolView pool, TxGate gate, SyncDesk desk, Options options) {
    reading = new ChainMethods(view, options.calls());
    methods = new TreeMap<>(reading.methods());
    new TxMethods(view, gate, desk, options.sync()).addTo(methods);
    new PoolMethods(pool).addTo(methods);
  }

  /** Bounds of calls, and how long sending waits for a receipt. */
  public record Options(CallOptions calls, TxMethods.Timeouts sync) {}

  /** Each method by its name. */
  public Map<String, RpcMethod> methods() {
    return Map.copyOf(methods);
  }

  @Override
  public void close() {
    reading.close();
  }
}
