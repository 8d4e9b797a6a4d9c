// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import static io.lockstep.config.table.Kind.host;
import static io.lockstep.config.table.Kind.hostPort;
import static io.lockstep.config.table.Kind.integer;
import static io.lockstep.config.table.Kind.keyFile;
import static io.lockstep.config.table.Kind.listOf;
import static io.lockstep.config.table.Kind.number;
import static io.lockstep.config.table.Kind.oneOf;
import static io.lockstep.config.table.Kind.path;
import static io.lockstep.config.table.Kind.rpcUrl;
import static io.lockstep.config.table.Kind.url;

import io.lockstep.config.ClusterConfig;
import io.lockstep.config.HostPort;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.secret.Credentials;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table: every key of the configuration, once. Parsing, environment, flags, the commented file
 * and the reference all follow from it. Any thread.
 */
public final class Keys {
  private static final String LOOPBACK = "127.0.0.1";

  static final Key<List<URI>> L1_RPC =
      Key.required(
          "l1.rpc",
          listOf(rpcUrl(), 1, 16),
          "http://127.0.0.1:8545",
          "JSON-RPC of execution clients; the next is asked when one fails; over ws or wss new heads"
              + " are told, over http polled");
  static final Key<List<URI>> L1_BEACON =
      Key.required(
          "l1.beacon",
          listOf(url(), 1, 16),
          "http://127.0.0.1:5052",
          "API of beacon nodes; the next is asked when one fails");
  static final Key<Long> L1_REQUEST_TIMEOUT_MS =
      Key.of(
          "l1.request-timeout-ms",
          number(100, 120_000),
          "5000",
          "longest wait for one answer of an L1 client, milliseconds");

  static final Key<Credentials> L1_CREDENTIALS =
      Key.off(
          "l1.credentials-file",
          Kind.file(
              "path of a credentials file (readable by its owner alone)", Keys::readCredentials),
          "l1-credentials",
          "what L1 endpoints ask for, a line each: the beginning of the URL and bearer TOKEN or"
              + " basic NAME:PASSWORD");

  static final Key<ClusterConfig> CLUSTER_FILE =
      Key.required(
              "cluster.file",
              Kind.file("path of a cluster file", Keys::readCluster),
              "cluster.json",
              "the deployment the node belongs to")
          .orFlag("--cluster");

  static final Key<SecretKey> OPERATOR_COMMITTER =
      Key.off(
          "operator.committer-key-file",
          keyFile(),
          "committer.key",
          "the key that signs frags and seals; a node without keys is a follower");
  static final Key<List<SecretKey>> OPERATOR_POSTERS =
      Key.off(
          "operator.poster-key-files",
          listOf(keyFile(), OperatorConfig.POSTERS, OperatorConfig.POSTERS),
          "poster-0.key,poster-1.key",
          "the two keys that post batches on L1");
  static final Key<OperatorConfig.Durability> OPERATOR_DURABILITY =
      Key.of(
          "operator.durability",
          oneOf(OperatorConfig.Durability.class),
          "fsync",
          "what survives before a signature is shown: loss of power (fsync) or a killed process"
              + " (process)");
  static final Key<Integer> OPERATOR_DOPPELGANGER_EPOCHS =
      Key.of(
          "operator.doppelganger-epochs",
          integer(0, 100),
          "1",
          "L1 epochs that a new, moved or restored signing database listens for another signer with"
              + " its key before it signs; 0 does not listen, which is safe only for a key that"
              + " was never used");

