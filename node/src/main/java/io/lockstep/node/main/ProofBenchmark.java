// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchProofsOptions;
import io.lockstep.config.cli.ExitCode;

/** The measurement of proofs; implemented by the module of benchmarks, found as a service. */
public interface ProofBenchmark {
  ExitCode run(BenchProofsOptions options);
}
