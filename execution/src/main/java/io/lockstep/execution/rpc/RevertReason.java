// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what Solidity's {@code require}, {@code revert} and {@code assert} return. */
final class RevertReason {
  private static final Bytes ERROR = Bytes.fromHex("0x08c379a0");
  private static final Bytes PANIC = Bytes.fromHex("0x4e487b71");
  private static final int MAX_CHARS = 4_096;

  private RevertReason() {}

  /** The answer to a call that reverted: code 3, with the reason in words where there is one. */
  static RpcError error(Bytes output) {
    String reason = text(output);
    return new RpcError(
        RpcError.REVERTED,
        reason == null ? "execution reverted" : "execution reverted: " + reason,
        RpcJson.bytes(output));
  }

  private static @Nullable String text(Bytes output) {
    if (output.size() < 4 + 32) {
      return null;
    }
    Bytes selector = output.slice(0, 4);
    if (selector.equals(PANIC)) {
      return output.size() == 4 + 32 ? panic(word(output, 4)) : null;
    }
    return selector.equals(ERROR) ? string(output) : null;
  }

  private static UInt256 word(Bytes output, int offset) {
    return UInt256.read(output.unsafeArray(), offset);
  }

  /** The single argument of {@code Error(string)}, or null when it is not well formed. */
  private static @Nullable String string(Bytes output) {
    long offset = 4 + Math.min(word(output, 4).toLongSaturated(), Integer.MAX_VALUE);
    if (offset + 32 > output.size()) {
      return null;
    }
    long length = word(output, (int) offset).toLongSaturated();
    if (length > output.size() - offset - 32) {
      return null;
    }
    int from = (int) offset + 32;
    String text = new String(output.unsafeArray(), from, (int) length, StandardCharsets.UTF_8);
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "…";
  }

  /** Solidity documentation, "Panic via assert and Error via require", in geth's words. */
  private static String panic(UInt256 code) {
    return switch ((int) code.toLongSaturated()) {
      case 0x00 -> "generic panic";
      case 0x01 -> "assert(false)";
      case 0x11 -> "arithmetic underflow or overflow";
      case 0x12 -> "division or modulo by zero";
      case 0x21 -> "enum overflow";
      case 0x22 -> "invalid encoded storage byte array accessed";
      case 0x31 -> "out-of-bounds array access; popping on an empty array";
      case 0x32 -> "out-of-bounds access of an array or bytesN";
      case 0x41 -> "out of memory";
      case 0x51 -> "uninitialized function";
      default -> "unknown panic code: " + code.toQuantity();
    };
  }
}
