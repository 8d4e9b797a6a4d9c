// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.RpcBounds;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stream of promises as a WebSocket client sees it, on a real port. */
class PromiseStreamTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(7));
  private static final SecretKey KEY = SecretKey.of(Keccak.hash(new byte[] {1}).toArray());
  private static final Hash32 CLUSTER = Keccak.hash(new byte[] {2});
  private static final Ctx CTX = new Ctx(5, CLUSTER, CLUSTER, 0);
  private static final String SUBSCRIBE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"preconf_subscribe\",\"params\":[\"promises\"]}";

  private final Streams streams = new Streams(DOMAIN, Runnable::run);
  private final HttpClient client = HttpClient.newHttpClient();
  private WireServer server;

  @BeforeEach
  void start() throws Exception {
    RpcBounds bounds = RpcBounds.builder().build();
    server =
        WireServer.start(
            WireOptions.of("127.0.0.1", 0).withBounds(bounds),
            new Routes(),
            Map.of("/", new RpcEndpoint(Map.of(), Map.of("promises", streams.promises()))));
  }

  @AfterEach
  void stop() {
    server.close();
    client.shutdownNow();
  }

  private static PromiseMessage promise(long nonce) {
    PromiseBody body =
        new PromiseBody.StateLock(901, 8, CLUSTER, Address.ofLong(9), Hash32.ZERO, UInt256.ONE);
    Promise promise = Promise.of(CLUSTER, 6, body, UInt256.ZERO, 70, CTX.hash(), nonce);
    return new PromiseMessage(
        new Signed<>(promise, CTX, Secp256k1.sign(DOMAIN.digest(promise), KEY)),
        1,
        60,
        Hash32.ZERO,
        null);
  }

  /** A client that keeps what it is told. */
  private static final class Inbox implements WebSocket.Listener {
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        messages.add(partial.toString());
        partial.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    JsonNode next() throws InterruptedException {
      String message = messages.poll(10, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      return JSON.readTree(message);
    }
  }

  @Test
  void tellsEachPromiseToWhoeverListensInItsOrder() throws Exception {
    streams.onPromise(promise(0));
    Inbox inbox = new Inbox();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/"), inbox)
            .get(10, TimeUnit.SECONDS);
    socket.sendText(SUBSCRIBE, true).get(10, TimeUnit.SECONDS);
    String id = inbox.next().get("result").asString();
    for (int nonce = 1; nonce <= 3; nonce++) {
      streams.onPromise(promise(nonce));
    }
    for (int nonce = 1; nonce <= 3; nonce++) {
      JsonNode notification = inbox.next();
      assertThat(notification.get("method").asString()).isEqualTo("preconf_subscription");
      JsonNode told = notification.get("params");
      assertThat(told.get("subscription").asString()).isEqualTo(id);
      JsonNode shown = told.get("result");
      Signed<?> signed = CommitmentJson.readSigned(DOMAIN, shown);
      assertThat(DOMAIN.signer(signed)).isEqualTo(KEY.address());
      assertThat(((Promise) signed.object()).nonce()).isEqualTo(nonce);
      assertThat(shown.get("committer").asString()).isEqualTo(KEY.address().toHex());
      assertThat(shown.get("said").get("number").asString()).isEqualTo("0x8");
    }
    socket.abort();
  }
}
