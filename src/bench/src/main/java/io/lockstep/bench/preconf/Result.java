// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.config.cli.BenchOptions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The figures of one run. Counts are of all transactions, latencies and the achieved rate of those
 * due after the warm-up. Immutable; any thread.
 *
 * @param errors how often each message was met
 * @param faults errors after which no figure is good
 * @param latencies from the time a transaction was due to the end of its frag's check
 * @param answeredPerSecond transactions checked, by the time from the first's due time to the
 *     last's check
 * @param latestSendMs how late the sending side was at worst
 * @param loadBefore the machine's load average over a minute at the start; negative when unknown
 * @param loadAfter the same at the end
 */
record Result(
    BenchOptions options,
    int sent,
    int answered,
    Map<String, Long> errors,
    long faults,
    long frags,
    Latencies latencies,
    double answeredPerSecond,
    double latestSendMs,
    double loadBefore,
    double loadAfter) {
  private static final double NS_PER_SECOND = 1e9;
  private static final double NS_PER_MS = 1e6;

  static Result of(
      BenchOptions options,
      Tally tally,
      int sent,
      long latestSendNs,
      double loadBefore,
      double loadAfter) {
    int first = options.perSecond() * PreconfLoad.WARM_UP_SECONDS;
    int[] seen = IntStream.range(first, sent).filter(tally::isChecked).toArray();
    long[] latenciesNs =
        Arrays.stream(seen)
            .mapToLong(i -> tally.checkedAfterNs(i) - Sender.dueNs(i, options.perSecond()))
            .toArray();
    long lastNs = Arrays.stream(seen).mapToLong(tally::checkedAfterNs).max().orElse(0);
    double spanSeconds = (lastNs - Sender.dueNs(first, options.perSecond())) / NS_PER_SECOND;
    return new Result(
        options,
        sent,
        (int) IntStream.range(0, sent).filter(tally::isChecked).count(),
        tally.errors(),
        tally.faults(),
        tally.frags(),
        new Latencies(latenciesNs),
        spanSeconds > 0 ? seen.length / spanSeconds : 0,
        latestSendNs / NS_PER_MS,
        loadBefore,
        loadAfter);
  }

  int missing() {
    return sent - answered;
  }

  /** Whether every transaction was answered, and by nothing but genuine frags. */
  boolean isWhole() {
    return missing() == 0 && faults == 0;
  }

  String text() {
    StringBuilder out = new StringBuilder();
    line(
        out,
        "rate",
        options.perSecond() + " tx/s wanted, " + figure(answeredPerSecond) + " tx/s answered");
    line(out, "transactions", sent + " sent, " + answered + " answered, " + missing() + " missing");
    line(
        out,
        "latency, ms",
        "p50 %s, p90 %s, p99 %s, p99.9 %s, max %s; of %d after a warm-up of %d s"
            .formatted(
                figure(latencies.percentileMs(0.5)),
                figure(latencies.percentileMs(0.9)),
                figure(latencies.percentileMs(0.99)),
                figure(latencies.percentileMs(0.999)),
                figure(latencies.percentileMs(1)),
                latencies.count(),
                PreconfLoad.WARM_UP_SECONDS));
    line(out, "frags", frags + " checked, " + faults + " faults");
    line(out, "sending side", "at worst " + figure(latestSendMs) + " ms late");
    line(
        out,
        "load average",
        "%s before, %s after, on %d processors; other work on the machine is in these figures"
            .formatted(
                figure(loadBefore), figure(loadAfter), Runtime.getRuntime().availableProcessors()));
    errors.forEach((message, count) -> line(out, "error", count + " x " + message));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(name).append(" ".repeat(14 - name.length())).append(value).append('\n');
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
  }

  ObjectNode json() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("perSecond", options.perSecond()).put("seconds", options.seconds());
    out.put("senders", options.senders()).put("warmUpSeconds", PreconfLoad.WARM_UP_SECONDS);
    out.put("sent", sent).put("answered", answered).put("missing", missing());
    ObjectNode messages = out.putObject("errors");
    errors.forEach(messages::put);
    out.put("faults", faults).put("frags", frags).put("measured", latencies.count());
    putFigure(out, "p50Ms", latencies.percentileMs(0.5));
    putFigure(out, "p90Ms", latencies.percentileMs(0.9));
    putFigure(out, "p99Ms", latencies.percentileMs(0.99));
    putFigure(out, "p999Ms", latencies.percentileMs(0.999));
    putFigure(out, "maxMs", latencies.percentileMs(1));
    putFigure(out, "answeredPerSecond", answeredPerSecond);
    putFigure(out, "latestSendMs", latestSendMs);
    putFigure(out, "loadAverageBefore", loadBefore);
    putFigure(out, "loadAverageAfter", loadAfter);
    out.put("processors", Runtime.getRuntime().availableProcessors());
    return out;
  }

  private static void putFigure(ObjectNode out, String name, double value) {
    if (Double.isNaN(value)) {
      out.putNull(name);
    } else {
      out.put(name, Math.round(value * 100) / 100.0);
    }
  }
}
