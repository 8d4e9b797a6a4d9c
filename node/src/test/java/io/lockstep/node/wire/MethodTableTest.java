// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.rpc.CallOptions;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.execution.rpc.OpenBlockFeed;
import io.lockstep.execution.rpc.OpenBlockSubscriptions;
import io.lockstep.execution.rpc.PoolView;
import io.lockstep.node.rpc.ChainApi;
import io.lockstep.node.rpc.FabricMethods;
import io.lockstep.node.rpc.Grades;
import io.lockstep.node.rpc.L1Heads;
import io.lockstep.node.rpc.OwnWindows;
import io.lockstep.node.rpc.PreconfMethods;
import io.lockstep.node.rpc.PromiseGate;
import io.lockstep.node.rpc.PromiseMethods;
import io.lockstep.node.rpc.Streams;
import io.lockstep.node.rpc.SyncDesk;
import io.lockstep.node.rpc.SyncStatusMethods;
import io.lockstep.node.rpc.TxMethods;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.fabric.FabricAnswer;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.window.WindowClock;
import io.lockstep.storage.kv.RocksStore;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/** docs/json-rpc.md names every method and subscription that there is, and no other as offered. */
class MethodTableTest {
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (\\S.*?) \\|.*");
  private static final String OFFERED = "offered";
  private static final String SUBSCRIPTION = "subscription";

  /** Offered by the server itself, on WebSockets. */
  private static final Set<String> OF_THE_SERVER =
      Set.of("eth_subscribe", "eth_unsubscribe", "preconf_subscribe", "preconf_unsubscribe");

  @TempDir private Path dir;

  private static Set<String> documented(String status) throws Exception {
    Path file = Path.of(System.getProperty("lockstep.root", ".."), "docs", "json-rpc.md");
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(file)) {
      var row = ROW.matcher(line);
      if (row.matches() && row.group(2).equals(status)) {
        assertThat(names.add(row.group(1))).as("twice: " + row.group(1)).isTrue();
      }
    }
    return names;
  }

  private static ChainView view() {
    return (ChainView)
        Proxy.newProxyInstance(
            ChainView.class.getClassLoader(),
            new Class<?>[] {ChainView.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "forks" -> ForkSchedule.allAt(Fork.OSAKA);
                  case "chainId" -> UInt256.ONE;
                  default -> throw new AssertionError(method);
                });
  }

  private static CommitmentDomain domain() {
    return new CommitmentDomain(900, Address.ZERO);
  }

  private static PreconfMethods preconf(RocksStore store) {
    return new PreconfMethods(
        domain(),
        new ReleasedLedger(new CommitmentLedger(store, domain())),
        new WindowClock(new SlotClock(0, 12, 32), 1, 4),
        () -> {
          throw new AssertionError("nothing is asked");
        },
        () -> 0L);
  }

  private static PromiseMethods promises(RocksStore store) {
    return new PromiseMethods(
        1,
        raw -> {
          throw new AssertionError("nothing is sent");
        },
        new PromiseGate(command -> false),
        domain(),
        new ReleasedLedger(new CommitmentLedger(store, domain())),
        new Grades(() -> {
          throw new AssertionError("nothing is asked");
        }));
  }

  private static FabricMethods fabric(RocksStore store) {
    return new FabricMethods(
        Map.of(),
        new PromiseGate(command -> false),
        domain(),
        FabricAnswer.binding(Hash32.ZERO, domain(), Bytes.fromHex("0x00000000")),
        new ReleasedLedger(new CommitmentLedger(store, domain())),
        new OwnWindows(
            new WindowClock(new SlotClock(0, 12, 32), 1, 4),
            () -> {
              throw new AssertionError("nothing is asked");
            },
            () -> 0L));
  }

  private static SyncStatusMethods sync() {
    return new SyncStatusMethods(
        1,
        () -> {
          throw new AssertionError("nothing is asked");
        },
        new L1Heads());
  }

  private static PoolView pool() {
    return (PoolView)
        Proxy.newProxyInstance(
            PoolView.class.getClassLoader(),
            new Class<?>[] {PoolView.class},
            (proxy, method, args) -> {
              throw new AssertionError(method);
            });
  }

  @Test
  void theDocumentNamesEveryMethodThatIsOffered() throws Exception {
    ChainApi.Options options =
        new ChainApi.Options(CallOptions.DEFAULTS, new TxMethods.Timeouts(1, 1));
    try (RocksStore store = RocksStore.open(dir, CommitmentLedger.columns());
        ChainApi chain =
            new ChainApi(
                view(),
                pool(),
                raw -> {
                  throw new AssertionError("nothing is sent");
                },
                new SyncDesk(),
                options)) {
      Set<String> names = new TreeSet<>(OF_THE_SERVER);
      names.addAll(
          NodeApi.methods(
                  chain,
                  preconf(store),
                  promises(store),
                  fabric(store),
                  sync(),
                  JsonNodeFactory.instance::objectNode)
              .keySet());
      assertThat(documented(OFFERED)).isEqualTo(names);
    }
  }

  @Test
  void theDocumentNamesEverySubscription() throws Exception {
    Streams streams = new Streams(domain(), Runnable::run);
    assertThat(documented(SUBSCRIPTION))
        .isEqualTo(
            new TreeSet<>(
                NodeApi.subscriptions(
                        view(),
                        streams,
                        new OpenBlockSubscriptions(view().forks(), new OpenBlockFeed(view())))
                    .keySet()));
  }
}