  static final Key<String> RPC_HOST =
      Key.of("rpc.host", host(), LOOPBACK, "address on which JSON-RPC listens");
  static final Key<Integer> RPC_PORT =
      Key.of(
          "rpc.port",
          integer(0, 65_533),
          "9545",
          "port of JSON-RPC over HTTP and WebSocket; ops.port and gossip.port follow it unless"
              + " they are given too; 0 lets the system choose");
  static final Key<Long> RPC_CALL_GAS_CAP =
      Key.of(
          "rpc.call-gas-cap",
          number(21_000, 10_000_000_000L),
          "100000000",
          "gas that one eth_call or eth_estimateGas may use");
  static final Key<Long> RPC_CALL_TIMEOUT_MS =
      Key.of(
          "rpc.call-timeout-ms",
          number(10, 600_000),
          "5000",
          "time that one eth_call or eth_estimateGas may take, milliseconds");
  static final Key<Long> RPC_SYNC_TIMEOUT_MS =
      Key.of(
          "rpc.sync-timeout-ms",
          number(1, 600_000),
          "6000",
          "how long eth_sendRawTransactionSync waits unless the caller says, milliseconds");
  static final Key<Long> RPC_SYNC_TIMEOUT_MAX_MS =
      Key.of(
          "rpc.sync-timeout-max-ms",
          number(1, 600_000),
          "20000",
          "the longest wait that a caller of eth_sendRawTransactionSync may ask for, milliseconds");
  static final Key<Integer> RPC_MAX_BODY_BYTES =
      Key.of(
          "rpc.max-body-bytes",
          integer(1024, 256 << 20),
          "10485760",
          "size of one request body or WebSocket message, bytes");
  static final Key<Integer> RPC_MAX_ANSWER_BYTES =
      Key.of(
          "rpc.max-answer-bytes",
          integer(1024, 1 << 30),
          "67108864",
          "size of one answer, a whole batch included, bytes");
  static final Key<Integer> RPC_MAX_BATCH =
      Key.of("rpc.max-batch", integer(1, 100_000), "1000", "requests in one JSON-RPC batch");
  static final Key<Integer> RPC_MAX_CALLS =
      Key.of(
          "rpc.max-calls",
          integer(1, 1_000_000),
          "16384",
          "calls being answered at once; one more is refused");
  static final Key<Integer> RPC_MAX_CONNECTIONS =
      Key.of("rpc.max-connections", integer(1, 1_000_000), "2048", "connections open at once");
  static final Key<Integer> RPC_MAX_SUBSCRIPTIONS =
      Key.of(
          "rpc.max-subscriptions",
          integer(1, 100_000),
          "128",
          "subscriptions of one WebSocket connection");

  static final Key<String> GOSSIP_HOST =
      Key.of("gossip.host", host(), LOOPBACK, "address on which gossip listens");
  static final Key<Integer> GOSSIP_PORT =
      Key.portBeside("gossip.port", RPC_PORT, 2, integer(0, 65_535), "port of gossip");
  static final Key<List<HostPort>> GOSSIP_PEERS =
      Key.of(
              "gossip.peers",
              listOf(hostPort(), 0, 256),
              "",
              "nodes to connect to; without any the node lives from L1 alone")
          .orFlag("--peer");

  static final Key<Path> STORAGE_DIR =
      Key.required(
              "storage.dir", path(), "data", "folder of the node's databases, one folder a node")
          .orFlag("--data-dir");

  static final Key<Long> STORAGE_HISTORY_BLOCKS =
      Key.of(
          "storage.history-blocks",
          number(0, 1_000_000_000L),
          "1024",
          "states of so many blocks below the head stay readable, 1024 at least; 0 keeps all of"
              + " them (archive)");
  static final Key<Long> STORAGE_BLOCK_CACHE_BYTES =
      Key.of(
          "storage.block-cache-bytes",
          number(8L << 20, 64L << 30),
          "67108864",
          "memory of the main database's block cache, indices and filters included, bytes");
  static final Key<Long> STORAGE_WRITE_BUFFER_BYTES =
      Key.of(
          "storage.write-buffer-bytes",
          number(16L << 20, 16L << 30),
          "50331648",
          "memory of the main database's newest writes, before they are flushed to tables, bytes");

