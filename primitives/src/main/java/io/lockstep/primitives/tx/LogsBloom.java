// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;

/** The 2048-bit bloom filter over addresses and topics of logs (yellow paper, 4.3.1). */
public final class LogsBloom {
  public static final int LENGTH_BYTES = 256;
  public static final Bytes EMPTY = Bytes.wrap(new byte[LENGTH_BYTES]);

  private LogsBloom() {}

  public static Bytes of(List<Log> logs) {
    if (logs.isEmpty()) {
      return EMPTY;
    }
    byte[] bloom = new byte[LENGTH_BYTES];
    for (Log log : logs) {
      add(bloom, log.address().toArray());
      for (Hash32 topic : log.topics()) {
        add(bloom, topic.toArray());
      }
    }
    return Bytes.wrap(bloom);
  }

  /** The union of {@code blooms}. */
  public static Bytes union(List<Bytes> blooms) {
    byte[] out = new byte[LENGTH_BYTES];
    for (Bytes bloom : blooms) {
      for (int i = 0; i < LENGTH_BYTES; i++) {
        out[i] |= bloom.get(i);
      }
    }
    return Bytes.wrap(out);
  }

  /** Whether {@code item} may be in {@code bloom}; false is certain. */
  public static boolean mayContain(Bytes bloom, byte[] item) {
    byte[] probe = new byte[LENGTH_BYTES];
    add(probe, item);
    for (int i = 0; i < LENGTH_BYTES; i++) {
      if ((probe[i] & ~bloom.get(i)) != 0) {
        return false;
      }
    }
    return true;
  }

  private static void add(byte[] bloom, byte[] item) {
    byte[] hash = Keccak.hash(item).toArray();
    for (int i = 0; i < 6; i += 2) {
      int bit = ((hash[i] & 0x07) << 8) | (hash[i + 1] & 0xff);
      bloom[LENGTH_BYTES - 1 - bit / 8] |= (byte) (1 << (bit % 8));
    }
  }
}
