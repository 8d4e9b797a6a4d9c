// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench derive}. */
final class BenchDeriveCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "derive",
            "Measure how fast a node derives its chain from L1 data.",
            "Batches are built in memory, a tick a second and a batch a slot; a second node decodes,",
            "checks and executes them. The databases lie in the temporary folder.");
    spec.addOption(Command.option("--batches", "N", "30", "batches; a fifth warms up"));
    spec.addOption(Command.option("--rate", "N", "500", "transactions in a second of L2 time"));
    spec.addOption(Command.option("--accounts", "N", "20000", "accounts that they are between"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchDerive(
        new BenchDeriveOptions(
            arguments.integer("--batches", 5, 10_000),
            arguments.integer("--rate", 1, 600),
            arguments.integer("--accounts", 2, 1_000_000),
            arguments.isSet("--json")));
  }
}
