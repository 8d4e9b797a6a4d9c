// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcAccess;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in, by the head of a request: the name it is addressed to (against pages that rebind
 * their name to this machine), the page it comes from (CORS, Fetch standard section 3.2; a
 * WebSocket too, which browsers do not hold to CORS), the operator's token. Any thread.
 */
final class Access {
  private static final String ANY = "*";
  private static final String BEARER = "bearer ";

  private final Set<String> hosts;
  private final Set<String> origins;
  private final @Nullable Jwt jwt;
  private final Set<String> operatorMethods = new HashSet<>();
  private final List<String> operatorPrefixes = new ArrayList<>();
  private final WireMeter meter;

  /** What became of a request's head. */
  sealed interface Admission {
    /** It goes no further. */
    record Refused(HttpReply.Content answer) implements Admission {}

    /**
     * It may go on.
     *
     * @param isOperator whether it bore a good token
     * @param allowedOrigin what the answer tells a browser, or null: nothing
     */
    record Admitted(boolean isOperator, @Nullable String allowedOrigin) implements Admission {}
  }

  Access(RpcAccess rules, String ownHost, Json json, LongSupplier nowSeconds, WireMeter meter) {
    hosts = lowerCase(rules.virtualHosts());
    hosts.add(ownHost.toLowerCase(Locale.ROOT));
    origins = lowerCase(rules.corsOrigins());
    jwt = rules.jwtSecret() == null ? null : new Jwt(rules.jwtSecret(), json, nowSeconds);
    for (String name : rules.jwtMethods()) {
      if (name.endsWith(ANY)) {
        operatorPrefixes.add(name.substring(0, name.length() - 1));
      } else {
        operatorMethods.add(name);
      }
    }
    this.meter = meter;
  }

  private static Set<String> lowerCase(List<String> texts) {
    Set<String> out = new HashSet<>();
    texts.forEach(text -> out.add(text.toLowerCase(Locale.ROOT)));
    return out;
  }

  Admission admit(HttpHeaders request) {
    String host = request.get(HttpHeaderNames.HOST, "");
    if (!servesHost(nameOf(host))) {
      meter.count(WireMeter.Event.HOST_REFUSED);
      return refused(
          403, "not served under the name " + brief(nameOf(host)) + "; see rpc.virtual-hosts");
    }
    String origin = request.get(HttpHeaderNames.ORIGIN);
    if (origin != null && !allows(origin, host)) {
      meter.count(WireMeter.Event.ORIGIN_REFUSED);
      return refused(403, "pages of " + brief(origin) + " may not call; see rpc.cors-origins");
    }
    String fault = null;
    boolean isOperator = false;
    String authorization = request.get(HttpHeaderNames.AUTHORIZATION);
    if (jwt != null && authorization != null) {
      fault =
          authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
              ? jwt.fault(authorization.substring(BEARER.length()).strip())
              : "a bearer token is expected";
      isOperator = fault == null;
    }
    if (fault != null) {
      meter.count(WireMeter.Event.TOKEN_REFUSED);
      return refused(401, fault);
    }
    return new Admission.Admitted(isOperator, origins.contains(ANY) ? ANY : origin);
  }

  private static Admission refused(int status, String why) {
    HttpReply.Content error = HttpReply.error(status, why);
    Map<String, String> headers =
        status == 401 ? Map.of("WWW-Authenticate", "Bearer error=\"invalid_token\"") : Map.of();
    return new Admission.Refused(
        new HttpReply.Content(status, error.contentType(), headers, error.body()));
  }

  /** The host without its port, in lower case. */
  private static String nameOf(String hostHeader) {
    String text = hostHeader.strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      boolean isWhole = end == text.length() - 1 || text.startsWith("]:", end);
      return end > 0 && isWhole ? text.substring(1, end) : text;
    }
    int colon = text.lastIndexOf(':');
    return colon < 0 ? text : text.substring(0, colon);
  }

  /** A page cannot make its own name an address in figures; programs may leave the name out. */
  private boolean servesHost(String name) {
    return hosts.contains(ANY)
        || name.isEmpty()
        || NetUtil.isValidIpV4Address(name)
        || NetUtil.isValidIpV6Address(name)
        || hosts.contains(name);
  }

  private boolean allows(String origin, String host) {
    String text = origin.toLowerCase(Locale.ROOT);
    return origins.contains(ANY)
        || origins.contains(text)
        || text.equals("http://" + host.toLowerCase(Locale.ROOT));
  }

  /** Whether a method is the operator's alone. */
  boolean isOperators(String method) {
    return jwt != null
        && (operatorMethods.contains(method)
            || operatorPrefixes.stream().anyMatch(method::startsWith));
  }

  private static String brief(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
