// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench evm}. */
final class BenchEvmCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "evm",
            "Measure how fast the EVM runs loops and mixed code.",
            "Beside a reference, which is the anvil that npm ci --prefix src/test/interop installs,",
            "words are compared and the ratio of the times is told.");
    spec.addOption(
        Command.option("--reference", "URL", "JSON-RPC of another node to compare with"));
    spec.addOption(
        Command.option("--node", "URL", "JSON-RPC of a running Lockstep node, measured as well"));
    spec.addOption(Command.option("--rounds", "N", "5", "measurements of each program"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchEvm(
        new BenchEvmOptions(
            arguments.optionalUrl("--reference"),
            arguments.optionalUrl("--node"),
            arguments.integer("--rounds", 1, 1_000),
            arguments.isSet("--json")));
  }
}
