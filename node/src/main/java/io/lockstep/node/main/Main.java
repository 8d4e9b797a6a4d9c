// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.node.sim.Simulation;
import java.util.List;

/** The entry of every command: parse, run, exit. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Invocation invocation = CommandLineParser.parse(List.of(args), System.getenv());
    if (invocation instanceof Invocation.Devnet || invocation instanceof Invocation.Node) {
      // Daemons tell everything on stdout; this must be set before the first logger exists.
      System.setProperty("lockstep.log.target", "System.out");
    }
    System.exit(run(invocation).code());
  }

  private static ExitCode run(Invocation invocation) {
    return switch (invocation) {
      case Invocation.Help help -> {
        System.out.println(help.text());
        yield ExitCode.DONE;
      }
      case Invocation.Version version -> {
        System.out.println(version.text());
        yield ExitCode.DONE;
      }
      case Invocation.UsageError error -> {
        error.problems().forEach(System.err::println);
        yield ExitCode.USAGE;
      }
      case Invocation.Node node -> NodeCommand.run(node.config());
      case Invocation.Devnet devnet -> DevnetCommand.run(devnet.options());
      case Invocation.Init init -> FileCommands.init(init);
      case Invocation.ConfigCheck check -> FileCommands.check(check);
      case Invocation.Status status -> StatusCommand.run(status);
      case Invocation.Doctor doctor -> DoctorCommand.run(doctor);
      case Invocation.Deploy deploy -> DeployCommand.run(deploy.options());
      case Invocation.L1Action action -> L1ActionCommand.run(action.options());
      case Invocation.Verify verify -> VerifyCommand.run(verify);
      case Invocation.Export export -> ExportCommand.run(export.options());
      case Invocation.EncryptKey encrypt -> KeysCommands.encrypt(encrypt);
      case Invocation.ShowKeys show -> KeysCommands.show(show);
      case Invocation.ExportSigningDatabase export -> KeysCommands.exportDatabase(export);
      case Invocation.ImportSigningDatabase give -> KeysCommands.importDatabase(give);
      case Invocation.NewSigningDatabase renew -> KeysCommands.newDatabase(renew);
      case Invocation.ExportSnapshot export -> SnapshotCommand.export(export);
      case Invocation.ImportSnapshot give -> SnapshotCommand.importFrom(give);
      case Invocation.EvmRun run -> EvmCommands.run(run.options());
      case Invocation.EvmStateTest tests -> EvmCommands.stateTest(tests.options());
      case Invocation.EvmBlockTest tests -> EvmCommands.blockTest(tests.options());
      case Invocation.EvmTransactionTest tests -> EvmCommands.transactionTest(tests.options());
      case Invocation.EvmRpcTest tests -> RpcTestCommand.run(tests.chain(), tests.tests());
      case Invocation.Sim sim -> Simulation.run(sim.options(), System.out::println);
      case Invocation.BenchPreconf bench -> BenchCommand.run(bench.options());
      case Invocation.BenchRpc bench -> BenchCommand.run(bench.options());
      case Invocation.BenchEvm bench -> BenchCommand.run(bench.options());
      case Invocation.BenchState bench -> BenchCommand.run(bench.options());
      case Invocation.BenchProofs bench -> BenchCommand.run(bench.options());
      case Invocation.BenchBatch bench -> BenchCommand.run(bench.options());
      case Invocation.BenchDerive bench -> BenchCommand.run(bench.options());
      case Invocation.BenchFanout bench -> BenchCommand.run(bench.options());
    };
  }
}
