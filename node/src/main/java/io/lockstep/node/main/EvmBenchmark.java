// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchEvmOptions;
import io.lockstep.config.cli.ExitCode;

/** The measurement of the EVM; implemented by the module of benchmarks and found as a service. */
public interface EvmBenchmark {
  ExitCode run(BenchEvmOptions options);
}
