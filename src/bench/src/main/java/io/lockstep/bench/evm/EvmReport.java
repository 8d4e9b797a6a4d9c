// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.evm;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Prints what was measured: a line a program as it comes, or one JSON object at the end. */
final class EvmReport {
  private EvmReport() {}

  static void head(boolean json) {
    if (!json) {
      System.out.printf(
          "%-12s %9s %9s %9s %9s %9s %7s %7s %9s%n",
          "program",
          "plain ms",
          "register",
          "reference",
          "node",
          "Mgas/s",
          "plain",
          "register",
          "bytes/run");
    }
  }

  static void line(Timing t, boolean json) {
    if (!json) {
      System.out.printf(
          Locale.ROOT,
          "%-12s %9.1f %9.1f %9.1f %9s %9.0f %6.2fx %6.2fx %9d%n",
          t.name(),
          t.plainMs(),
          t.registerMs(),
          t.referenceMs(),
          Double.isNaN(t.nodeMs()) ? "-" : "%.1f".formatted(t.nodeMs()),
          t.mgasPerSecond(),
          t.referenceMs() / t.plainMs(),
          t.ratio(),
          t.allocatedBytes());
    }
  }

  static void end(List<Timing> all, boolean json) {
    double loops = Timing.meanRatio(all, t -> !t.isMixed());
    double mixed = Timing.meanRatio(all, Timing::isMixed);
    if (!json) {
      System.out.printf(
          Locale.ROOT,
          "times as fast as the reference, geometric mean: loops %.2f, mixed %.2f%n",
          loops,
          mixed);
      return;
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    for (Timing t : all) {
      ObjectNode line = out.putObject(t.name()).put("gas", t.gas());
      put(line, "plainMs", t.plainMs());
      put(line, "registerMs", t.registerMs());
      put(line, "referenceMs", t.referenceMs());
      put(line, "nodeMs", t.nodeMs());
      put(line, "mgasPerSecond", t.mgasPerSecond());
      put(line, "timesReference", t.ratio());
      line.put("allocatedBytes", t.allocatedBytes());
    }
    put(out, "loopsTimesReference", loops);
    put(out, "mixedTimesReference", mixed);
    System.out.println(out);
  }

  /** JSON has no NaN: what was not measured is null. */
  private static void put(ObjectNode node, String key, double value) {
    if (Double.isNaN(value)) {
      node.putNull(key);
    } else {
      node.put(key, Math.round(value * 1e3) / 1e3);
    }
  }
}
