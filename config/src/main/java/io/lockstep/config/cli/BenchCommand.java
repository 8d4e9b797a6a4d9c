// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench preconf}. */
final class BenchCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "preconf",
            "Measure how fast a running devnet answers.",
            "Sends transactions and measures the time from when each was due to a checked frag",
            "with it; with --one-by-one from sending each, when the one before is answered, to its",
            "receipt, beside a reference: the anvil that npm ci --prefix src/test/interop installs.");
    spec.addOption(
        Command.option(
            "--devnet", "FILE", ".lockstep/devnet/devnet.json", "the file the devnet wrote"));
    spec.addOption(Command.option("--rate", "N", "100", "transactions in a second"));
    spec.addOption(Command.option("--seconds", "N", "30", "how long to send"));
    spec.addOption(Command.option("--senders", "N", "10", "accounts that send in turn"));
    spec.addOption(
        Command.option(
            "--one-by-one", "N", "0", "so many, each when the one before is answered; 0: none"));
    spec.addOption(
        Command.option("--reference", "URL", "with --one-by-one: JSON-RPC of another node"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchPreconf(
        new BenchOptions(
            arguments.path("--devnet", String.valueOf(arguments.text("--devnet"))),
            arguments.integer("--rate", 1, 100_000),
            arguments.integer("--seconds", 1, 86_400),
            arguments.integer("--senders", 1, 10_000),
            arguments.integer("--one-by-one", 0, 100_000),
            arguments.optionalUrl("--reference"),
            arguments.isSet("--json")));
  }
}
