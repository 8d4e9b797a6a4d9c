// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.DevnetOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.node.devnet.Devnet;
import io.lockstep.node.devnet.DevnetFailure;
import io.lockstep.primitives.crypto.SecretKey;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code lockstep devnet}: starts it, tells where everything is and when it is ready. */
final class DevnetCommand {
  private static final long READY_POLL_MS = 100;
  private static final long READY_TIMEOUT_SECONDS = 120;

  private DevnetCommand() {}

  static ExitCode run(DevnetOptions options) {
    long startedNanos = System.nanoTime();
    Devnet devnet;
    try {
      devnet = Devnet.start(options);
    } catch (DevnetFailure e) {
      System.err.println("lockstep: " + e.getMessage());
      return e.isUsage() ? ExitCode.USAGE : ExitCode.UNAVAILABLE;
    }
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  devnet.close();
                  System.out.println("stopped");
                  ended.countDown();
                },
                "shutdown"));
    try {
      DevnetFile file = devnet.file();
      if (file != null) {
        print(file);
        if (!awaitReady(file)) {
          System.err.println(
              "lockstep: no operator sequences after " + READY_TIMEOUT_SECONDS + " s");
          return ExitCode.UNAVAILABLE;
        }
      } else {
        System.out.println("L1 only, in " + devnet.directory());
      }
      System.out.printf(
          "ready after %.1f s%s%n",
          (System.nanoTime() - startedNanos) / 1e9,
          file == null ? "" : ", send transactions to " + file.nodes().getFirst().rpc());
      System.out.flush();
      ended.await();
      return ExitCode.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.DONE;
    }
  }

  private static void print(DevnetFile file) {
    System.out.println();
    System.out.printf(
        "L1           %-28s beacon %s  chain %d%n",
        file.l1().rpc(), file.l1().beacon(), file.l1().chainId());
    file.contracts().forEach((name, address) -> System.out.printf("%-16s %s%n", name, address));
    for (DevnetFile.Rollup rollup : file.rollups()) {
      System.out.printf("rollup       chain %d, genesis %s%n", rollup.chainId(), rollup.genesis());
    }
    for (DevnetFile.Node node : file.nodes()) {
      System.out.printf(
          "%-12s rpc %s  ws %s  ops %s  gossip %s%n",
          node.name(), node.rpc(), node.ws(), node.ops(), node.gossip());
    }
    System.out.println("accounts with 10,000 ETH on L1 and on each rollup (keys are public):");
    for (SecretKey account : file.accounts()) {
      System.out.printf("  %s  %s%n", account.address(), account.exposeHex());
    }
    System.out.println();
  }

  /** Ready: some operator sequences, and no node is behind another, so that any may be asked. */
  private static boolean awaitReady(DevnetFile file) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_TIMEOUT_SECONDS);
    long highest = 0;
    while (System.nanoTime() < deadline) {
      boolean sequencing = false;
      boolean caughtUp = true;
      long highestBefore = highest;
      for (DevnetFile.Node node : file.nodes()) {
        JsonNode status = status(node);
        long head = status == null ? -1 : Long.decode(status.path("unsafe").asString("-1"));
        highest = Math.max(highest, head);
        caughtUp &= head >= highestBefore && !isSyncing(status);
        sequencing |= status != null && status.path("sequencing").asBoolean();
      }
      if (sequencing && caughtUp) {
        return true;
      }
      Thread.sleep(READY_POLL_MS);
    }
    return false;
  }

  private static boolean isSyncing(@Nullable JsonNode status) {
    return status == null || status.path("state").asString().equals("SYNCING");
  }

  private static @Nullable JsonNode status(DevnetFile.Node node) {
    try {
      return new RpcCaller(node.rpc()).call("preconf_status");
    } catch (IOException e) {
      return null; // not up yet
    }
  }
}
