// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.intake;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Hash32;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Blocks of a chain as its JSON-RPC shows them, looked through for transactions. One thread. */
final class Chain {
  private static final long POLL_MS = 20;
  private static final long STALL_MS = 60_000;

  private final RpcHttp rpc;
  private long nextNumber;

  /** Blocks that had a sought transaction, by number, with their hashes. */
  private final Map<Long, String> found = new TreeMap<>();

  /** Looks from the block after the present head on. */
  Chain(RpcHttp rpc) throws BenchException {
    this.rpc = rpc;
    this.nextNumber = rpc.quantity("eth_blockNumber").toLongSaturated() + 1;
  }

  /**
   * Waits until all of {@code sought} are in blocks, and takes them out of it.
   *
   * @return when the last was seen, {@link System#nanoTime()}
   */
  long awaitAll(Set<Hash32> sought) throws BenchException {
    long lastFoundNs = System.nanoTime();
    while (!sought.isEmpty()) {
      JsonNode block = block("0x" + Long.toHexString(nextNumber));
      if (block.isObject()) {
        nextNumber++;
        if (look(block, sought)) {
          lastFoundNs = System.nanoTime();
        }
      } else if (System.nanoTime() - lastFoundNs > STALL_MS * 1_000_000) {
        throw new BenchException(sought.size() + " transactions came into no block");
      } else {
        pause(POLL_MS);
      }
    }
    return lastFoundNs;
  }

  private boolean look(JsonNode block, Set<Hash32> sought) throws BenchException {
    boolean any = false;
    for (JsonNode tx : block.path("transactions")) {
      any |= sought.remove(Hash32.fromHex(tx.asString("")));
    }
    if (any) {
      found.put(number(block), block.path("hash").asString(""));
    }
    return any;
  }

  /**
   * Waits until what was found is safe, which means derived from L1, in the same blocks.
   *
   * @return how long it took, milliseconds
   */
  long awaitSafe(long timeoutMs) throws BenchException {
    long startNs = System.nanoTime();
    long last = found.keySet().stream().mapToLong(n -> n).max().orElse(0);
    while (number(block("safe")) < last) {
      if (System.nanoTime() - startNs > timeoutMs * 1_000_000) {
        throw new BenchException("block " + last + " is not on L1 after " + timeoutMs + " ms");
      }
      pause(POLL_MS);
    }
    for (Map.Entry<Long, String> seen : found.entrySet()) {
      String hash = block("0x" + Long.toHexString(seen.getKey())).path("hash").asString("");
      if (!hash.equals(seen.getValue())) {
        throw new BenchException("block " + seen.getKey() + " is another on L1 than was sealed");
      }
    }
    return (System.nanoTime() - startNs) / 1_000_000;
  }

  int blocks() {
    return found.size();
  }

  private JsonNode block(String which) throws BenchException {
    return rpc.post(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[\""
                + which
                + "\",false]}")
        .path("result");
  }

  private static long number(JsonNode block) throws BenchException {
    try {
      return Params.quantity(block.path("number"), "number").toLongSaturated();
    } catch (RpcError e) {
      throw new BenchException("a block without a number: " + block, e);
    }
  }

  static void pause(long ms) throws BenchException {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }
}
