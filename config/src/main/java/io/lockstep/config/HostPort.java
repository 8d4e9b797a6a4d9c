// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/** A TCP endpoint as HOST:PORT; an IPv6 host stands in brackets. Any thread. */
public record HostPort(String host, int port) {
  /**
   * Parses HOST:PORT.
   *
   * @throws IllegalArgumentException when it has another form
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("an IPv6 host stands in brackets: [HOST]:PORT");
    }
    if (host.isBlank()) {
      throw new IllegalArgumentException("expected HOST:PORT");
    }
    String digits = text.substring(colon + 1);
    if (!digits.matches("[0-9]{1,5}")
        || Integer.parseInt(digits) < 1
        || Integer.parseInt(digits) > 65_535) {
      throw new IllegalArgumentException("expected HOST:PORT with a port from 1 to 65535");
    }
    return new HostPort(host, Integer.parseInt(digits));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
