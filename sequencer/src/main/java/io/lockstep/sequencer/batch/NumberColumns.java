// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;

/**
 * Amounts in three columns: people like round ones, so the zeros at a number's decimal end are
 * counted and left out; of the rest, length and bytes stand apart. Any thread.
 */
final class NumberColumns {
  /** 10^77 is the largest power of ten below 2^256. */
  private static final int MOST_ZEROS = 77;

  private static final UInt256[] POWERS = new UInt256[MOST_ZEROS + 1];
  private static final UInt256[] LARGEST = new UInt256[MOST_ZEROS + 1];

  static {
    for (int i = 0; i <= MOST_ZEROS; i++) {
      POWERS[i] = UInt256.of(BigInteger.TEN.pow(i));
      LARGEST[i] = UInt256.MAX.divide(POWERS[i]);
    }
  }

  private NumberColumns() {}

  static void write(UInt256 value, ByteSink lengths, ByteSink zeros, ByteSink bytes) {
    int count = zerosOf(value);
    byte[] minimal = (count == 0 ? value : value.divide(POWERS[count])).toMinimalArray();
    lengths.fixed(minimal.length, 1);
    zeros.fixed(count, 1);
    bytes.bytes(minimal);
  }

  private static int zerosOf(UInt256 value) {
    if (value.isZero()) {
      return 0;
    }
    int count = 0;
    if (value.fitsLong()) {
      for (long rest = value.limb(0); rest % 10 == 0; rest /= 10) {
        count++;
      }
      return count;
    }
    BigInteger rest = value.toBigInteger();
    while (true) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.TEN);
      if (parts[1].signum() != 0) {
        return count;
      }
      rest = parts[0];
      count++;
    }
  }

  static UInt256 read(ByteSource lengths, ByteSource zeros, ByteSource bytes)
      throws DecodeException {
    UInt256 rest = bytes.number((int) lengths.fixed(1));
    int count = (int) zeros.fixed(1);
    if (count > MOST_ZEROS || rest.compareTo(LARGEST[count]) > 0) {
      throw new DecodeException(count + " decimal zeros make a number too large");
    }
    return count == 0 ? rest : rest.multiply(POWERS[count]);
  }
}
