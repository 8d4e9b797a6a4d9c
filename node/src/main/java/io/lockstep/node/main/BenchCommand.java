// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchOptions;
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
    if (benchmark.isEmpty()) {
      System.err.println(
          "lockstep: the benchmarks are not in this distribution; run ./lockstep bench in the sources");
      return ExitCode.UNAVAILABLE;
    }
    return benchmark.get().run(options);
  }
}
