// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client;

import org.jspecify.annotations.Nullable;

/**
 * An L1 node could not be asked, or its answer is no use. The kind says what the caller may do:
 * temporary kinds are worth another try (another endpoint was already tried), the others are the
 * node's considered answer. The message names the endpoint by host and port only, never by a path
 * or user part, which may hold a key.
 */
public final class L1Exception extends Exception {
  /** What went wrong. */
  public enum Kind {
    /** No connection, or it broke. */
    UNREACHABLE,
    /** No complete answer in time. */
    TIMEOUT,
    /** An answer of the wrong form: HTML, cut-off JSON, a missing field, too many bytes. */
    BAD_ANSWER,
    /** The node says that it cannot serve now: HTTP 429 or 5xx, a rate limit, syncing. */
    BUSY,
    /** The endpoint does not let us in: HTTP 401, 402, 403 or 407. */
    DENIED,
    /** HTTP 4xx: the request itself is refused, or the route does not exist. */
    REFUSED,
    /** A JSON-RPC error object. */
    NODE_ERROR
  }

  private final Kind kind;
  private final int code;
  private final @Nullable String data;

  public L1Exception(Kind kind, String message) {
    this(kind, 0, message, null, null);
  }

  public L1Exception(Kind kind, String message, Throwable cause) {
    this(kind, 0, message, null, cause);
  }

  public L1Exception(
      Kind kind, int code, String message, @Nullable String data, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.code = code;
    this.data = data;
  }

  /** What an HTTP status other than 2xx says. */
  public static Kind kindOf(int httpStatus) {
    return switch (httpStatus) {
      case 401, 402, 403, 407 -> Kind.DENIED;
      case 429 -> Kind.BUSY;
      case 501 -> Kind.REFUSED; // not implemented: asking again does not help
      default -> httpStatus >= 500 ? Kind.BUSY : Kind.REFUSED;
    };
  }

  public Kind kind() {
    return kind;
  }

  /** The HTTP status or the JSON-RPC error code; 0 when there is none. */
  public int code() {
    return code;
  }

  /** The {@code data} of a JSON-RPC error (revert bytes as hex), when it is a string. */
  public @Nullable String data() {
    return data;
  }

  /** Whether the same request may succeed later or elsewhere. */
  public boolean isTemporary() {
    return switch (kind) {
      case UNREACHABLE, TIMEOUT, BAD_ANSWER, BUSY, DENIED -> true;
      case REFUSED, NODE_ERROR -> false;
    };
  }

  /** The message; this exception always has one. Then what other endpoints said before it. */
  public String text() {
    StringBuilder text = new StringBuilder(getMessage() == null ? kind.name() : getMessage());
    for (Throwable earlier : getSuppressed()) {
      if (earlier instanceof L1Exception of) {
        text.append("; ").append(of.text());
      }
    }
    return text.toString();
  }
}
