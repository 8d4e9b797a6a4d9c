// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench rpc}. */
final class BenchRpcCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "rpc",
            "Measure how fast a running devnet takes in transactions and puts them into blocks.",
            "Signed transactions go out in batches; each must be found in a sealed block and",
            "later on L1. Beside a reference, the anvil that npm ci --prefix src/test/interop",
            "installs with a block a second, the ratios of the rates are told.");
    spec.addOption(
        Command.option(
            "--devnet", "FILE", ".lockstep/devnet/devnet.json", "the file the devnet wrote"));
    spec.addOption(Command.option("--transfers", "N", "20000", "transfers of ether"));
    spec.addOption(Command.option("--token-transfers", "N", "10000", "transfers of a token"));
    spec.addOption(Command.option("--batch", "N", "100", "transactions in a batch"));
    spec.addOption(Command.option("--parallel", "N", "4", "batches on their way at a time"));
    spec.addOption(Command.option("--senders", "N", "100", "accounts that send"));
    spec.addOption(
        Command.option("--reference", "URL", "JSON-RPC of another node to compare with"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    return new Invocation.BenchRpc(
        new BenchRpcOptions(
            arguments.path("--devnet", String.valueOf(arguments.text("--devnet"))),
            arguments.integer("--transfers", 0, 1_000_000),
            arguments.integer("--token-transfers", 0, 1_000_000),
            arguments.integer("--batch", 1, 1_000),
            arguments.integer("--parallel", 1, 64),
            arguments.integer("--senders", 64, 500),
            arguments.optionalUrl("--reference"),
            arguments.isSet("--json")));
  }
}
