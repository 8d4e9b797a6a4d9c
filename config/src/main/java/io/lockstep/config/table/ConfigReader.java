// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import io.lockstep.config.BlobsConfig;
import io.lockstep.config.GossipConfig;
import io.lockstep.config.L1Config;
import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OpsConfig;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.PromiseConfig;
import io.lockstep.config.RpcAccess;
import io.lockstep.config.RpcBounds;
import io.lockstep.config.RpcConfig;
import io.lockstep.config.RpcRates;
import io.lockstep.config.SequencerConfig;
import io.lockstep.config.StorageConfig;
import io.lockstep.config.secret.Credentials;
import io.lockstep.config.secret.KeyPassword;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a node's configuration from all its sources. One thread, at start-up. */
public final class ConfigReader {
  private ConfigReader() {}

  /** Reads a file alone: what a node started with that file and nothing else would hold. */
  public static ConfigResult readFile(Path file) {
    return read(file, Map.of(), Map.of());
  }

  /**
   * Reads all sources and reports every fault together.
   *
   * @param file the TOML file, or null when there is none; relative paths in it start at its folder
   * @param environment the process' environment
   * @param flags what flags were given, by key
   */
  public static ConfigResult read(
      @Nullable Path file, Map<String, String> environment, Map<Key<?>, List<String>> flags) {
    Sources sources = new Sources();
    Path workingDir = Path.of("").toAbsolutePath();
    if (file != null) {
      sources.readFile(file);
    }
    sources.readEnvironment(environment, workingDir);
    sources.readFlags(flags, workingDir);
    Values values = new Values(sources);
    checkTogether(values);
    OperatorConfig operator = OperatorReader.read(values, KeyPassword.from(environment));
    List<String> problems = new ArrayList<>(sources.problems());
    problems.addAll(values.problems());
    return problems.isEmpty()
        ? new ConfigResult.Valid(build(values, operator))
        : new ConfigResult.Invalid(problems);
  }

  private static void checkTogether(Values values) {
    samePort(values, Keys.RPC_HOST, Keys.RPC_PORT, Keys.OPS_HOST, Keys.OPS_PORT);
    samePort(values, Keys.RPC_HOST, Keys.RPC_PORT, Keys.GOSSIP_HOST, Keys.GOSSIP_PORT);
    samePort(values, Keys.OPS_HOST, Keys.OPS_PORT, Keys.GOSSIP_HOST, Keys.GOSSIP_PORT);
    history(values);
    credentials(values);
    PostingConfig.Path path = values.find(Keys.POSTING_PATH);
    if (path != null && path.needsUrl() && !values.isGiven(Keys.POSTING_PATH_URL)) {
      values.problem(
          Keys.POSTING_PATH_URL, "missing, though %s needs it".formatted(Keys.POSTING_PATH.name()));
    }
    Long usual = values.find(Keys.RPC_SYNC_TIMEOUT_MS);
    Long longest = values.find(Keys.RPC_SYNC_TIMEOUT_MAX_MS);
    if (usual != null && longest != null && usual > longest) {
      values.problem(
          Keys.RPC_SYNC_TIMEOUT_MS,
          "%d is above %s, %d".formatted(usual, Keys.RPC_SYNC_TIMEOUT_MAX_MS.name(), longest));
    }
    Long answer = values.find(Keys.RPC_ANSWER_TIMEOUT_MS);
    if (longest != null && answer != null && longest > answer) {
      values.problem(
          Keys.RPC_SYNC_TIMEOUT_MAX_MS,
          "%d is above %s, %d".formatted(longest, Keys.RPC_ANSWER_TIMEOUT_MS.name(), answer));
    }
  }

  private static void history(Values values) {
    Long blocks = values.find(Keys.STORAGE_HISTORY_BLOCKS);
    if (blocks != null && blocks > 0 && blocks < StorageConfig.LEAST_HISTORY_BLOCKS) {
      values.problem(
          Keys.STORAGE_HISTORY_BLOCKS,
          "%d is below the limit of %d; 0 keeps all"
              .formatted(blocks, StorageConfig.LEAST_HISTORY_BLOCKS));
    }
  }

  /** A line that is for no endpoint is a misspelt one: the endpoint would be asked without. */
  private static void credentials(Values values) {
    Credentials credentials = values.find(Keys.L1_CREDENTIALS);
    List<URI> rpc = values.find(Keys.L1_RPC);
    List<URI> beacon = values.find(Keys.L1_BEACON);
    if (credentials != null && rpc != null && beacon != null) {
      List<URI> urls = new ArrayList<>(rpc);
      urls.addAll(beacon);
      for (String prefix : credentials.unused(urls)) {
        values.problem(
            Keys.L1_CREDENTIALS,
            "no URL of %s or %s begins as its line for %s"
                .formatted(Keys.L1_RPC.name(), Keys.L1_BEACON.name(), prefix));
      }
    }
  }

  private static void samePort(
      Values values,
      Key<String> firstHost,
      Key<Integer> firstPort,
      Key<String> secondHost,
      Key<Integer> secondPort) {
    String host = values.find(firstHost);
    Integer port = values.find(firstPort);
    if (host != null
        && port != null
        && port != 0
        && host.equals(values.find(secondHost))
        && port.equals(values.find(secondPort))) {
      values.problem(secondPort, "%d is %s too".formatted(port, firstPort.name()));
    }
  }

