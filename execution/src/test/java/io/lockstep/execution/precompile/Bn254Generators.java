// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import static java.util.Objects.requireNonNull;

import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/** EIP-197's generator of the second group. */
final class Bn254Generators {
  private Bn254Generators() {}

  static Bn254Point g2() {
    String[] coordinates = {
      "11559732032986387107991004021392285783925812861821192530917403151452391805634",
      "10857046999023057135944570762232829481370756359578518086990519993285655852781",
      "4082367875863433681332203403145435568316851327593401208105741076214120093531",
      "8495653923123431417604973247489272438418190587263600148770280649306958101930"
    };
    byte[] bytes = new byte[128];
    for (int i = 0; i < 4; i++) {
      UInt256.of(new BigInteger(coordinates[i])).write(bytes, 32 * i);
    }
    return requireNonNull(Bn254Point.readG2(bytes, 0));
  }
}
