// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.scenario.BoxLevers;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A box that tests step by hand and talk to over HTTP, as everybody else does. */
final class TestBox implements AutoCloseable {
  static final Instant START = Instant.ofEpochSecond(1_800_000_000L);
  static final UInt256 GWEI = UInt256.of(1_000_000_000L);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final Map<Integer, BlobParts> BLOBS = new HashMap<>();

  final L1Box box;
  final BoxLevers levers;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** An HTTP answer. */
  record Answer(int status, JsonNode body) {
    JsonNode data() {
      return body.path("data");
    }
  }

  private record BlobParts(Bytes blob, Bytes commitment, Bytes proofs) {}

  private TestBox(L1Box box) {
    this.box = box;
    this.levers = new BoxLevers(box.beaconUri());
  }

  static TestBox open(Path dir) throws IOException {
    return open(dir, START);
  }

  /** A box without warm-up whose clock stands still at {@code now}. */
  static TestBox open(Path dir, Instant now) throws IOException {
    return open(options(dir, InstantSource.fixed(now)));
  }

  static TestBox open(BoxOptions options) throws IOException {
    return new TestBox(L1Box.start(options));
  }

  static BoxOptions options(Path dir, InstantSource clock) {
    List<OperatorKeys> operators = OperatorKeys.devnets(2);
    return BoxOptions.of(
            dir, OperatorKeys.owners(operators), time -> L1Genesis.json(time, operators))
        .withPorts(0, 0)
        .withWarmUpEpochs(0)
        .stepped(clock);
  }

  Answer get(String path) throws Exception {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(box.beaconUri().resolve(path)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    byte[] body = response.body();
    return new Answer(
        response.statusCode(),
        body.length == 0 ? JsonNodeFactory.instance.objectNode() : MAPPER.readTree(body));
  }

  /** An answer as SSZ; demands that there is one. */
  byte[] ssz(String path) throws Exception {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(box.beaconUri().resolve(path))
                .header("Accept", "application/octet-stream")
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode());
    }
    return response.body();
  }

  /** The whole JSON-RPC answer. */
  JsonNode rpc(String method, JsonNode... params) throws Exception {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("jsonrpc", "2.0").put("id", 1).put("method", method);
    ArrayNode list = request.putArray("params");
    List.of(params).forEach(list::add);
    URI uri = box.rpcUri();
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    return MAPPER.readTree(response.body());
  }

  JsonNode result(String method, JsonNode... params) throws Exception {
    JsonNode answer = rpc(method, params);
    if (!answer.has("result")) {
      throw new AssertionError(method + ": " + answer);
    }
    return answer.get("result");
  }

  /** Sends and demands that it is taken. */
  Hash32 send(Bytes raw) throws Exception {
    return Hash32.fromHex(result("eth_sendRawTransaction", Params.text(raw.toHex())).asString());
  }

  /** Sends and demands that it is refused; the error's message. */
  String refusal(Bytes raw) throws Exception {
    JsonNode answer = rpc("eth_sendRawTransaction", Params.text(raw.toHex()));
    if (!answer.has("error")) {
      throw new AssertionError("was not refused: " + answer);
    }
    return answer.get("error").path("message").asString();
  }

  JsonNode receipt(Hash32 hash) throws Exception {
    return result("eth_getTransactionReceipt", Params.text(hash.toHex()));
  }

  JsonNode block(String tag) throws Exception {
    return result(
        "eth_getBlockByNumber", Params.text(tag), JsonNodeFactory.instance.booleanNode(false));
  }

  long blockNumber() throws Exception {
    return number(result("eth_blockNumber"));
  }

  static long number(JsonNode quantity) {
    return Long.decode(quantity.asString());
  }

  static SecretKey wallet(int index) {
    return DevAccounts.keys().get(index);
  }

  static Transaction transfer(SecretKey key, long nonce, UInt256 tipWei) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(L1Genesis.CHAIN_ID),
            nonce,
            tipWei,
            GWEI.multiply(UInt256.of(100)),
            21_000,
            Address.ofLong(0xbeef),
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(key);
  }

  /** A transaction with {@code count} small blobs, in network form. */
  static BlobTransaction blobs(SecretKey key, long nonce, int count, UInt256 blobFeeCapWei) {
    List<BlobParts> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(parts(i));
    }
    Transaction tx =
        new Transaction.Unsigned(
                TransactionType.BLOB,
                UInt256.of(L1Genesis.CHAIN_ID),
                nonce,
                GWEI,
                GWEI.multiply(UInt256.of(100)),
                21_000,
                Address.ofLong(0xbeef),
                UInt256.ZERO,
                Bytes.EMPTY,
                List.of(),
                blobFeeCapWei,
                parts.stream().map(p -> Kzg.versionedHash(p.commitment())).toList(),
                List.of())
            .sign(key);
    return new BlobTransaction(
        tx,
        parts.stream().map(BlobParts::blob).toList(),
        parts.stream().map(BlobParts::commitment).toList(),
        parts.stream().map(BlobParts::proofs).toList());
  }

  private static synchronized BlobParts parts(int index) {
    return BLOBS.computeIfAbsent(
        index,
        i -> {
          byte[] blob = new byte[Kzg.BLOB_BYTES];
          blob[31] = (byte) (i + 1);
          blob[4095 * 32 + 31] = 7;
          return new BlobParts(Bytes.wrap(blob), Kzg.commit(blob), Kzg.cellProofs(blob));
        });
  }

  @Override
  public void close() {
    levers.close();
    http.shutdownNow();
    box.close();
  }
}
