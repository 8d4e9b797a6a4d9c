// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchBatchOptions;
import io.lockstep.config.cli.ExitCode;

/**
 * The measurement of the size of batches; implemented by the module of benchmarks, found as a
 * service.
 */
public interface BatchBenchmark {
  ExitCode run(BenchBatchOptions options);
}
