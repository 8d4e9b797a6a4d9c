// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.types.Bytes;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of path templates like {@code /eth/v1/beacon/blocks/{block_id}}; a literal segment wins
 * over a parameter. Filled by one thread before the server starts, only read afterwards.
 */
public final class Routes {
  private final Node root = new Node();

  private static final class Node {
    final Map<String, Node> literals = new LinkedHashMap<>();
    @Nullable Node any;
    final Map<String, Target> targets = new LinkedHashMap<>();
  }

  /** A handler with the names of its template's parameters, left to right. */
  private record Target(HttpHandler handler, List<String> names) {}

  /** What a path leads to. */
  sealed interface Match {
    record Found(HttpHandler handler, Map<String, String> pathParams) implements Match {}

    /** The path exists, but not for this method. */
    record OtherMethods(List<String> allowed) implements Match {}

    record None() implements Match {}
  }

  public Routes get(String template, HttpHandler handler) {
    return add("GET", template, handler);
  }

  public Routes post(String template, HttpHandler handler) {
    return add("POST", template, handler);
  }

  private Routes add(String method, String template, HttpHandler handler) {
    Node node = root;
    List<String> names = new ArrayList<>();
    for (String segment : split(template)) {
      if (segment.startsWith("{") && segment.endsWith("}")) {
        names.add(segment.substring(1, segment.length() - 1));
        Node next = node.any == null ? new Node() : node.any;
        node.any = next;
        node = next;
      } else {
        node = node.literals.computeIfAbsent(segment, s -> new Node());
      }
    }
    if (node.targets.putIfAbsent(method, new Target(handler, List.copyOf(names))) != null) {
      throw new IllegalArgumentException("two routes for " + method + " " + template);
    }
    return this;
  }

  /**
   * Answers a request of the same process, on the calling thread, as the server would.
   *
   * @param uri path and query
   * @param headers names in lower case
   */
  public HttpReply answer(String method, URI uri, Map<String, String> headers, Bytes body) {
    Map<String, List<String>> query = new QueryStringDecoder(uri).parameters();
    return switch (find(method, uri.getPath())) {
      case Match.Found(HttpHandler handler, Map<String, String> pathParams) ->
          handler.handle(new HttpRequest(method, uri.getPath(), pathParams, query, headers, body));
      case Match.OtherMethods _ -> HttpReply.error(405, "method not allowed");
      case Match.None _ -> HttpReply.error(404, "no such path");
    };
  }

  /** Finds the route of an already decoded path. */
  Match find(String method, String path) {
    List<String> values = new ArrayList<>();
    Node node = walk(root, split(path), 0, values);
    if (node == null) {
      return new Match.None();
    }
    Target target = node.targets.get(method);
    if (target == null) {
      return new Match.OtherMethods(List.copyOf(node.targets.keySet()));
    }
    Map<String, String> params = new LinkedHashMap<>();
    for (int i = 0; i < target.names.size(); i++) {
      params.put(target.names.get(i), values.get(i));
    }
    return new Match.Found(target.handler, Map.copyOf(params));
  }

  /** Depth-first, literals before the parameter; null when nothing with a target fits. */
  private static @Nullable Node walk(Node node, List<String> path, int at, List<String> values) {
    if (at == path.size()) {
      return node.targets.isEmpty() ? null : node;
    }
    String segment = path.get(at);
    Node literal = node.literals.get(segment);
    if (literal != null) {
      Node found = walk(literal, path, at + 1, values);
      if (found != null) {
        return found;
      }
    }
    if (node.any == null || segment.isEmpty()) {
      return null;
    }
    values.add(segment);
    Node found = walk(node.any, path, at + 1, values);
    if (found == null) {
      values.removeLast();
    }
    return found;
  }

  /** The segments; one slash at the end does not count. */
  private static List<String> split(String path) {
    String inner = path.startsWith("/") ? path.substring(1) : path;
    inner = inner.endsWith("/") ? inner.substring(0, inner.length() - 1) : inner;
    return inner.isEmpty() ? List.of() : List.of(inner.split("/", -1));
  }
}
