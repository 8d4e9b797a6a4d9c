// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench batch}. */
final class BenchBatchCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "batch",
            "Measure how many bytes a transaction takes on L1.",
            "Everything that is posted counts, and it is read back. Compared with zlib and, where",
            "node is installed, brotli over the same transactions as they were signed.");
    spec.addOption(Command.option("--transactions", "N", "5000", "transactions of each kind"));
    spec.addOption(Command.option("--accounts", "N", "5000", "accounts that they are between"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchBatch(
        new BenchBatchOptions(
            arguments.integer("--transactions", 12, 6_000),
            arguments.integer("--accounts", 1, 1_000_000),
            arguments.isSet("--json")));
  }
}
