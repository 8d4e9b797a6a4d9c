// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.BenchRpcOptions;
import io.lockstep.config.cli.ExitCode;

/** The measurement of intake; implemented by the module of benchmarks and found as a service. */
public interface RpcBenchmark {
  ExitCode run(BenchRpcOptions options);
}