  static final Key<Long> SEQUENCER_FRAG_MIN_INTERVAL_MS =
      Key.of(
          "sequencer.frag-min-interval-ms",
          number(0, 1000),
          "10",
          "least time between two frags, milliseconds; 0 closes one at every drain");
  static final Key<Long> SEQUENCER_HEARTBEAT_MS =
      Key.of(
          "sequencer.heartbeat-ms",
          number(10, 60_000),
          "250",
          "an empty frag leaves after so long without one, milliseconds");
  static final Key<Integer> SEQUENCER_MEMPOOL_MAX_TRANSACTIONS =
      Key.of(
          "sequencer.mempool-max-transactions",
          integer(1, 10_000_000),
          "100000",
          "waiting transactions in all");
  static final Key<Integer> SEQUENCER_MEMPOOL_MAX_PER_SENDER =
      Key.of(
          "sequencer.mempool-max-per-sender",
          integer(1, 1_000_000),
          "1024",
          "waiting transactions of one sender");
  static final Key<Long> SEQUENCER_MEMPOOL_MAX_BYTES =
      Key.of(
          "sequencer.mempool-max-bytes",
          number(131_072, 64L << 30),
          "268435456",
          "encoded size of all waiting transactions, bytes");
  static final Key<PostingConfig.Path> POSTING_PATH =
      Key.of(
          "posting.path",
          oneOf(PostingConfig.Path.class),
          "mempool",
          "the way of a batch into an L1 block: the public pools (mempool), the execution client that"
              + " builds the operator's own blocks and no other (own), a block builder or relay that"
              + " takes eth_sendBundle (builder), or that beside the public pools (both)");
  static final Key<URI> POSTING_PATH_URL =
      Key.off(
          "posting.path-url",
          url(),
          "http://127.0.0.1:8545",
          "the own execution client or the builder of posting.path");
  static final Key<Long> POSTING_MAX_TIP_GWEI =
      Key.of(
          "posting.max-tip-gwei",
          number(1, 1_000_000),
          "200",
          "highest tip that is offered, gwei a gas; it is paid in full");
  static final Key<Long> POSTING_MAX_FEE_GWEI =
      Key.of(
          "posting.max-fee-gwei",
          number(1, 10_000_000),
          "20000",
          "highest fee that is offered, base fee and tip together, gwei a gas");
  static final Key<Long> POSTING_MAX_BLOB_FEE_GWEI =
      Key.of(
          "posting.max-blob-fee-gwei",
          number(1, 10_000_000),
          "20000",
          "highest blob fee that is offered, gwei a blob gas");
  static final Key<Long> POSTING_BUDGET_GWEI =
      Key.of(
          "posting.budget-gwei",
          number(1_000_000, 1_000_000_000_000L),
          "2000000000",
          "most that one batch may cost on L1 with every fee at what is offered, gwei; a first offer"
              + " takes at most half of it, so that it can be doubled once");

  static final Key<List<URI>> BLOBS_PEERS =
      Key.of(
          "blobs.peers",
          listOf(url(), 0, 16),
          "",
          "JSON-RPC of other nodes, asked for blobs that the beacon nodes no longer have");
  static final Key<Long> BLOBS_RETENTION_EPOCHS =
      Key.of(
          "blobs.retention-epochs",
          number(0, 100_000_000),
          "4096",
          "L1 epochs for which this node keeps the blobs that it posted or derived from, and serves"
              + " them; 0 keeps all");

  static final Key<String> OPS_HOST =
      Key.of("ops.host", host(), LOOPBACK, "address on which operations listen");
  static final Key<Integer> OPS_PORT =
      Key.portBeside(
          "ops.port",
          RPC_PORT,
          1,
          integer(0, 65_535),
          "port of /metrics, /health and the dashboard");

