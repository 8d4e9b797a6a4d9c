// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.export;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/**
 * The chain of a running node, over JSON-RPC; nothing it says is believed unchecked. One thread.
 */
public final class RemoteChain implements ExportSource {
  private final Calls calls;

  /** One JSON-RPC call. */
  @FunctionalInterface
  public interface Calls {
    /** The result; an error that the endpoint answers is an IOException too. */
    JsonNode call(String method, Object... params) throws IOException;
  }

  public RemoteChain(Calls calls) {
    this.calls = calls;
  }

  @Override
  public JsonNode genesis() throws ExportFailure {
    return call("debug_getGenesis");
  }

  @Override
  public long head() throws ExportFailure {
    String text = call("eth_blockNumber").asString("");
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw nonsense("eth_blockNumber", "\"" + text + "\"", e);
    }
  }

  @Override
  public Hash32 hash(long number) throws ExportFailure {
    return Keccak.hash(bytes("debug_getRawHeader", number));
  }

  @Override
  public Block block(long number) throws ExportFailure {
    try {
      Block block = Block.decode(bytes("debug_getRawBlock", number));
      if (block.header().number() != number) {
        throw new DecodeException("it has the number " + block.header().number());
      }
      return block;
    } catch (DecodeException e) {
      throw nonsense("debug_getRawBlock", "block " + number + ", " + e.getMessage(), e);
    }
  }

  private Bytes bytes(String method, long number) throws ExportFailure {
    String text = call(method, "0x" + Long.toHexString(number)).asString("");
    try {
      return Bytes.fromHex(text);
    } catch (IllegalArgumentException e) {
      throw nonsense(method, "block " + number + ", not hex", e);
    }
  }

  private JsonNode call(String method, Object... params) throws ExportFailure {
    try {
      return calls.call(method, params);
    } catch (IOException e) {
      String which = params.length == 0 ? "" : " " + params[0];
      throw new ExportFailure(
          ExportFailure.Kind.UNAVAILABLE, method + which + ": " + e.getMessage(), e);
    }
  }

  private static ExportFailure nonsense(String method, String what, Exception cause) {
    return new ExportFailure(
        ExportFailure.Kind.UNAVAILABLE, "the answer to " + method + " is wrong: " + what, cause);
  }

  @Override
  public void close() {}
}
