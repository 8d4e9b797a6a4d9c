// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

import io.lockstep.primitives.codec.DecodeException;
import java.util.EnumMap;
import java.util.Map;

/** One {@code T} for each column of a segment's body. One thread. */
final class Columns<T> {
  private final Map<BodyColumn, T> byColumn = new EnumMap<>(BodyColumn.class);

  /** Makes what stands for a column, in the columns' order. */
  @FunctionalInterface
  interface Maker<T> {
    T make(BodyColumn column) throws DecodeException;
  }

  static <T> Columns<T> of(Maker<T> maker) throws DecodeException {
    Columns<T> out = new Columns<>();
    for (BodyColumn column : BodyColumn.values()) {
      out.byColumn.put(column, maker.make(column));
    }
    return out;
  }

  /** Empty ones, to be filled. */
  static Columns<ByteSink> empty() {
    Columns<ByteSink> out = new Columns<>();
    for (BodyColumn column : BodyColumn.values()) {
      out.byColumn.put(column, new ByteSink(64));
    }
    return out;
  }

  T get(BodyColumn column) {
    T found = byColumn.get(column);
    if (found == null) {
      throw new IllegalStateException("no column " + column);
    }
    return found;
  }
}
