// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import static io.lockstep.config.table.Kind.address;
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
import static io.lockstep.config.table.Kind.word;

import io.lockstep.config.ClusterConfig;
import io.lockstep.config.HostPort;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.secret.Credentials;
import io.lockstep.config.secret.JwtSecret;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
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

  static final Key<KeyFile.Content> OPERATOR_COMMITTER =
      Key.off(
          "operator.committer-key-file",
          keyFile(),
          "committer.key",
          "the key that signs frags and seals; a node without a committer is a follower");
  static final Key<List<KeyFile.Content>> OPERATOR_POSTERS =
      Key.off(
          "operator.poster-key-files",
          listOf(keyFile(), OperatorConfig.POSTERS, OperatorConfig.POSTERS),
          "poster-0.key,poster-1.key",
          "the two keys that post batches on L1");
  static final Key<KeyFile.Content> OPERATOR_L1_KEY =
      Key.off(
          "operator.l1-key-file",
          keyFile(),
          "l1.key",
          "the account whose transactions keep the lookahead oracle synced; without it other nodes"
              + " must");
  static final Key<KeyPassword> OPERATOR_KEY_PASSWORD =
      Key.off(
          "operator.key-password-file",
          Kind.file("path of a file (readable by its owner alone)", Keys::readPassword),
          "key-password",
          "its first line is the password of the encrypted key files; else the environment's "
              + KeyPassword.VARIABLE
              + " is");
  static final Key<URI> OPERATOR_SIGNER_URL =
      Key.off(
          "operator.signer-url",
          url(),
          "http://127.0.0.1:9000",
          "a Web3Signer (eth1 mode) that holds the keys whose addresses are given instead of files");
  static final Key<Long> OPERATOR_SIGNER_TIMEOUT_MS =
      Key.of(
          "operator.signer-timeout-ms",
          number(10, 5_000),
          "250",
          "longest wait for one signature of the signer, milliseconds; sequencing stands still for"
              + " it");
  static final Key<Address> OPERATOR_COMMITTER_ADDRESS =
      Key.off(
          "operator.committer-address",
          address(),
          "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
          "the committer whose key the signer holds; beside a key file, what that must be the key"
              + " of");
  static final Key<List<Address>> OPERATOR_POSTER_ADDRESSES =
      Key.off(
          "operator.poster-addresses",
          listOf(address(), OperatorConfig.POSTERS, OperatorConfig.POSTERS),
          "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc,0x90f79bf6eb2c4f870365e785982e1f101e93b906",
          "the same for the two posters");
  static final Key<Address> OPERATOR_L1_ADDRESS =
      Key.off(
          "operator.l1-address",
          address(),
          "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65",
          "the same for the account of operator.l1-key-file");
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
  static final Key<Integer> RPC_MAX_DEPTH =
      Key.of(
          "rpc.max-depth", integer(4, 500), "64", "arrays and objects in each other in a request");
  static final Key<Integer> RPC_MAX_CONNECTIONS =
      Key.of("rpc.max-connections", integer(1, 1_000_000), "2048", "connections open at once");
  static final Key<Integer> RPC_MAX_CONNECTIONS_PER_ADDRESS =
      Key.of(
          "rpc.max-connections-per-address",
          integer(1, 1_000_000),
          "256",
          "connections of one address open at once, IPv6 by its first 64 bits; the own machine is"
              + " not bound by it");
  static final Key<Integer> RPC_MAX_SUBSCRIPTIONS =
      Key.of(
          "rpc.max-subscriptions",
          integer(1, 100_000),
          "128",
          "subscriptions of one WebSocket connection");
  static final Key<Integer> RPC_MAX_QUEUED_MESSAGES =
      Key.of(
          "rpc.max-queued-messages",
          integer(1, 1_000_000),
          "8192",
          "notifications that may wait for one slow reader; then it is told so and cut off");
  static final Key<Integer> RPC_MAX_QUEUED_BYTES =
      Key.of(
          "rpc.max-queued-bytes",
          integer(1024, 1 << 30),
          "16777216",
          "bytes of notifications and answers that may wait for one slow reader");
  static final Key<Integer> RPC_MAX_CALLS =
      Key.of(
          "rpc.max-calls",
          integer(1, 1_000_000),
          "16384",
          "calls being answered at once; one more is refused");
  static final Key<Integer> RPC_MAX_CALLS_PER_CONNECTION =
      Key.of(
          "rpc.max-calls-per-connection",
          integer(1, 1_000_000),
          "4096",
          "messages of one WebSocket that are answered at once; the next is read when one is done");
  static final Key<Long> RPC_READ_TIMEOUT_MS =
      Key.of(
          "rpc.read-timeout-ms",
          number(100, 600_000),
          "30000",
          "time from a request's first byte to its last, milliseconds");
  static final Key<Long> RPC_ANSWER_TIMEOUT_MS =
      Key.of(
          "rpc.answer-timeout-ms",
          number(100, 3_600_000),
          "30000",
          "time for the answer to one request, a whole batch included, milliseconds");
  static final Key<Long> RPC_IDLE_TIMEOUT_MS =
      Key.of(
          "rpc.idle-timeout-ms",
          number(100, 86_400_000),
          "120000",
          "time after which a silent connection is closed, a WebSocket pinged, milliseconds");
  static final Key<Integer> RPC_RATE_READ =
      Key.of(
          "rpc.rate-read",
          integer(0, 10_000_000),
          "1000",
          "calls a second from one address that read one thing; 0 does not limit; the own machine"
              + " has no limits of rate");
  static final Key<Integer> RPC_RATE_HEAVY =
      Key.of(
          "rpc.rate-heavy",
          integer(0, 10_000_000),
          "100",
          "calls a second from one address that run code or go through many blocks (eth_call,"
              + " eth_getLogs, debug_trace...); 0 does not limit");
  static final Key<Integer> RPC_RATE_WRITE =
      Key.of(
          "rpc.rate-write",
          integer(0, 10_000_000),
          "500",
          "calls a second from one address that bring in a transaction or ask for a promise; 0 does"
              + " not limit");
  static final Key<Integer> RPC_RATE_BURST_SECONDS =
      Key.of(
          "rpc.rate-burst-seconds",
          integer(1, 3_600),
          "5",
          "seconds for which an address may save up calls that it did not make");
  static final Key<Integer> RPC_RATE_ADDRESSES =
      Key.of(
          "rpc.rate-addresses",
          integer(1, 10_000_000),
          "65536",
          "addresses whose rates are counted apart; those beyond share one allowance");
  static final Key<List<String>> RPC_CORS_ORIGINS =
      Key.of(
          "rpc.cors-origins",
          listOf(word("origin or *"), 0, 64),
          "*",
          "origins of web pages that may call (https://app.example); * is any");
  static final Key<List<String>> RPC_VIRTUAL_HOSTS =
      Key.of(
          "rpc.virtual-hosts",
          listOf(word("host name or *"), 0, 64),
          "localhost",
          "names that requests may be addressed to, against pages that rebind their name to this"
              + " machine; addresses in figures and rpc.host always may; * is any");
  static final Key<JwtSecret> RPC_JWT_SECRET_FILE =
      Key.off(
          "rpc.jwt-secret-file",
          Kind.file(
              "path of a file with 32 bytes of hex, readable by its owner alone",
              Keys::readJwtSecret),
          "jwt.hex",
          "secret of the tokens (HS256, iat within 60 s) without which rpc.jwt-methods are not"
              + " answered; without a secret they are open");
  static final Key<List<String>> RPC_JWT_METHODS =
      Key.of(
          "rpc.jwt-methods",
          listOf(word("method name or its beginning and *"), 0, 256),
          "admin_*,debug_*",
          "the operator's methods, by name or by how the name begins");

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
          "2",
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
  static final Key<Long> SEQUENCER_MEMPOOL_JOURNAL_BYTES =
      Key.of(
          "sequencer.mempool-journal-bytes",
          number(0, 64L << 30),
          "16777216",
          "waiting transactions that were sent to this node itself are kept in a file across"
              + " restarts; those that wait no longer are dropped from it whenever it has grown by"
              + " so many bytes; 0 keeps none");
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

  static final Key<Integer> POSTING_EARLY_PERCENT =
      Key.of(
          "posting.early-percent",
          integer(1, 100),
          "75",
          "an open window is posted before its end once so much of the exposure limit is taken, or of"
              + " what one posting holds, so that users need not wait for room; 100 posts at its end"
              + " alone");
  static final Key<Long> PROMISE_MISS_PPM =
      Key.of(
          "promise.miss-ppm",
          number(0, 1_000_000),
          "5400",
          "how often an own slot is missed, millionths");
  static final Key<Long> PROMISE_CARRY_PPM =
      Key.of(
          "promise.carry-ppm",
          number(0, 1_000_000),
          "990000",
          "how often a successor carries what was missed, millionths");
  static final Key<Long> PROMISE_FINE_PPM =
      Key.of(
          "promise.fine-ppm",
          number(0, 10_000_000),
          "1000000",
          "part of the coverage that is lost when nobody does, millionths");
  static final Key<Long> PROMISE_CAPITAL_PPM_PER_YEAR =
      Key.of(
          "promise.capital-ppm-per-year",
          number(0, 10_000_000),
          "50000",
          "what locked stake costs in a year, millionths of it");
  static final Key<Long> PROMISE_SETTLE_SECONDS =
      Key.of(
          "promise.settle-seconds",
          number(0, 86_400),
          "60",
          "time until a promise no longer counts: its posting and the lag of anchors");
  static final Key<Long> PROMISE_VOLATILITY_PPM_PER_YEAR =
      Key.of(
          "promise.volatility-ppm-per-year",
          number(0, 100_000_000),
          "800000",
          "of the prices that users trade on, millionths; a place or a state is priced as an option");
  static final Key<Long> PROMISE_POSTING_GAS =
      Key.of(
          "promise.posting-gas",
          number(0, 30_000_000),
          "250000",
          "gas of one posting on L1, without its blobs");
  static final Key<Long> PROMISE_POSTING_BYTES =
      Key.of(
          "promise.posting-bytes",
          number(1, 1_000_000),
          "126976",
          "bytes of transactions that one posting usually holds");

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
          OPERATOR_L1_KEY,
          OPERATOR_KEY_PASSWORD,
          OPERATOR_SIGNER_URL,
          OPERATOR_SIGNER_TIMEOUT_MS,
          OPERATOR_COMMITTER_ADDRESS,
          OPERATOR_POSTER_ADDRESSES,
          OPERATOR_L1_ADDRESS,
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
          RPC_MAX_DEPTH,
          RPC_MAX_CONNECTIONS,
          RPC_MAX_CONNECTIONS_PER_ADDRESS,
          RPC_MAX_SUBSCRIPTIONS,
          RPC_MAX_QUEUED_MESSAGES,
          RPC_MAX_QUEUED_BYTES,
          RPC_MAX_CALLS,
          RPC_MAX_CALLS_PER_CONNECTION,
          RPC_READ_TIMEOUT_MS,
          RPC_ANSWER_TIMEOUT_MS,
          RPC_IDLE_TIMEOUT_MS,
          RPC_RATE_READ,
          RPC_RATE_HEAVY,
          RPC_RATE_WRITE,
          RPC_RATE_BURST_SECONDS,
          RPC_RATE_ADDRESSES,
          RPC_CORS_ORIGINS,
          RPC_VIRTUAL_HOSTS,
          RPC_JWT_SECRET_FILE,
          RPC_JWT_METHODS,
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
          SEQUENCER_MEMPOOL_JOURNAL_BYTES,
          POSTING_PATH,
          POSTING_PATH_URL,
          POSTING_MAX_TIP_GWEI,
          POSTING_MAX_FEE_GWEI,
          POSTING_MAX_BLOB_FEE_GWEI,
          POSTING_BUDGET_GWEI,
          POSTING_EARLY_PERCENT,
          PROMISE_MISS_PPM,
          PROMISE_CARRY_PPM,
          PROMISE_FINE_PPM,
          PROMISE_CAPITAL_PPM_PER_YEAR,
          PROMISE_SETTLE_SECONDS,
          PROMISE_VOLATILITY_PPM_PER_YEAR,
          PROMISE_POSTING_GAS,
          PROMISE_POSTING_BYTES,
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
    sections.put("promise", "What an operator prices promises by: the node's own estimates.");
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

  private static KeyPassword readPassword(Path file) throws Kind.BadValueException {
    try {
      return KeyPassword.read(file);
    } catch (KeyFile.UnusableKeyException e) {
      throw new Kind.BadValueException(String.valueOf(e.getMessage()));
    }
  }

  private static JwtSecret readJwtSecret(Path file) throws Kind.BadValueException {
    try {
      return JwtSecret.read(file);
    } catch (JwtSecret.UnusableSecretException e) {
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
