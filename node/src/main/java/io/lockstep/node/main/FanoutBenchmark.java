// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchFanoutOptions;
import io.lockstep.config.cli.ExitCode;

/** The measurement of streams; implemented by the module of benchmarks, found as a service. */
public interface FanoutBenchmark {
  ExitCode run(BenchFanoutOptions options);
}
