// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import io.lockstep.config.RpcBounds;
import io.lockstep.devnet.l1.L1Pool;
import io.lockstep.execution.rpc.CallOptions;
import io.lockstep.execution.state.Genesis;
import io.lockstep.node.rpc.ChainApi;
import io.lockstep.node.rpc.SyncDesk;
import io.lockstep.node.rpc.TxGate;
import io.lockstep.node.rpc.TxMethods;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The node's methods over an imported chain, served by its own server on the loopback, and asked
 * what conversations ask. One thread.
 */
public final class RpcTest implements AutoCloseable {
  /** The cap under which the conversations of execution-apis were recorded. */
  private static final long CALL_GAS_CAP = 50_000_000;

  private static final long CALL_TIMEOUT_MS = 60_000;
  private static final long MAX_CHAIN_BYTES = 1L << 30;
  private static final long MAX_ANSWER_BYTES = 256L << 20;
  private static final ChainApi.Options OPTIONS =
      new ChainApi.Options(
          new CallOptions(
              CALL_GAS_CAP,
              CALL_TIMEOUT_MS,
              CallOptions.DEFAULTS.maxLogBlocks(),
              CallOptions.DEFAULTS.maxLogResults()),
          new TxMethods.Timeouts(1_000, 10_000));

  private final ArchiveChain chain;
  private final ChainApi api;
  private final WireServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI endpoint;

  /**
   * What became of one conversation.
   *
   * @param name the file's path below the tests' folder
   * @param fault the first difference; null when there was none
   */
  public record Result(String name, @Nullable String fault) {}

  /**
   * Imports a chain and serves it.
   *
   * @param chainDir with genesis.json (geth's form) and chain.rlp
   * @param workDir an empty folder
   * @throws DecodeException when the chain is not valid
   */
  public RpcTest(Path chainDir, Path workDir) throws IOException, DecodeException {
    chain = ArchiveChain.of(workDir, genesis(chainDir.resolve("genesis.json")), blocks(chainDir));
    try {
      api = new ChainApi(chain, chain.pool(), gate(chain.pool()), new SyncDesk(), OPTIONS);
      Map<String, RpcMethod> methods = new HashMap<>(api.methods());
      methods.put("testing_buildBlockV1", new BuildBlock(chain));
      server =
          WireServer.start(
              WireOptions.of("127.0.0.1", 0)
                  .withBounds(RpcBounds.builder().answerTimeoutMs(CALL_TIMEOUT_MS).build()),
              new Routes(),
              Map.of("/", new RpcEndpoint(methods, Map.of())));
    } catch (IOException | RuntimeException e) {
      chain.close();
      throw e;
    }
    endpoint = URI.create("http://127.0.0.1:" + server.port() + "/");
  }

  private static Genesis genesis(Path file) throws IOException, DecodeException {
    try {
      return Genesis.parse(JsonMapper.shared().readTree(Files.readString(file)));
    } catch (JacksonException e) {
      throw new DecodeException(file + " is not JSON", e);
    }
  }

  private static byte[] blocks(Path chainDir) throws IOException {
    Path file = chainDir.resolve("chain.rlp");
    if (Files.size(file) > MAX_CHAIN_BYTES) {
      throw new IOException(file + " has more than " + MAX_CHAIN_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }

  private static TxGate gate(L1Pool pool) {
    return raw -> {
      L1Pool.Incoming incoming = pool.read(raw);
      return new TxGate.Incoming() {
        @Override
        public Transaction transaction() {
          return incoming.transaction();
        }

        @Override
        public TxGate.Taken offer() throws RpcError {
          if (pool.waiting(incoming.transaction().hash()) != null) {
            return TxGate.Taken.KNOWN;
          }
          return incoming.add() ? TxGate.Taken.PENDING : TxGate.Taken.QUEUED;
        }
      };
    };
  }

  /** Plays every {@code .io} file below a folder, in order of path. */
  public void playAll(Path tests, Consumer<Result> results) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(tests)) {
      files =
          found
              .filter(file -> file.toString().endsWith(".io") && Files.isRegularFile(file))
              .sorted()
              .toList();
    }
    for (Path file : files) {
      results.accept(new Result(tests.relativize(file).toString(), play(file)));
    }
  }

  private @Nullable String play(Path file) {
    try {
      Conversation conversation = Conversation.read(file);
      for (Conversation.Exchange exchange : conversation.exchanges()) {
        JsonNode actual = ask(exchange.request());
        String fault =
            conversation.shapeOnly()
                ? Likeness.shapes(exchange.expected(), actual)
                : Likeness.answers(exchange.expected(), actual);
        if (fault != null) {
          return fault;
        }
      }
      return null;
    } catch (IOException | DecodeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private JsonNode ask(String request) throws IOException {
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(endpoint)
                  .timeout(Duration.ofMillis(2 * CALL_TIMEOUT_MS))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(request))
                  .build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(), MAX_ANSWER_BYTES));
      return JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new IOException("the answer is not JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
    api.close();
    chain.close();
  }
}
