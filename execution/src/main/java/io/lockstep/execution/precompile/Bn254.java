// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.execution.fork.Fork;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** 0x06 to 0x08: addition, multiplication and pairing check on BN254 (EIP-196, 197, 1108). */
final class Bn254 {
  private static final int PAIR_BYTES = 192;

  private Bn254() {}

  static final class Add implements Precompile {
    private final long price;

    Add(Fork fork) {
      price = fork.isAtLeast(Fork.ISTANBUL) ? 150 : 500;
    }

    @Override
    public long gas(byte[] in, int offset, int length) {
      return price;
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      byte[] input = Precompiles.padded(in, offset, length, 0, 128);
      Bn254Point a = Bn254Point.readG1(input, 0);
      Bn254Point b = Bn254Point.readG1(input, 64);
      return a == null || b == null ? null : a.plus(b).toBytes();
    }
  }

  static final class Multiply implements Precompile {
    private final long price;

    Multiply(Fork fork) {
      price = fork.isAtLeast(Fork.ISTANBUL) ? 6_000 : 40_000;
    }

    @Override
    public long gas(byte[] in, int offset, int length) {
      return price;
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      byte[] input = Precompiles.padded(in, offset, length, 0, 96);
      Bn254Point point = Bn254Point.readG1(input, 0);
      return point == null ? null : point.times(new BigInteger(1, input, 64, 32)).toBytes();
    }
  }

  static final class PairingCheck implements Precompile {
    private final long base;
    private final long perPair;

    PairingCheck(Fork fork) {
      boolean istanbul = fork.isAtLeast(Fork.ISTANBUL);
      base = istanbul ? 45_000 : 100_000;
      perPair = istanbul ? 34_000 : 80_000;
    }

    @Override
    public long gas(byte[] in, int offset, int length) {
      return base + perPair * (length / PAIR_BYTES);
    }

    @Override
    public byte @Nullable [] run(byte[] in, int offset, int length) {
      if (length % PAIR_BYTES != 0) {
        return null;
      }
      Bn254Pairing product = new Bn254Pairing();
      for (int at = offset; at < offset + length; at += PAIR_BYTES) {
        Bn254Point g1 = Bn254Point.readG1(in, at);
        Bn254Point g2 = g1 == null ? null : Bn254Point.readG2(in, at + 64);
        if (g1 == null || g2 == null) {
          return null;
        }
        product.include(g1, g2);
      }
      byte[] out = new byte[32];
      out[31] = (byte) (product.isOne() ? 1 : 0);
      return out;
    }
  }
}
