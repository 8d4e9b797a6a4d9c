// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep sim}. */
final class SimCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "sim",
            "Simulate a whole cluster with faults, the same way for the same seed.",
            "Four operators, a follower, their L1 and the network between them run in this process",
            "on a manual clock. One JSON object for each seed, then a line N passed, M failed.",
            "A failing seed runs again with: lockstep sim --seed S --trace");
    spec.addOption(Command.option("--seeds", "N", "1", "how many seeds to run"));
    spec.addOption(Command.option("--first-seed", "S", "1", "the first of them"));
    spec.addOption(Command.option("--seed", "S", "run this seed alone"));
    spec.addOption(
        Command.option("--epochs", "E", "3", "length of a run; the last epoch has no faults"));
    spec.addOption(Command.option("--threads", "N", "2", "runs at a time"));
    spec.addOption(Command.flag("--trace", "tell the story of each run, line by line"));
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    boolean one = arguments.text("--seed") != null;
    boolean trace = arguments.isSet("--trace");
    return new Invocation.Sim(
        new SimOptions(
            arguments.number(one ? "--seed" : "--first-seed", 0, Long.MAX_VALUE / 2),
            one ? 1 : arguments.integer("--seeds", 1, 1_000_000),
            arguments.integer("--epochs", 2, 1_000),
            trace ? 1 : arguments.integer("--threads", 1, 64),
            trace));
  }
}