  private static NodeConfig build(Values values, @Nullable OperatorConfig operator) {
    return new NodeConfig(
        new L1Config(
            values.get(Keys.L1_RPC),
            values.get(Keys.L1_BEACON),
            values.get(Keys.L1_REQUEST_TIMEOUT_MS),
            values.isGiven(Keys.L1_CREDENTIALS)
                ? values.get(Keys.L1_CREDENTIALS)
                : Credentials.NONE),
        values.get(Keys.CLUSTER_FILE),
        operator,
        rpc(values),
        new GossipConfig(
            values.get(Keys.GOSSIP_HOST),
            values.get(Keys.GOSSIP_PORT),
            values.get(Keys.GOSSIP_PEERS)),
        new StorageConfig(
            values.get(Keys.STORAGE_DIR),
            values.get(Keys.STORAGE_HISTORY_BLOCKS),
            values.get(Keys.STORAGE_BLOCK_CACHE_BYTES),
            values.get(Keys.STORAGE_WRITE_BUFFER_BYTES)),
        sequencer(values),
        new PostingConfig(
            values.get(Keys.POSTING_PATH),
            values.find(Keys.POSTING_PATH_URL),
            values.get(Keys.POSTING_MAX_TIP_GWEI),
            values.get(Keys.POSTING_MAX_FEE_GWEI),
            values.get(Keys.POSTING_MAX_BLOB_FEE_GWEI),
            values.get(Keys.POSTING_BUDGET_GWEI),
            values.get(Keys.POSTING_EARLY_PERCENT)),
        new BlobsConfig(values.get(Keys.BLOBS_PEERS), values.get(Keys.BLOBS_RETENTION_EPOCHS)),
        new OpsConfig(values.get(Keys.OPS_HOST), values.get(Keys.OPS_PORT)));
  }

  private static RpcConfig rpc(Values values) {
    return new RpcConfig(
        values.get(Keys.RPC_HOST),
        values.get(Keys.RPC_PORT),
        values.get(Keys.RPC_CALL_GAS_CAP),
        values.get(Keys.RPC_CALL_TIMEOUT_MS),
        values.get(Keys.RPC_SYNC_TIMEOUT_MS),
        values.get(Keys.RPC_SYNC_TIMEOUT_MAX_MS),
        new RpcBounds(
            values.get(Keys.RPC_MAX_BODY_BYTES),
            values.get(Keys.RPC_MAX_ANSWER_BYTES),
            values.get(Keys.RPC_MAX_BATCH),
            values.get(Keys.RPC_MAX_DEPTH),
            values.get(Keys.RPC_MAX_CONNECTIONS),
            values.get(Keys.RPC_MAX_CONNECTIONS_PER_ADDRESS),
            values.get(Keys.RPC_MAX_SUBSCRIPTIONS),
            values.get(Keys.RPC_MAX_QUEUED_MESSAGES),
            values.get(Keys.RPC_MAX_QUEUED_BYTES),
            values.get(Keys.RPC_MAX_CALLS),
            values.get(Keys.RPC_MAX_CALLS_PER_CONNECTION),
            values.get(Keys.RPC_READ_TIMEOUT_MS),
            values.get(Keys.RPC_ANSWER_TIMEOUT_MS),
            values.get(Keys.RPC_IDLE_TIMEOUT_MS)),
        new RpcRates(
            values.get(Keys.RPC_RATE_READ),
            values.get(Keys.RPC_RATE_HEAVY),
            values.get(Keys.RPC_RATE_WRITE),
            values.get(Keys.RPC_RATE_BURST_SECONDS),
            values.get(Keys.RPC_RATE_ADDRESSES)),
        new RpcAccess(
            values.get(Keys.RPC_CORS_ORIGINS),
            values.get(Keys.RPC_VIRTUAL_HOSTS),
            values.find(Keys.RPC_JWT_SECRET_FILE),
            values.get(Keys.RPC_JWT_METHODS)));
  }

  private static SequencerConfig sequencer(Values values) {
    return new SequencerConfig(
        values.get(Keys.SEQUENCER_FRAG_MIN_INTERVAL_MS),
        values.get(Keys.SEQUENCER_HEARTBEAT_MS),
        values.get(Keys.SEQUENCER_MEMPOOL_MAX_TRANSACTIONS),
        values.get(Keys.SEQUENCER_MEMPOOL_MAX_PER_SENDER),
        values.get(Keys.SEQUENCER_MEMPOOL_MAX_BYTES),
        values.get(Keys.SEQUENCER_MEMPOOL_JOURNAL_BYTES),
        promises(values));
  }

  private static PromiseConfig promises(Values values) {
    return new PromiseConfig(
        values.get(Keys.PROMISE_MISS_PPM),
        values.get(Keys.PROMISE_CARRY_PPM),
        values.get(Keys.PROMISE_FINE_PPM),
        values.get(Keys.PROMISE_CAPITAL_PPM_PER_YEAR),
        values.get(Keys.PROMISE_SETTLE_SECONDS),
        values.get(Keys.PROMISE_VOLATILITY_PPM_PER_YEAR),
        values.get(Keys.PROMISE_POSTING_GAS),
        values.get(Keys.PROMISE_POSTING_BYTES));
  }
}
