// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lockstep.config.OperatorKey;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for a Web3Signer in eth1 mode that holds one key, written from its API: {@code GET
 * /api/v1/eth1/publicKeys} gives uncompressed public keys without their first byte, {@code POST
 * /api/v1/eth1/sign/KEY} hashes {@code data} and answers r, s, v as text. It lies as it is told.
 */
public final class FakeWeb3Signer implements AutoCloseable {
  /** What it answers when it is asked to sign. */
  public enum Mood {
    HONEST(""),
    PARITY_ALONE(""),
    ANOTHER_KEY("that is not of"),
    OTHER_DATA("that is not of"),
    HIGH_S("s in the upper half"),
    GARBAGE("its answer is not 65 bytes of hex"),
    SHORT("its answer is not 65 bytes of hex"),
    BAD_V("v is 104"),
    ZERO_R("but of nobody"),
    NOTHING("its answer is not 65 bytes of hex"),
    TOO_LONG("is away"),
    NOT_FOUND("does not hold the key"),
    ERROR("HTTP status 500"),
    ELSEWHERE("HTTP status 302"),
    SLOW("no answer within"),
    SLOW_BODY("no answer within"),
    CUT_OFF("is away");

    /** Part of the reason for which the answer is refused; empty when it is good. */
    public final String refusal;

    Mood(String refusal) {
      this.refusal = refusal;
    }

    public boolean isGood() {
      return refusal.isEmpty();
    }
  }

  private static final SecretKey STRANGER = SecretKey.fromHex("0x" + "5b".repeat(32));

  private final SecretKey key;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Bytes> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  public volatile Mood mood = Mood.HONEST;
  public volatile boolean holdsTheKey = true;

  public FakeWeb3Signer(SecretKey key) throws IOException {
    this.key = key;
    this.server = start(0);
  }

  private HttpServer start(int port) throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    made.setExecutor(threads);
    made.createContext("/api/v1/eth1/publicKeys", this::publicKeys);
    made.createContext("/api/v1/eth1/sign/", this::sign);
    made.start();
    return made;
  }

  /** How a node is told of it. */
  public OperatorKey.Remote key(long timeoutMs) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new OperatorKey.Remote(key.address(), url, timeoutMs);
  }

  /** What it was asked to sign so far. */
  public List<Bytes> asked() {
    return List.copyOf(asked);
  }

  /** Ends it; {@link #comeBack} brings it back under the same address. */
  public void die() {
    server.stop(0);
  }

  public void comeBack() throws IOException {
    server = start(server.getAddress().getPort());
  }

  private static String nameOf(SecretKey of) {
    return of.publicKey().slice(1, 65).toHex();
  }

  private void publicKeys(HttpExchange exchange) throws IOException {
    String own = holdsTheKey ? ",\"" + nameOf(key) + "\"" : "";
    answer(exchange, 200, "application/json", "[\"" + nameOf(STRANGER) + "\"" + own + "]");
  }

  private void sign(HttpExchange exchange) throws IOException {
    JsonNode body = JsonMapper.builder().build().readTree(exchange.getRequestBody().readAllBytes());
    String path = exchange.getRequestURI().getPath();
    if (!path.substring(path.lastIndexOf('/') + 1).equals(nameOf(key))) {
      answer(exchange, 404, "text/plain", "");
      return;
    }
    Bytes data = Bytes.fromHex(body.path("data").stringValue());
    asked.add(data);
    Signature good = Secp256k1.sign(Keccak.hash(data), key);
    String text = "text/plain; charset=utf-8";
    switch (mood) {
      case HONEST -> answer(exchange, 200, text, good.toBytes().toHex());
      case PARITY_ALONE -> answer(exchange, 200, text, withV(good, good.yParity()));
      case ANOTHER_KEY ->
          answer(
              exchange, 200, text, Secp256k1.sign(Keccak.hash(data), STRANGER).toBytes().toHex());
      case OTHER_DATA ->
          answer(
              exchange,
              200,
              text,
              Secp256k1.sign(Keccak.hash(data.slice(1, data.size())), key).toBytes().toHex());
      case HIGH_S -> {
        UInt256 s = Secp256k1.ORDER.subtract(good.s());
        answer(
            exchange, 200, text, new Signature(1 - good.yParity(), good.r(), s).toBytes().toHex());
      }
      case GARBAGE -> answer(exchange, 200, text, "<html>it works</html>");
      case SHORT -> answer(exchange, 200, text, good.toBytes().slice(0, 64).toHex());
      case BAD_V -> answer(exchange, 200, text, withV(good, 104));
      case ZERO_R ->
          answer(exchange, 200, text, new Signature(0, UInt256.ZERO, good.s()).toBytes().toHex());
      case NOTHING -> answer(exchange, 200, text, "");
      case TOO_LONG -> answer(exchange, 200, text, good.toBytes().toHex() + " ".repeat(100_000));
      case NOT_FOUND -> answer(exchange, 404, text, "");
      case ERROR -> answer(exchange, 500, text, good.toBytes().toHex());
      case ELSEWHERE -> {
        exchange.getResponseHeaders().set("Location", path);
        answer(exchange, 302, text, good.toBytes().toHex());
      }
      case SLOW -> {
        awaitEnd();
        answer(exchange, 200, text, good.toBytes().toHex());
      }
      case SLOW_BODY -> {
        exchange.sendResponseHeaders(200, 132);
        exchange.getResponseBody().write('0');
        exchange.getResponseBody().flush();
        awaitEnd();
        exchange.close();
      }
      case CUT_OFF -> {
        exchange.sendResponseHeaders(200, 132);
        byte[] half = good.toBytes().toHex().substring(0, 66).getBytes(StandardCharsets.US_ASCII);
        exchange.getResponseBody().write(half);
        exchange.getResponseBody().flush();
        exchange.close();
      }
    }
  }

  private void awaitEnd() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String withV(Signature signature, int v) {
    byte[] bytes = signature.toBytes().toArray();
    bytes[64] = (byte) v;
    return Bytes.wrap(bytes).toHex();
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
