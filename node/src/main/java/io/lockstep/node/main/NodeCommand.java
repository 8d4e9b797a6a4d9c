// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.node.wire.LockstepNode;
import io.lockstep.node.wire.StartFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code lockstep node}: one node until it is told to end or fails. */
final class NodeCommand {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);

  private NodeCommand() {}

  static ExitCode run(NodeConfig config) {
    LockstepNode node;
    try {
      node = LockstepNode.start(config, System::currentTimeMillis);
    } catch (StartFailure e) {
      System.err.println("lockstep: " + e.text());
      return exitCode(e);
    } catch (io.lockstep.storage.kv.StorageException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
    ParentWatch.start();
    try {
      String why = node.awaitFailure();
      LOG.error("the node has failed: {}", why);
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.DONE;
    }
  }

  static ExitCode exitCode(StartFailure failure) {
    return switch (failure.kind()) {
      case CONFIGURATION -> ExitCode.USAGE;
      case SURROUNDINGS -> ExitCode.UNAVAILABLE;
    };
  }
}
