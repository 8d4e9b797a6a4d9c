// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** {@code lockstep status}: what a running node is. */
final class StatusCommand {
  private StatusCommand() {}

  static ExitCode run(Invocation.Status status) {
    try {
      JsonNode answer = new RpcCaller(status.rpc()).call("preconf_status");
      if (status.json()) {
        System.out.println(answer);
      } else {
        for (String name : answer.propertyNames()) {
          JsonNode value = answer.get(name);
          System.out.printf("%-18s %s%n", name, value.isString() ? value.asString() : value);
        }
      }
      return ExitCode.DONE;
    } catch (IOException e) {
      System.err.println("lockstep: no answer from " + status.rpc() + ": " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    }
  }
}
