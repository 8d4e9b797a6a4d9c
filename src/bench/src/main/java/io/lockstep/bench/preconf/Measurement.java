// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.config.cli.BenchOptions;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.codec.DecodeException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One run over two WebSockets: one listens to the frags, the other sends. The calling thread sends;
 * frags are checked on the thread that reads them, so that a slow check is part of the latency.
 */
final class Measurement {
  /** Longer than any turn of a devnet: what is in no frag by then was dropped. */
  private static final long LAST_ANSWER_TIMEOUT_MS = 30_000;

  private static final long SUBSCRIBE_TIMEOUT_MS = 5_000;

  /** From here to the first due time, so that the first is not late for the loop's own sake. */
  private static final long LEAD_NS = 100_000_000L;

  private final FragCheck check;
  private final Load load;
  private final Tally tally;
  private final CompletableFuture<String> subscribed = new CompletableFuture<>();
  private volatile long startNs;
  private volatile boolean ended;

  Measurement(FragCheck check, Load load) {
    this.check = check;
    this.load = load;
    this.tally = new Tally(load.size());
  }

  Result run(BenchOptions options, HttpClient client, URI endpoint) throws BenchException {
    try (RpcSocket frags = RpcSocket.open(client, endpoint, this::onFragMessage, this::onEnd);
        RpcSocket calls = RpcSocket.open(client, endpoint, this::onAnswer, this::onEnd)) {
      frags.send(RpcHttp.request(0, "eth_subscribe", "frags"));
      awaitSubscription();
      double loadBefore = loadAverage();
      startNs = System.nanoTime() + LEAD_NS;
      long latestNs = new Sender(load, options.perSecond()).run(calls, startNs);
      if (!tally.awaitAll(LAST_ANSWER_TIMEOUT_MS)) {
        tally.error(
            "not in any frag " + LAST_ANSWER_TIMEOUT_MS / 1000 + " s after the last was due");
      }
      ended = true;
      return Result.of(options, tally, load.size(), latestNs, loadBefore, loadAverage());
    }
  }

  private void awaitSubscription() throws BenchException {
    try {
      String refusal = subscribed.get(SUBSCRIBE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
      if (!refusal.isEmpty()) {
        throw new BenchException("the node refuses the subscription to frags: " + refusal);
      }
    } catch (TimeoutException | ExecutionException e) {
      throw new BenchException("the node does not answer the subscription to frags", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private void onFragMessage(String text) {
    try {
      JsonNode message = RpcHttp.JSON.readTree(text);
      if (!message.has("method")) {
        JsonNode error = message.get("error");
        subscribed.complete(error == null ? "" : error.path("message").asString("no message"));
        return;
      }
      List<TxLeaf> leaves = check.leaves(message.path("params").path("result"));
      tally.frag();
      long afterNs = System.nanoTime() - startNs;
      for (TxLeaf leaf : leaves) {
        int index = load.indexOf(leaf.txHash());
        if (index >= 0) {
          tally.checked(index, afterNs);
        }
      }
    } catch (JacksonException | DecodeException e) {
      tally.fault("bad frag: " + e.getMessage());
    }
  }

  private void onAnswer(String text) {
    try {
      JsonNode error = RpcHttp.JSON.readTree(text).get("error");
      if (error != null) {
        tally.error(error.path("message").asString("an error without a message"));
      }
    } catch (JacksonException e) {
      tally.fault("the answer to a transaction is not JSON: " + e.getOriginalMessage());
    }
  }

  private void onEnd(String why) {
    if (!ended) {
      tally.fault(why);
    }
  }

  private static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
