// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.rpc;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A JSON-RPC error answer: what a caller sees, never a stack trace. Codes as execution-apis list
 * them.
 */
public final class RpcError extends Exception {
  public static final int PARSE = -32700;
  public static final int INVALID_REQUEST = -32600;
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL = -32603;

  /** Bad input, a transaction that was refused included: what common clients answer. */
  public static final int SERVER = -32000;

  public static final int RESOURCE_UNAVAILABLE = -32002;
  public static final int LIMIT_EXCEEDED = -32005;

  /** What was asked for was there once and is no longer kept. */
  public static final int PRUNED_HISTORY = 4444;

  /** Execution reverted; data holds the revert bytes. */
  public static final int REVERTED = 3;

  private final int code;
  private final @Nullable JsonNode data;

  public RpcError(int code, String message) {
    this(code, message, null);
  }

  public RpcError(int code, String message, @Nullable JsonNode data) {
    super(message, null, false, false);
    this.code = code;
    this.data = data;
  }

  public static RpcError invalidParams(String message) {
    return new RpcError(INVALID_PARAMS, message);
  }

  /**
   * History that is no longer kept.
   *
   * @param what is missing, in words
   */
  public static RpcError pruned(String what) {
    return new RpcError(PRUNED_HISTORY, "pruned history unavailable: " + what);
  }

  public int code() {
    return code;
  }

  public @Nullable JsonNode data() {
    return data;
  }

  /** The message; an RPC error always has one. */
  public String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
