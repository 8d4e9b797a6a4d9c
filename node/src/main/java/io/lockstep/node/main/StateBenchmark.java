// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchStateOptions;
import io.lockstep.config.cli.ExitCode;

/** The measurement of the state; implemented by the module of benchmarks, found as a service. */
public interface StateBenchmark {
  ExitCode run(BenchStateOptions options);
}
