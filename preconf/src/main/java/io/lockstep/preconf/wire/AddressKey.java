// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What callers are told apart by: an IPv4 address, or the first 64 bits of an IPv6 address, of
 * which one customer has all the rest (RFC 6177). Immutable.
 */
record AddressKey(boolean isIpv6, long bits) {
  private static final int IPV6_BYTES = 16;

  /** What stands before an IPv4 address in its IPv6 form, which a socket of both kinds shows. */
  private static final int MAPPED_BITS = 0xffff;

  private static final int LOOPBACK_NET = 127;

  /**
   * Whom a connection counts for; null when it is free of limits by address.
   *
   * @param trustsLoopback whether the own machine is
   */
  static @Nullable AddressKey of(@Nullable SocketAddress remote, boolean trustsLoopback) {
    if (!(remote instanceof InetSocketAddress socket) || socket.getAddress() == null) {
      return null;
    }
    AddressKey key = of(socket.getAddress());
    boolean isLoopback =
        key.isIpv6 ? socket.getAddress().isLoopbackAddress() : key.bits >>> 24 == LOOPBACK_NET;
    return trustsLoopback && isLoopback ? null : key;
  }

  static AddressKey of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    if (bytes.remaining() == IPV6_BYTES) {
      long high = bytes.getLong();
      if (high != 0 || bytes.getInt() != MAPPED_BITS) {
        return new AddressKey(true, high);
      }
    }
    return new AddressKey(false, Integer.toUnsignedLong(bytes.getInt()));
  }
}
