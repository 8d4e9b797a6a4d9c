// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.RpcAccess;
import io.lockstep.config.secret.JwtSecret;
import io.lockstep.primitives.rpc.Params;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names, pages and tokens as the server takes them, on a real port and in plain bytes. */
class AccessTest {
  private static final String SECRET =
      "5f0d3c1b2a49586776859403122130ffeeddccbbaa99887766554433221100aa";

  private WireServer server;

  @BeforeEach
  void start() throws IOException {
    RpcAccess access =
        new RpcAccess(
            List.of("https://app.example"),
            List.of("localhost", "rpc.example"),
            JwtSecret.of(SECRET),
            List.of("admin_*", "debug_traceCall"));
    server =
        WireServer.start(
            WireOptions.of("127.0.0.1", 0).withAccess(access),
            new Routes().get("/page", request -> HttpReply.text(200, "text/plain", "hello")),
            Map.of(
                "/",
                new RpcEndpoint(
                    Map.of(
                        "eth_chainId", params -> Params.quantity(901),
                        "admin_nodeInfo", params -> Params.quantity(7),
                        "debug_traceCall", params -> Params.quantity(8)),
                    Map.of())));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Sends one request with these header lines; the answer with its head. */
  private String send(String requestLine, String body, String... headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      StringBuilder text = new StringBuilder(requestLine + " HTTP/1.1\r\nConnection: close\r\n");
      for (String header : headers) {
        text.append(header).append("\r\n");
      }
      text.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
      socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String rpc(String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":[]}";
  }

  private String call(String method, String... headers) throws IOException {
    return send("POST /", rpc(method), headers);
  }

  @Test
  void servesOnlyUnderItsNamesAndUnderAddressesInFigures() throws Exception {
    for (String host :
        List.of("localhost", "LocalHost:9545", "rpc.example", "127.0.0.1:1", "[::1]:9545", "")) {
      assertThat(call("eth_chainId", "Host: " + host)).as(host).startsWith("HTTP/1.1 200");
    }
    assertThat(call("eth_chainId")).startsWith("HTTP/1.1 200");
    for (String host : List.of("evil.example:9545", "localhost.evil.example", "[::1].evil")) {
      assertThat(call("eth_chainId", "Host: " + host)).as(host).startsWith("HTTP/1.1 403");
    }
    assertThat(send("GET /page", "", "Host: evil.example"))
        .startsWith("HTTP/1.1 403")
        .contains("not served under the name evil.example; see rpc.virtual-hosts");
  }

  @Test
  void letsPagesOfAllowedOriginsCallAndNoOthers() throws Exception {
    String allowed = call("eth_chainId", "Host: localhost", "Origin: https://app.example");
    assertThat(allowed)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("\r\naccess-control-allow-origin: https://app.example\r\n")
        .containsIgnoringCase("\r\nvary: origin\r\n");
    String refused = call("eth_chainId", "Host: localhost", "Origin: https://evil.example");
    assertThat(refused)
        .startsWith("HTTP/1.1 403")
        .contains("pages of https://evil.example may not call; see rpc.cors-origins")
        .doesNotContainIgnoringCase("access-control-allow-origin");
    assertThat(call("eth_chainId", "Host: localhost:5", "Origin: http://localhost:5"))
        .as("a page of this server itself")
        .startsWith("HTTP/1.1 200");
    assertThat(call("eth_chainId", "Host: localhost"))
        .startsWith("HTTP/1.1 200")
        .doesNotContainIgnoringCase("access-control-allow-origin");
  }

  @Test
  void answersThePreflightOfAnAllowedOriginAlone() throws Exception {
    assertThat(send("OPTIONS /", "", "Host: localhost", "Origin: https://app.example"))
        .startsWith("HTTP/1.1 204")
        .containsIgnoringCase("access-control-allow-origin: https://app.example")
        .containsIgnoringCase("access-control-allow-methods: GET, POST, OPTIONS")
        .containsIgnoringCase("authorization");
    assertThat(send("OPTIONS /", "", "Host: localhost", "Origin: https://evil.example"))
        .startsWith("HTTP/1.1 403")
        .doesNotContainIgnoringCase("access-control-allow-origin");
  }

  @Test
  void refusesTheWebSocketOfAForeignPage() throws Exception {
    String[] upgrade = {
      "Host: localhost",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "Origin: https://evil.example"
    };

    assertThat(send("GET /", "", upgrade)).startsWith("HTTP/1.1 403");
  }

  @Test
  void answersTheOperatorsMethodsToItsTokenAlone() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    String good = token("HS256", "{\"iat\":" + now + "}", SECRET);

    assertThat(call("admin_nodeInfo", bearer(good))).contains("\"result\":\"0x7\"");
    assertThat(call("debug_traceCall", bearer(good))).contains("\"result\":\"0x8\"");
    for (String method : List.of("admin_nodeInfo", "debug_traceCall", "admin_unknown")) {
      assertThat(call(method))
          .startsWith("HTTP/1.1 200")
          .contains("-32601")
          .contains(method + " is not available without the operator's token");
    }
    assertThat(call("eth_chainId")).contains("0x385");
    assertThat(call("eth_chainId", bearer(good))).contains("0x385");
  }

  @Test
  void takesTheTokenOfAWebSocketAtItsHandshake() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    String good = token("HS256", "{\"iat\":" + now + "}", SECRET);
    String call = rpc("admin_nodeInfo");

    assertThat(overWebSocket(call, "Bearer " + good)).contains("\"result\":\"0x7\"");
    assertThat(overWebSocket(call, null)).contains("-32601").contains("the operator's token");
    assertThatThrownBy(() -> overWebSocket(call, "Bearer " + good + "x"))
        .rootCause()
        .hasMessageContaining("401");
  }

