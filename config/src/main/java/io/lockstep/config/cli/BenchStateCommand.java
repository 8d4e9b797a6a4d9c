// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench state}. */
final class BenchStateCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "state",
            "Measure blocks of transfers on a state of many accounts in RocksDB.",
            "Execution on one thread, state root, seal and commit; senders are recovered before,",
            "which is measured by itself. The database lies in the temporary folder.");
    spec.addOption(Command.option("--accounts", "N", "1000000", "accounts in the state"));
    spec.addOption(Command.option("--transactions", "N", "20000", "transactions in a block"));
    spec.addOption(Command.option("--blocks", "N", "6", "blocks of each kind; half warm up"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchState(
        new BenchStateOptions(
            arguments.integer("--accounts", 1, 20_000_000),
            arguments.integer("--transactions", 1, 200_000),
            arguments.integer("--blocks", 1, 100),
            arguments.isSet("--json")));
  }
}
