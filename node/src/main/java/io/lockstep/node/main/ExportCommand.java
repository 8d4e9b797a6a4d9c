// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.ExportOptions;
import io.lockstep.node.export.ChainExport;
import io.lockstep.node.export.ExportFailure;
import io.lockstep.node.export.ExportSource;
import io.lockstep.node.export.RemoteChain;
import io.lockstep.node.export.StoredChain;
import java.nio.file.Path;

/** {@code lockstep export}: a rollup's genesis and blocks in files. */
final class ExportCommand {
  private ExportCommand() {}

  static ExitCode run(ExportOptions options) {
    try (ExportSource source = open(options.source())) {
      ChainExport export = new ChainExport(source);
      Path genesis = options.genesis();
      if (genesis != null) {
        System.out.println("wrote " + genesis + ": genesis block " + export.genesis(genesis));
      }
      Path blocks = options.blocks();
      if (blocks != null) {
        ChainExport.Written written = export.blocks(blocks, options.first(), options.last());
        System.out.printf(
            "wrote %s: %d blocks from %d on, %d bytes, the last is %s%n",
            blocks, written.blocks(), options.first(), written.bytes(), written.head());
      }
      return ExitCode.DONE;
    } catch (ExportFailure e) {
      System.err.println("lockstep: " + e.getMessage());
      return switch (e.kind()) {
        case USAGE -> ExitCode.USAGE;
        case BROKEN -> ExitCode.NO;
        case UNAVAILABLE -> ExitCode.UNAVAILABLE;
      };
    }
  }

  private static ExportSource open(ExportOptions.Source source) throws ExportFailure {
    return switch (source) {
      case ExportOptions.Source.DataDir from ->
          StoredChain.open(from.dir(), from.cluster(), from.rollup());
      case ExportOptions.Source.Rpc from -> new RemoteChain(new RpcCaller(from.endpoint())::call);
    };
  }
}
