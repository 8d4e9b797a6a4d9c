// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One L1 endpoint. A user part of the URL becomes an Authorization header; {@link #name} leaves out
 * user part, path and query, as these may hold keys. Any thread.
 */
public final class Endpoint {
  private final String base;
  private final String name;
  private final @Nullable String authorization;

  /**
   * @throws IllegalArgumentException when it is not an http or https URL with a host
   */
  public Endpoint(String url) {
    URI uri;
    try {
      uri = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      // URI's own message repeats the text, which may hold a key
      throw new IllegalArgumentException("an L1 endpoint is not a URL");
    }
    String scheme = uri.getScheme();
    String host = uri.getHost();
    if (scheme == null || host == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException("an L1 endpoint is an http or https URL with a host");
    }
    String authority = uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String user = uri.getUserInfo();
    this.name = authority;
    this.base = scheme + "://" + authority + path + query;
    this.authorization =
        user == null
            ? null
            : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
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

  public @Nullable String authorization() {
    return authorization;
  }

  @Override
  public String toString() {
    return name;
  }
}
