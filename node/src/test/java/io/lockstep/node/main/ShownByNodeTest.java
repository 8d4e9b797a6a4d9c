// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.verify.StateProof;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.RpcEndpoint;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is asked of a node, and what its answers are taken for; the node is a table of answers. */
class ShownByNodeTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Hash32 BLOCK = Keccak.hash(new byte[] {1});
  private static final Hash32 SLOT = Keccak.hash(new byte[] {2});
  private static final Address ACCOUNT = Address.ofLong(9);

  private final Map<String, RpcMethod> methods = new HashMap<>();
  private final Map<String, String> answers = new HashMap<>();
  private volatile JsonNode asked = JSON.nullNode();
  private WireServer server;
  private ShownByNode node;

  @BeforeEach
  void start() throws IOException {
    for (String method :
        List.of(
            "debug_getRawHeader",
            "debug_getRawReceipts",
            "eth_getProof",
            "eth_getTransactionByHash")) {
      methods.put(method, params -> answer(method, params));
    }
    server =
        WireServer.start(
            WireOptions.of("127.0.0.1", 0),
            new Routes(),
            Map.of("/", new RpcEndpoint(methods, Map.of())));
    node = new ShownByNode(new RpcCaller(URI.create("http://127.0.0.1:" + server.port())));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private JsonNode answer(String method, JsonNode params) throws RpcError {
    asked = params;
    String answer = answers.get(method);
    if (answer == null) {
      throw new RpcError(RpcError.SERVER, "the state is no longer kept");
    }
    return JSON.readTree(answer);
  }

  @Test
  void asksForAWordInTheStateAfterABlock() throws Exception {
    answers.put(
        "eth_getProof",
        """
        {"accountProof":["0x01","0x02"],"storageProof":[{"key":"0x0","proof":["0x03"]}]}
        """);
    assertThat(node.proof(BLOCK, ACCOUNT, SLOT))
        .contains(new StateProof(List.of(Bytes.of(1), Bytes.of(2)), List.of(Bytes.of(3))));
    assertThat(asked)
        .isEqualTo(
            JSON.readTree(
                "[\"%s\",[\"%s\"],{\"blockHash\":\"%s\"}]".formatted(ACCOUNT, SLOT, BLOCK)));
  }

  @Test
  void asksForAnAccountAlone() throws Exception {
    answers.put("eth_getProof", "{\"accountProof\":[],\"storageProof\":[]}");
    assertThat(node.proof(BLOCK, ACCOUNT, null)).contains(new StateProof(List.of(), List.of()));
    assertThat(asked.get(1)).isEmpty();
  }

  @Test
  void takesARefusalForNotKnowing() throws Exception {
    assertThat(node.proof(BLOCK, ACCOUNT, null)).isEmpty();
    assertThat(node.header(BLOCK)).isEmpty();
    assertThat(node.blockOf(BLOCK)).isEmpty();
  }

  @Test
  void findsTheBlockOfATransaction() throws Exception {
    answers.put("eth_getTransactionByHash", "{\"blockNumber\":\"0x50\"}");
    assertThat(node.blockOf(BLOCK)).contains(80L);
    answers.put("eth_getTransactionByHash", "{\"blockNumber\":null}");
    assertThat(node.blockOf(BLOCK)).isEmpty();
    answers.put("eth_getTransactionByHash", "null");
    assertThat(node.blockOf(BLOCK)).isEmpty();
  }

  @Test
  void refusesAnswersThatAreNone() {
    for (String answer :
        List.of(
            "{}",
            "{\"accountProof\":\"0x\",\"storageProof\":[]}",
            "{\"accountProof\":[\"0x0\"],\"storageProof\":[]}",
            "{\"accountProof\":[],\"storageProof\":[]}")) {
      answers.put("eth_getProof", answer);
      assertThatThrownBy(() -> node.proof(BLOCK, ACCOUNT, SLOT))
          .as(answer)
          .isInstanceOf(DecodeException.class);
    }
    answers.put("eth_getTransactionByHash", "{\"blockNumber\":\"80\"}");
    assertThatThrownBy(() -> node.blockOf(BLOCK)).isInstanceOf(DecodeException.class);
    answers.put("debug_getRawReceipts", "\"0x\"");
    assertThatThrownBy(() -> node.receipts(BLOCK)).isInstanceOf(DecodeException.class);
  }
}
