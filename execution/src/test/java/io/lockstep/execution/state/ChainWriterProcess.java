// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A JVM of its own that appends and rewinds without end, to be killed; it tells each new head. */
final class ChainWriterProcess implements AutoCloseable {
  static final String PREFIX = "l2";

  /** A short history, so that there is much to prune. */
  static final ChainOptions OPTIONS = ChainOptions.DEFAULT.withHistory(12);

  private static final int LINE_CHARACTERS = 66;

  private final Process process;
  private final BufferedReader output;
  private @Nullable Hash32 lastReported;

  private ChainWriterProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(US_ASCII);
  }

  static ChainWriterProcess start(Path dir, long seed) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ChainWriterProcess(
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ChainWriterProcess.class.getName(),
                dir.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  void awaitHeads(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String line = output.readLine();
      if (line == null) {
        throw new IOException("the writer ended by itself");
      }
      lastReported = Hash32.fromHex(line);
    }
  }

  /** Kills it with SIGKILL and gives the last head that it told of. */
  Hash32 killAndLastReported() throws IOException {
    // By the handle: Process.destroyForcibly would close the output before it is read.
    process.toHandle().destroyForcibly();
    String line;
    while ((line = output.readLine()) != null) {
      if (line.length() == LINE_CHARACTERS) {
        lastReported = Hash32.fromHex(line);
      }
    }
    process.onExit().join();
    if (lastReported == null) {
      throw new IllegalStateException("killed before its first report");
    }
    return lastReported;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] arguments) throws IOException {
    long seed = Long.parseLong(arguments[1]);
    Random random = new Random(seed);
    TestChain maker = new TestChain(random);
    try (RocksStore store = RocksStore.open(Path.of(arguments[0]), ChainDb.columns(PREFIX))) {
      ChainDb chain = ChainDb.open(store, PREFIX, TestChain.GENESIS, OPTIONS);
      startPruning(chain, seed);
      while (seed != Long.MIN_VALUE) {
        long height = chain.head().number();
        if (height > 5 && random.nextInt(8) == 0) {
          long number = Math.max(chain.oldestState(), height - 1 - random.nextInt(5));
          Hash32 target = chain.canonicalHash(number);
          if (target == null) {
            throw new IllegalStateException("a canonical block is missing");
          }
          chain.rewindTo(target);
        } else if (random.nextInt(30) == 0) {
          export(chain, chain.head().number() - random.nextInt(6));
        } else {
          StateDiff diff = maker.diff(existing(chain));
          ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
          PreparedRoot root = chain.prepare(diff);
          chain.append(
              TestChain.header(executed, root.stateRoot()),
              executed,
              root,
              seed % 4 == 0 ? Durability.FSYNC : Durability.PROCESS);
        }
        System.out.println(chain.headHash().toHex());
      }
    }
  }

  /** Prunes in small steps beside the writer, as fast as it can. */
  private static void startPruning(ChainDb chain, long seed) {
    Random random = new Random(seed);
    Thread.ofPlatform()
        .daemon()
        .uncaughtExceptionHandler((thread, error) -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
        })
        .start(() -> {
          while (seed != Long.MIN_VALUE) {
            if (!chain.prune(1 + random.nextInt(40))) {
              Thread.onSpinWait();
            }
          }
        });
  }

  /** What is exported must be the state that the header says. */
  private static void export(ChainDb chain, long number) throws IOException {
    BlockHeader header = chain.canonicalHeader(Math.max(number, chain.oldestState()));
    if (header == null) {
      throw new IllegalStateException("a canonical block is missing");
    }
    WholeState state = new WholeState();
    chain.exportState(header.hash(), state);
    if (!StateRoots.of(state.accounts()).equals(header.stateRoot())) {
      throw new IllegalStateException("the export of block " + header.number() + " is wrong");
    }
  }

  /** Which accounts there are; their storage does not matter to the maker of diffs. */
  private static Map<Address, FullAccount> existing(ChainDb chain) {
    Map<Address, FullAccount> accounts = new HashMap<>();
    for (int i = 0; i < TestChain.ADDRESSES; i++) {
      AccountState account = chain.headState().account(TestChain.address(i));
      if (account != null) {
        accounts.put(TestChain.address(i), new FullAccount(account, Map.of()));
      }
    }
    return accounts;
  }
}
