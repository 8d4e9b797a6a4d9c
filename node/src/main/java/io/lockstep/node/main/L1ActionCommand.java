// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.L1ActionOptions;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.http.Transport;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.deploy.Registration;
import io.lockstep.node.stake.L1Account;
import io.lockstep.node.stake.OperatorTransactions;
import io.lockstep.primitives.uint.UInt256;
import java.net.URI;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep register}, {@code exit}, {@code rotate} and their kin. */
final class L1ActionCommand {
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private L1ActionCommand() {}

  static ExitCode run(L1ActionOptions options) {
    try (JdkTransport transport = new JdkTransport(CONNECT_TIMEOUT_MS)) {
      ExecutionClient l1 =
          new ExecutionClient(
              new EndpointPool(List.of(new Endpoint(options.l1Rpc().toString())), System::nanoTime),
              transport,
              HttpOptions.DEFAULT);
      UInt256 chainId = l1.chainId();
      if (!chainId.equals(UInt256.of(options.cluster().l1().chainId()))) {
        return fail(
            ExitCode.USAGE,
            "%s is chain %s, the cluster's L1 is %d"
                .formatted(options.l1Rpc(), chainId, options.cluster().l1().chainId()));
      }
      OperatorTransactions transactions =
          new OperatorTransactions(
              new L1Account(l1, options.key()),
              options.cluster(),
              (operatorId, validators) -> claim(options, transport, operatorId, validators),
              () -> open(options, transport));
      print(transactions.run(options.action()), options.json());
      return ExitCode.DONE;
    } catch (L1Account.Refused e) {
      return fail(ExitCode.NO, "refused: " + e.getMessage());
    } catch (L1Exception e) {
      return fail(ExitCode.UNAVAILABLE, e.text());
    } catch (DeployException e) {
      return fail(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  private static void claim(
      L1ActionOptions options, Transport transport, int operatorId, List<Long> validators)
      throws DeployException {
    new Registration(open(options, transport), options.cluster().operatorRegistry())
        .claim(options.key(), operatorId, validators);
  }

  private static L1Access open(L1ActionOptions options, Transport transport)
      throws DeployException {
    URI beacon = options.l1Beacon();
    if (beacon == null) {
      throw new DeployException("--l1-beacon: missing, proofs need it");
    }
    return L1Access.open(options.l1Rpc(), beacon, transport);
  }

  private static void print(List<String> done, boolean json) {
    if (json) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      done.forEach(out.putArray("done")::add);
      System.out.println(out);
    } else {
      done.forEach(System.out::println);
    }
  }

  private static ExitCode fail(ExitCode code, String why) {
    System.err.println("lockstep: " + why);
    return code;
  }
}
