// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.DeployOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.DeploymentFile;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.node.deploy.ClusterDeployment;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.deploy.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep deploy}. */
final class DeployCommand {
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private DeployCommand() {}

  static ExitCode run(DeployOptions options) {
    DeploymentFile wanted = options.plan();
    try (JdkTransport transport = new JdkTransport(CONNECT_TIMEOUT_MS)) {
      L1Access l1 = L1Access.open(options.l1Rpc(), options.l1Beacon(), transport);
      Plan plan =
          new Plan(
              wanted.parameters(),
              wanted.stakes(),
              rollups(wanted, l1.spec().clock().genesisSeconds()),
              List.of(),
              options.key());
      List<String> problems =
          plan.problems(l1.spec().clock().slotSeconds(), l1.spec().clock().slotsPerEpoch());
      if (!problems.isEmpty()) {
        problems.forEach(problem -> System.err.println("lockstep: --params: " + problem));
        return ExitCode.USAGE;
      }
      ClusterFile cluster = new ClusterDeployment(l1).deploy(plan);
      cluster.write(options.out());
      print(cluster, options);
      return ExitCode.DONE;
    } catch (L2Genesis.Refused e) {
      return fail(ExitCode.USAGE, "--params: " + e.getMessage());
    } catch (DeployException | IOException e) {
      return fail(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private static List<JsonNode> rollups(DeploymentFile wanted, long genesisSeconds)
      throws L2Genesis.Refused {
    List<JsonNode> rollups = new ArrayList<>();
    for (DeploymentFile.Rollup rollup : wanted.rollups()) {
      rollups.add(L2Genesis.merge(rollup.genesis(), genesisSeconds, rollup.treasury()));
    }
    return rollups;
  }

  private static void print(ClusterFile cluster, DeployOptions options) {
    if (options.json()) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      ObjectNode contracts = out.putObject("contracts");
      cluster.contracts().forEach((name, address) -> contracts.put(name, address.toHex()));
      out.put("cluster", options.out().toString());
      System.out.println(out);
    } else {
      cluster.contracts().forEach((name, address) -> System.out.println(name + " " + address));
      System.out.println("cluster file " + options.out());
    }
  }

  private static ExitCode fail(ExitCode code, String why) {
    System.err.println("lockstep: " + why);
    return code;
  }
}
