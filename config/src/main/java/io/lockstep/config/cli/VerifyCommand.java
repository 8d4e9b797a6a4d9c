// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.ClusterFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep verify}. */
final class VerifyCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "verify",
            "Check a commitment or a promise against L1 alone.",
            "The answer is \"genuine\", or why it is not. With any node's --rpc, which is not"
                + " trusted, it is also \"kept\", \"broken\" or \"not posted yet\".",
            "Exit code 0: genuine and not broken; 1: forged or broken.");
    spec.addPositional(
        Command.positional(
            "FILE", "1", "the answer of preconf_getCommitment or preconf_requestPromise"));
    spec.addOption(Command.option("--l1-rpc", "URL", "JSON-RPC of an L1 client you trust"));
    spec.addOption(Command.option("--cluster", "FILE", "the deployment"));
    spec.addOption(Command.option("--rpc", "URL", "JSON-RPC of any node, to see what came of it"));
    spec.addOption(Command.json());
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    Path file = arguments.path("FILE", arguments.positional().getFirst());
    URI l1Rpc = arguments.requiredUrl("--l1-rpc");
    URI rpc = arguments.optionalUrl("--rpc");
    ClusterFile cluster = arguments.cluster();
    return cluster == null
        ? new Invocation.UsageError(List.of())
        : new Invocation.Verify(file, l1Rpc, cluster, rpc, arguments.isSet("--json"));
  }
}
