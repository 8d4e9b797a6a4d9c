// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.types;

import java.util.HexFormat;

/** 0x-prefixed lower-case hexadecimal, the only text form of bytes in this project. */
public final class Hex {
  private static final HexFormat FORMAT = HexFormat.of();

  private Hex() {}

  /** Returns {@code bytes} as 0x-prefixed lower-case hex. */
  public static String encode(byte[] bytes) {
    return "0x" + FORMAT.formatHex(bytes);
  }

  /**
   * Decodes hex with or without the 0x prefix.
   *
   * @throws IllegalArgumentException when a character is not hexadecimal or the length is odd
   */
  public static byte[] decode(String text) {
    int from = text.startsWith("0x") || text.startsWith("0X") ? 2 : 0;
    return FORMAT.parseHex(text, from, text.length());
  }

  /**
   * Decodes hex of exactly {@code lengthBytes} bytes.
   *
   * @throws IllegalArgumentException when it is not hex or has another length
   */
  public static byte[] decode(String text, int lengthBytes) {
    byte[] bytes = decode(text);
    if (bytes.length != lengthBytes) {
      throw new IllegalArgumentException(
          "expected " + lengthBytes + " bytes of hex, got " + bytes.length);
    }
    return bytes;
  }
}
