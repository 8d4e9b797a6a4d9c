// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench fanout}. */
final class BenchFanoutCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "fanout",
            "Measure how fast frags reach many subscribers.",
            "Signed frags go through a node's streams and server to WebSockets of a process of its",
            "own; latency is from a frag's release to its last byte at each of them.");
    spec.addOption(Command.option("--subscribers", "N", "1000", "WebSockets that subscribe"));
    spec.addOption(Command.option("--rate", "N", "20", "frags in a second"));
    spec.addOption(Command.option("--transactions", "N", "25", "transactions in a frag"));
    spec.addOption(Command.option("--seconds", "N", "30", "for so long; a fifth warms up"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchFanout(
        new BenchFanoutOptions(
            arguments.integer("--subscribers", 1, 20_000),
            arguments.integer("--rate", 1, 1_000),
            arguments.integer("--transactions", 1, 4_096),
            arguments.integer("--seconds", 5, 3_600),
            arguments.isSet("--json")));
  }
}
