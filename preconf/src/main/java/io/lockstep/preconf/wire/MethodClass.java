// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcRates;
import java.util.Set;

/** What a call costs the node, for the limits of rate. */
public enum MethodClass {
  /** Reads one thing. */
  READ,
  /** Runs code, or goes through many blocks. */
  HEAVY,
  /** Brings in a transaction or asks for a promise. */
  WRITE;

  private static final Set<String> HEAVY_METHODS =
      Set.of(
          "eth_call",
          "eth_createAccessList",
          "eth_estimateGas",
          "eth_feeHistory",
          "eth_fillTransaction",
          "eth_getBlockReceipts",
          "eth_getFilterChanges",
          "eth_getFilterLogs",
          "eth_getLogs",
          "eth_getProof",
          "eth_simulateV1",
          "txpool_content",
          "txpool_inspect");

  private static final Set<String> WRITE_METHODS =
      Set.of(
          "commitmentRequest",
          "eth_sendRawTransaction",
          "eth_sendRawTransactionSync",
          "preconf_requestPromise");

  /** The class of a method; one that nobody knows costs as little as a look into the table. */
  static MethodClass of(String method) {
    if (WRITE_METHODS.contains(method)) {
      return WRITE;
    }
    return method.startsWith("debug_") || HEAVY_METHODS.contains(method) ? HEAVY : READ;
  }

  /** Calls a second that one address may make; 0 does not limit. */
  int perSecond(RpcRates rates) {
    return switch (this) {
      case READ -> rates.readPerSecond();
      case HEAVY -> rates.heavyPerSecond();
      case WRITE -> rates.writePerSecond();
    };
  }
}