  private String overWebSocket(String call, @Nullable String authorization) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      WebSocket.Builder builder = client.newWebSocketBuilder();
      if (authorization != null) {
        builder.header("Authorization", authorization);
      }
      WebSocket socket =
          builder
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + server.port() + "/"),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket from, CharSequence data, boolean last) {
                      answer.complete(data.toString());
                      return null;
                    }
                  })
              .join();
      socket.sendText(call, true).join();
      String text = answer.orTimeout(10, TimeUnit.SECONDS).join();
      socket.abort();
      return text;
    }
  }

  @Test
  void saysWhatIsWrongWithATokenWithStatus401() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    String fresh = "{\"iat\":" + now + "}";
    assertRefused(token("HS256", fresh, SECRET.replace('5', '6')), "signature is not the secret's");
    assertRefused(token("none", fresh, SECRET), "must be signed with HS256");
    assertRefused(token("HS512", fresh, SECRET), "must be signed with HS256");
    assertRefused(token("HS256", "{}", SECRET), "does not say when it was issued");
    assertRefused(
        token("HS256", "{\"iat\":" + (now - 90) + "}", SECRET), " s ago; the limit is 60 s");
    assertRefused(token("HS256", "{\"iat\":" + (now + 90) + "}", SECRET), "from now; the limit is");
    assertRefused(
        token("HS256", "{\"iat\":" + now + ",\"exp\":" + (now - 1) + "}", SECRET), "has expired");
    assertRefused("nonsense", "not a JSON Web Token");
    assertRefused("a.b.c", "header cannot be read");
    assertRefused("!!.b.c", "header cannot be read");
    assertThat(call("eth_chainId", "Authorization: Basic dTpw"))
        .startsWith("HTTP/1.1 401")
        .contains("bearer token");
    // Within a minute of skew.
    String skewed = token("HS256", "{\"iat\":" + (now - 50) + "}", SECRET);
    assertThat(call("admin_nodeInfo", bearer(skewed))).contains("0x7");
  }

  private void assertRefused(String token, String reason) throws IOException {
    assertThat(call("eth_chainId", bearer(token)))
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("www-authenticate: Bearer")
        .contains(reason);
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  private static String token(String algorithm, String claims, String secretHex) {
    String signed =
        encode("{\"typ\":\"JWT\",\"alg\":\"" + algorithm + "\"}") + "." + encode(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(java.util.HexFormat.of().parseHex(secretHex), "HmacSHA256"));
      byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
