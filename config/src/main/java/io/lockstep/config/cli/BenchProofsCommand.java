// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep bench proofs}. */
final class BenchProofsCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "proofs",
            "Measure the branches of a beacon state up to the block's root.",
            "Of the proposer lookahead and of validators, in one pass over the state as it arrives,",
            "each folded to the root. The state is made up, mainnet preset, and served on the",
            "loopback; or a beacon node's own head.");
    spec.addOption(Command.option("--validators", "N", "1000000", "validators in the state"));
    spec.addOption(Command.option("--proven", "N", "256", "validators that are proven"));
    spec.addOption(Command.option("--fork", "FORK", "fulu", "fork of the state: fulu or gloas"));
    spec.addOption(Command.option("--beacon", "URL", "prove the head of this beacon node instead"));
    spec.addOption(
        Command.option(
            "--rpc",
            "URL",
            "execution client under --beacon: the contract of EIP-4788 must have the root"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    if (arguments.isSet("--rpc") && !arguments.isSet("--beacon")) {
      arguments.problem("--rpc: needs --beacon too");
    }
    return new Invocation.BenchProofs(
        new BenchProofsOptions(
            arguments.integer("--validators", 1, 10_000_000),
            arguments.integer("--proven", 0, 10_000),
            arguments.oneOf("--fork", DevnetOptions.L1Fork.values()),
            arguments.optionalUrl("--beacon"),
            arguments.optionalUrl("--rpc"),
            arguments.isSet("--json")));
  }
}
