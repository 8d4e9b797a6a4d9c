// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.ops;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The named checks that make a node healthy. Filled by one thread before the server starts; checks
 * run on the server's worker threads, so they read snapshots and do not wait.
 */
public final class Health {
  private final Map<String, Supplier<Verdict>> checks = new LinkedHashMap<>();

  /** What a check found. */
  public sealed interface Verdict {
    /** As it should be. */
    record Passing(String detail) implements Verdict {}

    /** The node cannot do its work; {@code reason} says what, value and limit. */
    record Failing(String reason) implements Verdict {}
  }

  /** Adds a check. */
  public Health check(String name, Supplier<Verdict> check) {
    if (checks.putIfAbsent(name, check) != null) {
      throw new IllegalArgumentException("two health checks named " + name);
    }
    return this;
  }

  /** Answers {@code GET /health}: status 200 when every check passes, else 503. */
  HttpReply handle(HttpRequest request) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    boolean isHealthy = true;
    for (Map.Entry<String, Supplier<Verdict>> check : checks.entrySet()) {
      ObjectNode result = results.putObject(check.getKey());
      switch (check.getValue().get()) {
        case Verdict.Passing passing -> result.put("ok", true).put("detail", passing.detail());
        case Verdict.Failing failing -> {
          isHealthy = false;
          result.put("ok", false).put("detail", failing.reason());
        }
      }
    }
    json.put("status", isHealthy ? "ok" : "failing").set("checks", results);
    return HttpReply.json(isHealthy ? 200 : 503, json);
  }
}
