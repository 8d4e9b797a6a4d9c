// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of a field that were used last, the newest first: one of them is written as its place
 * here, a byte. Encoder and decoder move it alike. One thread.
 */
final class RecentValues<T> {
  /** The code of a value that is not here and stands elsewhere. */
  static final int NEW = 0;

  private static final int MOST = 127;

  private final List<T> newestFirst = new ArrayList<>();

  /** The code of a value, 1 for the newest; afterwards it is the newest. */
  int codeOf(T value) {
    int at = newestFirst.indexOf(value);
    use(at, value);
    return at + 1;
  }

  /** The value of a code other than {@link #NEW}; afterwards it is the newest. */
  T valueOf(int code) throws DecodeException {
    if (code < 1 || code > newestFirst.size()) {
      throw new DecodeException("place " + code + " of " + newestFirst.size() + " recent values");
    }
    T value = newestFirst.get(code - 1);
    use(code - 1, value);
    return value;
  }

  /** Takes in a value that was new. */
  T add(T value) {
    use(-1, value);
    return value;
  }

  private void use(int at, T value) {
    if (at >= 0) {
      newestFirst.remove(at);
    } else if (newestFirst.size() == MOST) {
      newestFirst.removeLast();
    }
    newestFirst.addFirst(value);
  }
}
