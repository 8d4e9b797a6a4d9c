// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchDeriveOptions;
import io.lockstep.config.cli.ExitCode;

/** The measurement of derivation; implemented by the module of benchmarks, found as a service. */
public interface DeriveBenchmark {
  ExitCode run(BenchDeriveOptions options);
}
