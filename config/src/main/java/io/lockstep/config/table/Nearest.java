// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the name that a misspelt one was probably meant to be. Any thread. */
public final class Nearest {
  private Nearest() {}

  /** The candidate that needs the fewest changes, or an empty text when there is none. */
  public static String to(String name, Iterable<String> candidates) {
    List<String> names = new ArrayList<>();
    candidates.forEach(names::add);
    return names.stream().min(Comparator.comparingInt(other -> distance(name, other))).orElse("");
  }

  /** The number of characters to insert, delete or change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
