// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep export}. */
final class ExportCommand implements Command {
  private static final String DATA_DIR = "--data-dir";
  private static final String RPC = "--rpc";
  private static final String CLUSTER = "--cluster";
  private static final String ROLLUP = "--rollup";
  private static final String GENESIS = "--genesis";
  private static final String BLOCKS = "--blocks";
  private static final String FIRST = "--first";
  private static final String LAST = "--last";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Command.named(
            "export",
            "Write a rollup's genesis and blocks for any Ethereum client.",
            "The genesis is JSON in geth's form, the blocks are RLP one after another. A file is"
                + " replaced when all of it is written, else it stays as it was.");
    spec.addOption(Command.option(DATA_DIR, "DIR", "data directory of a node that does not run"));
    spec.addOption(Command.option(RPC, "URL", "or JSON-RPC of a node that runs"));
    spec.addOption(
        Command.option(
            CLUSTER, "FILE", "the deployment (default with --data-dir: the one kept in DIR)"));
    spec.addOption(
        Command.option(
            ROLLUP, "CHAIN_ID", "which rollup of a data directory (default: the first)"));
    spec.addOption(Command.option(GENESIS, "FILE", "where the genesis goes"));
    spec.addOption(Command.option(BLOCKS, "FILE", "where the blocks go"));
    spec.addOption(Command.option(FIRST, "N", "1", "number of the first block"));
    spec.addOption(Command.option(LAST, "N", "number of the last block (default: the head's)"));
    return spec;
  }

  @Override
  public Invocation read(Arguments arguments, Map<String, String> environment) {
    Path genesis = arguments.optionalPath(GENESIS);
    Path blocks = arguments.optionalPath(BLOCKS);
    if (genesis == null && blocks == null) {
      arguments.problem("one of %s and %s is needed".formatted(GENESIS, BLOCKS));
    } else if (genesis != null && genesis.equals(blocks)) {
      arguments.problem("%s and %s are the same file".formatted(GENESIS, BLOCKS));
    }
    long first = arguments.number(FIRST, 1, Long.MAX_VALUE);
    Long last = optionalNumber(arguments, LAST, first);
    return new Invocation.Export(
        new ExportOptions(source(arguments), genesis, blocks, first, last));
  }

  private static ExportOptions.Source source(Arguments arguments) {
    Path dataDir = arguments.optionalPath(DATA_DIR);
    URI rpc = arguments.optionalUrl(RPC);
    Path cluster = arguments.optionalPath(CLUSTER);
    Long rollup = optionalNumber(arguments, ROLLUP, 1);
    if ((dataDir == null) == (rpc == null)) {
      arguments.problem("one of %s and %s is needed".formatted(DATA_DIR, RPC));
    }
    if (rpc == null) {
      return new ExportOptions.Source.DataDir(
          dataDir == null ? Path.of("") : dataDir, cluster, rollup);
    }
    for (String flag : new String[] {CLUSTER, ROLLUP}) {
      if (arguments.isSet(flag)) {
        arguments.problem("%s: is for %s".formatted(flag, DATA_DIR));
      }
    }
    return new ExportOptions.Source.Rpc(rpc);
  }

  private static @Nullable Long optionalNumber(Arguments arguments, String flag, long least) {
    return arguments.isSet(flag) ? arguments.number(flag, least, Long.MAX_VALUE) : null;
  }
}
