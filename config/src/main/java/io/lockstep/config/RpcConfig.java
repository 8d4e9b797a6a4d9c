// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * The public JSON-RPC server, HTTP and WebSocket on one port. Any thread.
 *
 * @param host address to listen on
 * @param port TCP port; 0 lets the system choose
 * @param callGasCap gas that one eth_call or eth_estimateGas may use
 * @param callTimeoutMs time that one call may take, milliseconds
 * @param syncTimeoutMs how long eth_sendRawTransactionSync waits unless told, milliseconds
 *     (EIP-7966)
 * @param syncTimeoutMaxMs the longest wait a caller may ask for, milliseconds
 */
public record RpcConfig(
    String host,
    int port,
    long callGasCap,
    long callTimeoutMs,
    long syncTimeoutMs,
    long syncTimeoutMaxMs,
    RpcBounds bounds,
    RpcRates rates,
    RpcAccess access) {}
