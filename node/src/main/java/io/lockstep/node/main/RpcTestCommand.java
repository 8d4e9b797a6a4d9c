// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.node.rpctest.RpcTest;
import io.lockstep.primitives.codec.DecodeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep evm rpctest}: the node's JSON-RPC against recorded conversations. */
final class RpcTestCommand {
  private RpcTestCommand() {}

  static ExitCode run(Path chain, Path tests) {
    long[] counts = new long[2];
    try (Scratch scratch = Scratch.create()) {
      try (RpcTest test = new RpcTest(chain, scratch.folder())) {
        test.playAll(
            tests,
            result -> {
              counts[result.fault() == null ? 0 : 1]++;
              System.out.println(json(result));
            });
      }
      System.out.println(counts[0] + " passed, " + counts[1] + " failed");
      return counts[1] == 0 ? ExitCode.DONE : ExitCode.NO;
    } catch (IOException e) {
      System.err.println("lockstep: cannot be read: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (DecodeException e) {
      System.err.println("lockstep: the chain is not valid: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    }
  }

  /** A folder for the chain's database, which goes with the command. */
  private record Scratch(Path folder) implements AutoCloseable {
    static Scratch create() throws IOException {
      return new Scratch(Files.createTempDirectory("lockstep-rpctest"));
    }

    @Override
    public void close() throws IOException {
      List<Path> deepestFirst;
      try (Stream<Path> all = Files.walk(folder)) {
        deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
  }

  private static ObjectNode json(RpcTest.Result result) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", result.name())
        .put("pass", result.fault() == null)
        .put("error", result.fault() == null ? "" : result.fault());
  }
}
