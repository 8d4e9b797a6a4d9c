// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.fanout;

import io.lockstep.bench.preconf.Latencies;
import io.lockstep.config.RpcBounds;
import io.lockstep.config.cli.BenchFanoutOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.node.main.FanoutBenchmark;
import io.lockstep.node.rpc.Streams;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.WireMeter;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep bench fanout}: how long a frag takes from its release to the last byte at each of
 * many subscribers, and what a subscriber costs the server. The subscribers are a process of their
 * own on the same machine; both read the same monotonic clock. One thread.
 */
public final class FanoutLoad implements FanoutBenchmark {
  private static final int WARM_UP_SHARE = 5;
  private static final double NS_PER_SECOND = 1e9;
  private static final double BYTES_PER_KIB = 1_024;
  private static final long PATIENCE_SECONDS = 60;

  /** Found as a service. */
  public FanoutLoad() {}

  @Override
  public ExitCode run(BenchFanoutOptions options) {
    Frags frags = new Frags(options.transactions());
    ExecutorService executor =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("streams").factory());
    Streams streams = new Streams(Frags.DOMAIN, executor);
    WireMeter meter = new WireMeter();
    RpcBounds bounds = RpcBounds.builder().maxConnections(options.subscribers() + 1).build();
    RpcEndpoint endpoint = new RpcEndpoint(Map.of(), Map.of("frags", streams.frags()));
    try (WireServer server =
        WireServer.start(
            WireOptions.of("127.0.0.1", 0).withBounds(bounds),
            new Routes(),
            Map.of("/", endpoint),
            meter)) {
      return measure(options, frags, streams, server, meter);
    } catch (IOException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    } finally {
      executor.shutdownNow();
    }
  }

  private static ExitCode measure(
      BenchFanoutOptions options, Frags frags, Streams streams, WireServer server, WireMeter meter)
      throws IOException, InterruptedException {
    int count = options.perSecond() * options.seconds();
    long heapBefore = heapBytes();
    long outsideBefore = outsideBytes();
    Process process = start(server.port(), options.subscribers(), count);
    try {
      DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
      if (in.readInt() != options.subscribers() || meter.subscriptions() != options.subscribers()) {
        throw new IOException("only " + meter.subscriptions() + " subscribers came");
      }
      long heapAfter = heapBytes();
      long outsideAfter = outsideBytes();
      long[] releasedNs = release(options, count, frags, streams);
      long[] latenciesNs = latencies(options, count, releasedNs, in);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("the subscribers failed");
      }
      long cutOff = meter.total(WireMeter.Event.SLOW_READER);
      report(
          options,
          new Latencies(latenciesNs),
          (double) (heapAfter - heapBefore) / options.subscribers(),
          (double) (outsideAfter - outsideBefore) / options.subscribers(),
          frags.jsonBytes(),
          cutOff);
      return cutOff == 0 ? ExitCode.DONE : ExitCode.NO;
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(int port, int subscribers, int frags) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Subscribers.class.getName(),
            Integer.toString(port),
            Integer.toString(subscribers),
            Integer.toString(frags))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Releases the frags at their rate; when each was. */
  private static long[] release(
      BenchFanoutOptions options, int count, Frags frags, Streams streams) {
    long[] releasedNs = new long[count];
    long startNs = System.nanoTime();
    for (int i = 0; i < count; i++) {
      FragMessage frag = frags.next();
      long dueNs = startNs + (long) (i * NS_PER_SECOND / options.perSecond());
      for (long waitNs = dueNs - System.nanoTime();
          waitNs > 0;
          waitNs = dueNs - System.nanoTime()) {
        LockSupport.parkNanos(waitNs);
      }
      releasedNs[i] = System.nanoTime();
      streams.onFrag(frag);
    }
    return releasedNs;
  }

  /** Of every frag after the warm-up at every subscriber. */
  private static long[] latencies(
      BenchFanoutOptions options, int count, long[] releasedNs, DataInputStream in)
      throws IOException {
    int first = count / WARM_UP_SHARE;
    long[] out = new long[(count - first) * options.subscribers()];
    int at = 0;
    for (int subscriber = 0; subscriber < options.subscribers(); subscriber++) {
      for (int i = 0; i < count; i++) {
        long receivedNs = in.readLong();
        if (i >= first) {
          out[at++] = receivedNs - releasedNs[i];
        }
      }
    }
    return out;
  }

  /** What is in use after a collection. */
  private static long heapBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Buffers outside the heap, Netty's arenas and the JDK's. */
  private static long outsideBytes() {
    List<BufferPoolMXBean> pools =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .toList();
    return pools.stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum()
        + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private static void report(
      BenchFanoutOptions options,
      Latencies latencies,
      double heapBytes,
      double outsideBytes,
      int fragBytes,
      long cutOff) {
    if (options.json()) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.put("subscribers", options.subscribers());
      out.put("fragsPerSecond", options.perSecond());
      out.put("fragBytes", fragBytes);
      out.put("received", latencies.count());
      out.put("p50Ms", latencies.percentileMs(0.5));
      out.put("p99Ms", latencies.percentileMs(0.99));
      out.put("p999Ms", latencies.percentileMs(0.999));
      out.put("maxMs", latencies.percentileMs(1));
      out.put("heapBytesPerSubscriber", Math.round(heapBytes));
      out.put("outsideBytesPerSubscriber", Math.round(outsideBytes));
      out.put("cutOff", cutOff);
      System.out.println(out);
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "%d subscribers, %d frags/s of %d transactions (%.1f KiB of JSON), %d received%n",
        options.subscribers(),
        options.perSecond(),
        options.transactions(),
        fragBytes / BYTES_PER_KIB,
        latencies.count());
    System.out.printf(
        Locale.ROOT,
        "release to receipt: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms; cut off %d%n",
        latencies.percentileMs(0.5),
        latencies.percentileMs(0.99),
        latencies.percentileMs(0.999),
        latencies.percentileMs(1),
        cutOff);
    System.out.printf(
        Locale.ROOT,
        "a subscriber: %.1f KiB of heap, %.1f KiB outside it%n",
        heapBytes / BYTES_PER_KIB,
        outsideBytes / BYTES_PER_KIB);
  }
}
