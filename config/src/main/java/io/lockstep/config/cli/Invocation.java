// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.primitives.crypto.SecretKey;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command line asks for, checked: the node's main runs it and answers with an {@link
 * ExitCode}. Any thread.
 */
public sealed interface Invocation {
  /** Print to stdout, exit 0. */
  record Help(String text) implements Invocation {}

  /** Print to stdout, exit 0. */
  record Version(String text) implements Invocation {}

  /**
   * Print to stderr, exit 2.
   *
   * @param problems everything that was wrong, one line each, and how to get help
   */
  record UsageError(List<String> problems) implements Invocation {
    public UsageError {
      problems = List.copyOf(problems);
    }
  }

  /** A whole network on this machine. */
  record Devnet(DevnetOptions options) implements Invocation {}

  /** One node. */
  record Node(NodeConfig config) implements Invocation {}

  /**
   * Write a commented configuration.
   *
   * @param file where to
   * @param overwrite whether an existing file may go
   * @param text what to write
   */
  record Init(Path file, boolean overwrite, String text) implements Invocation {}

  /**
   * Say what is wrong with a configuration: exit 0 when nothing is, else 2.
   *
   * @param problems one line each
   */
  record ConfigCheck(Path file, List<String> problems, boolean json) implements Invocation {
    public ConfigCheck {
      problems = List.copyOf(problems);
    }
  }

  /** Ask a running node what it is. */
  record Status(URI rpc, boolean json) implements Invocation {}

  /** Look at what surrounds a node. */
  record Doctor(NodeConfig config, boolean json) implements Invocation {}

  /**
   * Check a commitment or a promise against L1 alone.
   *
   * @param file the commitment as {@code preconf_getCommitment} gives it
   * @param rpc any node, untrusted, to see whether the commitment was kept; null to leave that out
   */
  record Verify(Path file, URI l1Rpc, ClusterFile cluster, @Nullable URI rpc, boolean json)
      implements Invocation {}

  /** {@code lockstep deploy}. */
  record Deploy(DeployOptions options) implements Invocation {}

  /** Make one transaction with a cluster's contracts on L1. */
  record L1Action(L1ActionOptions options) implements Invocation {}

  /** Write a chain to files. */
  record Export(ExportOptions options) implements Invocation {}

  /**
   * Put a key under a password.
   *
   * @param out a new file
   */
  record EncryptKey(SecretKey key, KeyPassword password, Path out) implements Invocation {}

  /**
   * Say whose keys these files hold.
   *
   * @param password of encrypted ones, to see that it opens them; null leaves them closed
   */
  record ShowKeys(List<Path> files, @Nullable KeyPassword password) implements Invocation {
    public ShowKeys {
      files = List.copyOf(files);
    }
  }

  /**
   * Write a signing database as JSON.
   *
   * @param config an operator's
   * @param out where to, or null for stdout
   */
  record ExportSigningDatabase(NodeConfig config, @Nullable Path out) implements Invocation {}

  /**
   * Merge an exported signing database.
   *
   * @param config an operator's
   */
  record ImportSigningDatabase(NodeConfig config, Path file) implements Invocation {}

  /**
   * Go on without an export.
   *
   * @param config an operator's
   */
  record NewSigningDatabase(NodeConfig config) implements Invocation {}

  /**
   * Write a stopped node's derived state.
   *
   * @param at {@code finalized} or {@code safe}
   */
  record ExportSnapshot(Path dataDir, ClusterFile cluster, Path out, String at)
      implements Invocation {}

  /** Begin a node's databases from a snapshot. */
  record ImportSnapshot(Path dataDir, ClusterFile cluster, Path file) implements Invocation {}

  /** Run code on the EVM alone. */
  record EvmRun(EvmRunOptions options) implements Invocation {}

  /** Run state tests of the public fixture format. */
  record EvmStateTest(FixtureOptions options) implements Invocation {}

  /** Run blockchain tests of the public fixture format. */
  record EvmBlockTest(FixtureOptions options) implements Invocation {}

  /** Run transaction tests of the public fixture format. */
  record EvmTransactionTest(FixtureOptions options) implements Invocation {}

  /**
   * Play the conversations of execution-apis.
   *
   * @param chain folder of genesis.json and chain.rlp
   * @param tests folder of {@code .io} files
   */
  record EvmRpcTest(Path chain, Path tests) implements Invocation {}

  /** Simulate a whole cluster. */
  record Sim(SimOptions options) implements Invocation {}

  /** Measure preconfirmations of running nodes. */
  record BenchPreconf(BenchOptions options) implements Invocation {}

  /** Measure intake and inclusion of running nodes. */
  record BenchRpc(BenchRpcOptions options) implements Invocation {}

  /** Measure the EVM by itself. */
  record BenchEvm(BenchEvmOptions options) implements Invocation {}

  /** Measure blocks on a state of many accounts. */
  record BenchState(BenchStateOptions options) implements Invocation {}

  /** Measure the size of batches. */
  record BenchBatch(BenchBatchOptions options) implements Invocation {}

  /** Measure derivation from L1 data. */
  record BenchDerive(BenchDeriveOptions options) implements Invocation {}

  /** Measure streams to many subscribers. */
  record BenchFanout(BenchFanoutOptions options) implements Invocation {}

  /** {@code lockstep bench proofs}. */
  record BenchProofs(BenchProofsOptions options) implements Invocation {}
}
