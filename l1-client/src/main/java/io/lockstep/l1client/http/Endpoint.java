// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One L1 endpoint. A user part of the URL becomes an Authorization header unless another one is
 * given; {@link #name} leaves out user part, path and query, as these may hold keys. Any thread.
 */
public final class Endpoint {
  private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");

  private final String base;
  private final String name;
  private final boolean webSocket;
  private final @Nullable String authorization;

  /** An endpoint that asks for no more than its URL says. */
  public Endpoint(String url) {
    this(url, null);
  }

  /**
   * @param authorization the Authorization header, or null for the URL's user part if it has one
   * @throws IllegalArgumentException when it is not an http, https, ws or wss URL with a host
   */
  public Endpoint(String url, @Nullable String authorization) {
    URI uri;
    try {
      uri = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      // URI's own message repeats the text, which may hold a key
      throw new IllegalArgumentException("an L1 endpoint is not a URL");
    }
    String scheme = uri.getScheme();
    String host = uri.getHost();
    if (scheme == null || host == null || !SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          "an L1 endpoint is an http, https, ws or wss URL with a host");
    }
    this.webSocket = scheme.startsWith("ws");
    String authority = uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String user = uri.getUserInfo();
    this.name = authority;
    this.base = scheme + "://" + authority + path + query;
    if (authorization != null || user == null) {
      this.authorization = authorization;
      return;
    }
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  /** Host and port, for messages and metrics. */
  public String name() {
    return name;
  }

  /** The endpoint itself: what JSON-RPC posts to. */
  public URI uri() {
    return URI.create(base);
  }

  /** The endpoint with an absolute path (and query) appended, for REST routes. */
  public URI uri(String pathAndQuery) {
    int query = base.indexOf('?');
    String bare = query < 0 ? base : base.substring(0, query);
    String stripped = bare.endsWith("/") ? bare.substring(0, bare.length() - 1) : bare;
    if (query < 0) {
      return URI.create(stripped + pathAndQuery);
    }
    String own = base.substring(query + 1);
    return URI.create(stripped + pathAndQuery + (pathAndQuery.indexOf('?') < 0 ? "?" : "&") + own);
  }

  /** Whether it speaks JSON-RPC over WebSocket. */
  public boolean isWebSocket() {
    return webSocket;
  }

  public @Nullable String authorization() {
    return authorization;
  }

  @Override
  public String toString() {
    return name;
  }
}