  private static final List<Key<?>> ALL =
      List.of(
          L1_RPC,
          L1_BEACON,
          L1_REQUEST_TIMEOUT_MS,
          L1_CREDENTIALS,
          CLUSTER_FILE,
          OPERATOR_COMMITTER,
          OPERATOR_POSTERS,
          OPERATOR_DURABILITY,
          OPERATOR_DOPPELGANGER_EPOCHS,
          RPC_HOST,
          RPC_PORT,
          RPC_CALL_GAS_CAP,
          RPC_CALL_TIMEOUT_MS,
          RPC_SYNC_TIMEOUT_MS,
          RPC_SYNC_TIMEOUT_MAX_MS,
          RPC_MAX_BODY_BYTES,
          RPC_MAX_ANSWER_BYTES,
          RPC_MAX_BATCH,
          RPC_MAX_CALLS,
          RPC_MAX_CONNECTIONS,
          RPC_MAX_SUBSCRIPTIONS,
          GOSSIP_HOST,
          GOSSIP_PORT,
          GOSSIP_PEERS,
          STORAGE_DIR,
          STORAGE_HISTORY_BLOCKS,
          STORAGE_BLOCK_CACHE_BYTES,
          STORAGE_WRITE_BUFFER_BYTES,
          SEQUENCER_FRAG_MIN_INTERVAL_MS,
          SEQUENCER_HEARTBEAT_MS,
          SEQUENCER_MEMPOOL_MAX_TRANSACTIONS,
          SEQUENCER_MEMPOOL_MAX_PER_SENDER,
          SEQUENCER_MEMPOOL_MAX_BYTES,
          POSTING_PATH,
          POSTING_PATH_URL,
          POSTING_MAX_TIP_GWEI,
          POSTING_MAX_FEE_GWEI,
          POSTING_MAX_BLOB_FEE_GWEI,
          POSTING_BUDGET_GWEI,
          BLOBS_PEERS,
          BLOBS_RETENTION_EPOCHS,
          OPS_HOST,
          OPS_PORT);

  private static final Map<String, String> SECTIONS = sections();

  private Keys() {}

  /** Every key, section by section. */
  public static List<Key<?>> all() {
    return ALL;
  }

  /** The sections in their order, each with one sentence. */
  public static Map<String, String> sectionDescriptions() {
    return SECTIONS;
  }

  static @Nullable Key<?> byName(String name) {
    for (Key<?> key : ALL) {
      if (key.name().equals(name)) {
        return key;
      }
    }
    return null;
  }

  private static Map<String, String> sections() {
    Map<String, String> sections = new LinkedHashMap<>();
    sections.put("l1", "The L1 that the node lives from.");
    sections.put("cluster", "The deployment that the node belongs to.");
    sections.put("operator", "An operator's keys. Without them the node is a follower.");
    sections.put("rpc", "The public JSON-RPC server and its bounds.");
    sections.put("gossip", "The network on which frags, seals and bodies are flooded.");
    sections.put("storage", "The node's databases.");
    sections.put("sequencer", "The mempool, and how an operator fills and posts its window.");
    sections.put(
        "posting", "How an operator's batches come into L1 blocks, and what they may cost.");
    sections.put("blobs", "Where blobs of past batches come from, and how long they are kept.");
    sections.put("ops", "The operator's own server: metrics, health, dashboard.");
    return sections;
  }

  private static Credentials readCredentials(Path file) throws Kind.BadValueException {
    try {
      return Credentials.read(file);
    } catch (Credentials.UnusableCredentialsException e) {
      throw new Kind.BadValueException(String.valueOf(e.getMessage()));
    }
  }

  private static ClusterConfig readCluster(Path file) throws Kind.BadValueException {
    try {
      return new ClusterConfig(file, ClusterFile.read(file));
    } catch (NoSuchFileException e) {
      throw new Kind.BadValueException(file + " does not exist");
    } catch (IOException e) {
      throw new Kind.BadValueException(file + " cannot be read: " + e.getMessage());
    } catch (DecodeException e) {
      throw new Kind.BadValueException(file + ": " + e.getMessage());
    }
  }
}
