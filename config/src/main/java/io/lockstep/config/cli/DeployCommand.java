// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.DeploymentFile;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep deploy}. */
final class DeployCommand implements Command {
  private static final String L1_RPC = "--l1-rpc";
  private static final String L1_BEACON = "--l1-beacon";
  private static final String PARAMS = "--params";
  private static final String KEY_FILE = "--key-file";
  private static final String OUT = "--out";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "deploy",
            "Bring a new cluster of rollups onto an L1.",
            "Checks the parameters against the protocol and the L1's slots, creates the contracts"
                + " and writes the cluster file that all nodes share. The paying account has no"
                + " rights afterwards. Operators join by themselves: lockstep register.",
            "Exit code 2: the parameters break a rule; each is named with its limit.");
    spec.addOption(Command.option(L1_RPC, "URL", "JSON-RPC of an L1 client"));
    spec.addOption(Command.option(L1_BEACON, "URL", "beacon API of the same L1"));
    spec.addOption(Command.option(PARAMS, "FILE", "parameters and rollups, see docs/operators.md"));
    spec.addOption(Command.option(KEY_FILE, "FILE", "key of the account that pays, as hex"));
    spec.addOption(Command.option(OUT, "FILE", "cluster.json", "the cluster file to be written"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    URI rpc = arguments.requiredUrl(L1_RPC);
    URI beacon = arguments.requiredUrl(L1_BEACON);
    DeploymentFile plan = plan(arguments);
    SecretKey key = arguments.key(KEY_FILE);
    if (key == null && arguments.text(KEY_FILE) == null) {
      arguments.problem("%s: missing".formatted(KEY_FILE));
    }
    Path out = arguments.optionalPath(OUT);
    if (out != null && Files.exists(out)) {
      arguments.problem("%s: %s is there already".formatted(OUT, out));
    }
    return plan == null || key == null || out == null
        ? new Invocation.UsageError(List.of())
        : new Invocation.Deploy(
            new DeployOptions(rpc, beacon, plan, key, out, arguments.isSet("--json")));
  }

  private static @Nullable DeploymentFile plan(Arguments arguments) {
    Path file = arguments.optionalPath(PARAMS);
    if (file == null) {
      arguments.problem("%s: missing".formatted(PARAMS));
      return null;
    }
    try {
      return DeploymentFile.read(file);
    } catch (IOException e) {
      arguments.problem("%s: %s cannot be read".formatted(PARAMS, file));
    } catch (DecodeException e) {
      arguments.problem("%s: %s: %s".formatted(PARAMS, file, e.getMessage()));
    }
    return null;
  }
}
