// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep devnet}. */
final class DevnetCommand implements Command {
  private static final int MAX_NODES = 64;

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "devnet",
            "Run a whole network on this machine.",
            "An L1 in a box, the contracts, operators with stake, followers. A line that starts"
                + " with \"ready\" says that a transaction sent now is answered; devnet.json in the"
                + " data folder says where everything is. SIGTERM or Ctrl-C ends all.");
    spec.addOption(Command.option("--operators", "N", "3", "nodes with keys"));
    spec.addOption(Command.option("--followers", "N", "1", "nodes without keys"));
    spec.addOption(Command.option("--rollups", "N", "1", "rollups; chain ids 901, 902, ..."));
    spec.addOption(Command.option("--slot-seconds", "N", "2", "length of an L1 slot"));
    spec.addOption(Command.option("--genesis", "FILE", "geth-form genesis of the first rollup"));
    spec.addOption(
        Command.option("--data-dir", "DIR", ".lockstep/devnet", "everything that is written"));
    spec.addOption(
        Command.option(
            "--rpc-port",
            "N",
            "9545",
            "JSON-RPC of node 0; operations and gossip are on the next two ports, node i is 10*i"
                + " above"));
    spec.addOption(
        Command.option(
            "--nodes",
            "WHERE",
            "inprocess",
            "inprocess: in this process; processes: each in its own"));
    spec.addOption(Command.flag("--only-l1", "run the L1 in a box and nothing else"));
    spec.addOption(
        Command.option(
            "--l1-rpc",
            "URL",
            "a given L1's JSON-RPC instead of the box's; alone, the box keeps the beacon side over"
                + " it, with a beacon block for each block it makes"));
    spec.addOption(Command.option("--l1-beacon", "URL", "the given L1's beacon API"));
    spec.addOption(
        Command.option("--l1-fork", "FORK", "fulu", "consensus fork of the box: fulu or gloas"));
    spec.addOption(
        Command.option(
            "--funding-key-file",
            "FILE",
            "key that pays on a given L1 (default: the test mnemonic's first account)"));
    spec.addOption(Command.option("--l1-rpc-port", "N", "18545", "JSON-RPC of the L1 in a box"));
    spec.addOption(
        Command.option("--l1-beacon-port", "N", "15052", "beacon API of the L1 in a box"));
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    int operators = arguments.integer("--operators", 1, MAX_NODES);
    int followers = arguments.integer("--followers", 0, MAX_NODES);
    int highest = 65_535 - 2 - DevnetOptions.PORTS_PER_NODE * (operators + followers - 1);
    boolean hasBeacon = arguments.isSet("--l1-beacon");
    if (hasBeacon && !arguments.isSet("--l1-rpc")) {
      arguments.problem("--l1-beacon: needs --l1-rpc too");
    }
    if (arguments.isSet("--only-l1") && hasBeacon) {
      arguments.problem("--only-l1: runs the L1 in a box, so --l1-beacon makes no sense with it");
    }
    String dataDir = String.valueOf(arguments.text("--data-dir"));
    return new Invocation.Devnet(
        new DevnetOptions(
            operators,
            followers,
            arguments.integer("--rollups", 1, 16),
            arguments.integer("--slot-seconds", 2, 60),
            arguments.optionalPath("--genesis"),
            arguments.path("--data-dir", dataDir),
            arguments.integer("--rpc-port", 1, highest),
            arguments.oneOf("--nodes", DevnetOptions.NodesIn.values()),
            arguments.isSet("--only-l1"),
            arguments.optionalUrl("--l1-rpc"),
            arguments.optionalUrl("--l1-beacon"),
            arguments.key("--funding-key-file"),
            arguments.integer("--l1-rpc-port", 1, 65_535),
            arguments.integer("--l1-beacon-port", 1, 65_535),
            arguments.oneOf("--l1-fork", DevnetOptions.L1Fork.values())));
  }
}
