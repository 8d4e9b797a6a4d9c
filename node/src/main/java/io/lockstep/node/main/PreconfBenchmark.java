// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchOptions;
import io.lockstep.config.cli.ExitCode;

/** The load on a running devnet; implemented by the module of benchmarks and found as a service. */
public interface PreconfBenchmark {
  ExitCode run(BenchOptions options);
}
