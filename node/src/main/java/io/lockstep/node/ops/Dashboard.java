// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.ops;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The dashboard: one page that shows what the node's own JSON-RPC answers, without anything from
 * elsewhere. The page asks this server, not the RPC port, so that no cross-origin rule is needed.
 * Any thread.
 */
public final class Dashboard {
  /** What the page shows, in this order; a method the node does not have is left out. */
  static final List<String> METHODS =
      List.of("preconf_status", "rollup_syncStatus", "preconf_schedule", "txpool_status");

  private static final Map<String, String> PAGE_HEADERS =
      Map.of(
          "content-security-policy",
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "cache-control",
          "no-store");

  private final Map<String, RpcMethod> methods = new LinkedHashMap<>();
  private final byte[] page;

  /** A dashboard over the JSON-RPC methods that the node serves. */
  public Dashboard(Map<String, RpcMethod> rpc) {
    for (String name : METHODS) {
      RpcMethod method = rpc.get(name);
      if (method != null) {
        methods.put(name, method);
      }
    }
    page = readPage();
  }

  private static byte[] readPage() {
    try (InputStream in = Dashboard.class.getResourceAsStream("dashboard.html")) {
      if (in == null) {
        throw new IllegalStateException("dashboard.html is not in the build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers {@code GET /}. */
  HttpReply page(HttpRequest request) {
    return new HttpReply.Content(200, "text/html; charset=utf-8", PAGE_HEADERS, page);
  }

  /** Answers {@code GET /status.json}: each method's result, or its error, under its name. */
  HttpReply status(HttpRequest request) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    methods.forEach((name, method) -> {
      try {
        json.set(name, method.call(JsonNodeFactory.instance.arrayNode()));
      } catch (RpcError e) {
        json.putObject(name).put("error", e.text());
      }
    });
    return HttpReply.json(200, json);
  }
}
