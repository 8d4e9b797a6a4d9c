// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchBatchOptions;
import io.lockstep.config.cli.BenchDeriveOptions;
import io.lockstep.config.cli.BenchEvmOptions;
import io.lockstep.config.cli.BenchFanoutOptions;
import io.lockstep.config.cli.BenchOptions;
import io.lockstep.config.cli.BenchProofsOptions;
import io.lockstep.config.cli.BenchRpcOptions;
import io.lockstep.config.cli.BenchStateOptions;
import io.lockstep.config.cli.ExitCode;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * {@code lockstep bench}: the benchmarks are not shipped to operators, they lie beside the sources.
 */
final class BenchCommand {
  private BenchCommand() {}

  static ExitCode run(BenchOptions options) {
    Optional<PreconfBenchmark> benchmark = ServiceLoader.load(PreconfBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchRpcOptions options) {
    Optional<RpcBenchmark> benchmark = ServiceLoader.load(RpcBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchEvmOptions options) {
    Optional<EvmBenchmark> benchmark = ServiceLoader.load(EvmBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchStateOptions options) {
    Optional<StateBenchmark> benchmark = ServiceLoader.load(StateBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchProofsOptions options) {
    Optional<ProofBenchmark> benchmark = ServiceLoader.load(ProofBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchBatchOptions options) {
    Optional<BatchBenchmark> benchmark = ServiceLoader.load(BatchBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchDeriveOptions options) {
    Optional<DeriveBenchmark> benchmark = ServiceLoader.load(DeriveBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  static ExitCode run(BenchFanoutOptions options) {
    Optional<FanoutBenchmark> benchmark = ServiceLoader.load(FanoutBenchmark.class).findFirst();
    return benchmark.isEmpty() ? notHere() : benchmark.get().run(options);
  }

  private static ExitCode notHere() {
    System.err.println(
        "lockstep: the benchmarks are not in this distribution; run ./lockstep bench in the sources");
    return ExitCode.UNAVAILABLE;
  }
}
