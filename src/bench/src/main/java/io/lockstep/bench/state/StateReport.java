// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.state;

import io.lockstep.bench.state.BenchChain.Times;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Prints what was measured, as lines or as one JSON object at the end. One thread. */
final class StateReport {
  private final boolean json;
  private final ObjectNode out = JsonNodeFactory.instance.objectNode();

  StateReport(boolean json) {
    this.json = json;
  }

  void senders(double perSecond) {
    double perCore = perSecond / SenderRecovery.THREADS;
    say(
        "senders recovered   %,10.0f tx/s on %d threads, %,.0f a thread",
        perSecond, SenderRecovery.THREADS, perCore);
    out.put("sendersPerSecond", Math.round(perSecond))
        .put("sendersPerSecondPerThread", Math.round(perCore));
  }

  void filled(int accounts, long nanos) {
    say("accounts            %,10d, and as many token balances, in %.1f s", accounts, nanos / 1e9);
    out.put("accounts", accounts).put("fillSeconds", Math.round(nanos / 1e8) / 10.0);
  }

  void root(int accounts, long nanos) {
    say("state root          %10.1f ms for %,d changed accounts", nanos / 1e6, accounts);
    out.put("rootMs", Math.round(nanos / 1e5) / 10.0).put("rootAccounts", accounts);
  }

  void blocks(String what, int transactions, Times t, long bytesPerTx) {
    double perSecond = transactions * 1e9 / t.total();
    say(
        "%-19s %,10.0f tx/s: a block of %,d takes %.0f ms"
            + " (execution %.0f, state root %.0f, seal %.0f, commit %.0f),"
            + " %.0f ms of all processors, %,d bytes a tx",
        what,
        perSecond,
        transactions,
        t.total() / 1e6,
        t.execute() / 1e6,
        t.root() / 1e6,
        t.seal() / 1e6,
        t.append() / 1e6,
        t.cpu() / 1e6,
        bytesPerTx);
    out.putObject(what.replace(" t", "T"))
        .put("perSecond", Math.round(perSecond))
        .put("transactions", transactions)
        .put("executeMs", t.execute() / 1_000_000)
        .put("rootMs", t.root() / 1_000_000)
        .put("sealMs", t.seal() / 1_000_000)
        .put("commitMs", t.append() / 1_000_000)
        .put("cpuMs", t.cpu() / 1_000_000)
        .put("allocatedBytesPerTx", bytesPerTx);
  }

  void end() {
    System.gc();
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    say("heap in use         %10d MB after a collection", heap >> 20);
    out.put("heapBytes", heap);
    if (json) {
      System.out.println(out);
    }
  }

  private void say(String format, Object... values) {
    if (!json) {
      System.out.printf(Locale.ROOT, format + "%n", values);
    }
  }
}
