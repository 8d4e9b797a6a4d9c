// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.fabric.FabricAnswer;
import io.lockstep.preconf.fabric.FabricAsk;
import io.lockstep.preconf.fabric.FabricCommitment;
import io.lockstep.preconf.fabric.FabricFee;
import io.lockstep.preconf.fabric.FabricPayload;
import io.lockstep.preconf.fabric.FabricRequest;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.head.NodeStatus;
import io.lockstep.sequencer.head.NodeView;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.promise.PromisePrice;
import io.lockstep.sequencer.schedule.OperatorSet;
import io.lockstep.sequencer.schedule.ProposerSchedule;
import io.lockstep.sequencer.schedule.RegistryChange;
import io.lockstep.sequencer.window.WindowClock;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Fabric's methods as its clients see them; the loop behind them is played here. */
class FabricMethodsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(7));
  private static final SecretKey KEY = SecretKey.of(Keccak.hash(new byte[] {1}).toArray());
  private static final Hash32 CLUSTER = Keccak.hash(new byte[] {2});
  private static final Ctx CTX = new Ctx(5, CLUSTER, CLUSTER, 0);
  private static final FabricCommitment.Binding BINDING =
      FabricAnswer.binding(CLUSTER, DOMAIN, Bytes.fromHex("0x20000089"));
  private static final long INCLUSION = FabricPayload.TYPE_BASE + Promise.INCLUSION;
  private static final int SLOTS_PER_EPOCH = 8;

  @TempDir Path dir;

  private final Transaction tx =
      Transaction.Unsigned.feeMarket(
              UInt256.of(901),
              3,
              UInt256.ONE,
              UInt256.of(10),
              21_000,
              Address.ofLong(9),
              UInt256.ONE,
              Bytes.EMPTY)
          .sign(KEY);
  private final List<PromiseAsk> asked = new ArrayList<>();
  private Map<String, RpcMethod> methods = new HashMap<>();
  private RocksStore store;
  private CommitmentLedger ledger;
  private @Nullable String refusal;
  private boolean isBusy;
  private @Nullable Address own = KEY.address();
  private long nowMs;

  @BeforeEach
  void open() {
    store = RocksStore.open(dir, CommitmentLedger.columns());
    ledger = new CommitmentLedger(store, DOMAIN);
    TxGate gate =
        raw -> {
          if (!raw.equals(tx.encoded())) {
            throw new RpcError(RpcError.SERVER, "invalid transaction: no such bytes");
          }
          return new TxGate.Incoming() {
            @Override
            public Transaction transaction() {
              return tx;
            }

            @Override
            public TxGate.Taken offer() {
              throw new AssertionError("a promise's transaction waits in no pool");
            }
          };
        };
    WindowClock clock = new WindowClock(new SlotClock(0, 2, SLOTS_PER_EPOCH), 1, 2);
    methods = new HashMap<>();
    new FabricMethods(
            Map.of(901L, gate, 902L, gate),
            new PromiseGate(this::loop),
            DOMAIN,
            BINDING,
            new ReleasedLedger(ledger),
            new OwnWindows(clock, this::view, () -> nowMs))
        .addTo(methods);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private NodeView view() {
    List<RegistryChange> changes = new ArrayList<>();
    for (long id = 1; id <= 2; id++) {
      changes.add(
          new RegistryChange.Registered(
              new Epoch(0),
              id,
              Address.ofLong(100 + id),
              List.of(Address.ofLong(200 + id), Address.ofLong(300 + id)),
              id == 1 ? KEY.address() : Address.ofLong(400 + id),
              Wei.ofEther(8)));
      changes.add(new RegistryChange.ValidatorsAdded(new Epoch(0), id, List.of(id)));
    }
    ProposerSchedule schedule =
        ProposerSchedule.empty(SLOTS_PER_EPOCH, OperatorSet.empty().with(changes));
    for (int epoch = 0; epoch < 6; epoch++) {
      schedule = schedule.withDuties(new Epoch(epoch), new long[] {2, 2, 1, 2, 2, 2, 1, 2});
    }
    NodeStatus status =
        new NodeStatus(NodeStatus.State.FOLLOWING, "", false, -1, null, own, Wei.ZERO, Wei.ZERO, 0);
    return new NodeView(List.of(), schedule, status);
  }

  private boolean loop(Command command) {
    if (isBusy) {
      return false;
    }
    switch (command) {
      case Command.RequestPromise request -> {
        asked.add(request.ask());
        if (refusal == null) {
          PromiseMessage message = promised(request.ask());
          ledger.record(message);
          request.reply().accept(new PromiseAnswer.Given(message));
        } else {
          request.reply().accept(new PromiseAnswer.Refused(refusal));
        }
      }
      case Command.PricePromise question -> {
        asked.add(question.ask());
        PromisePrice.Exposure exposure = new PromisePrice.Exposure(UInt256.of(4), UInt256.of(9));
        PromisePrice.Quote quote =
            new PromisePrice.Quote(UInt256.of(1), UInt256.of(2), UInt256.of(3));
        question
            .reply()
            .accept(
                refusal == null
                    ? new PromiseOffer(quote, UInt256.of(8), exposure, null)
                    : new PromiseOffer(null, UInt256.ZERO, exposure, refusal));
      }
      default -> throw new AssertionError(command);
    }
    return true;
  }

  private PromiseMessage promised(PromiseAsk ask) {
    PromiseBody body = new PromiseBody.Inclusion(901, KEY.address(), tx.nonce(), tx.hash(), 70);
    Promise promise = Promise.of(CLUSTER, 6, body, ask.coverageWei(), 70, CTX.hash(), 0);
    Signed<Promise> signed =
        new Signed<>(promise, CTX, Secp256k1.sign(DOMAIN.digest(promise), KEY));
    FabricAsk fabric = ask.fabric();
    assertThat(fabric).isNotNull();
    assertThat(FabricAnswer.obstacle(fabric, promise, ask.requestHash(), tx, DOMAIN)).isNull();
    Hash32 root = FabricAnswer.commitment(signed, ask.requestHash(), DOMAIN).root();
    Signature answer = Secp256k1.sign(fabric.binding().signingRoot(root), KEY);
    return new PromiseMessage(signed, 1, 60, ask.requestHash(), tx, answer);
  }

  private JsonNode call(String method, String params) throws RpcError {
    RpcMethod found = methods.get(method);
    assertThat(found).isNotNull();
    return found.call(JSON.readTree(params));
  }

  private FabricRequest request(long type, FabricPayload payload) {
    return new FabricRequest(type, payload.encoded(), DOMAIN.verifyingContract());
  }

  private FabricPayload payload() {
    return new FabricPayload(901, tx.encoded(), 70, UInt256.of(5));
  }

  private static String params(FabricRequest request) {
    return "[{\"commitment_type\":%d,\"payload\":\"%s\",\"slasher\":\"%s\"}]"
        .formatted(request.commitmentType(), request.payload().toHex(), request.slasher().toHex());
  }

  private void fails(int code, String why, String method, String params) {
    RpcError error = catchThrowableOfType(RpcError.class, () -> call(method, params));
    assertThat(error).as(why).isNotNull();
    assertThat(error.code()).as(why).isEqualTo(code);
    assertThat(error.text()).contains(why);
    assertThat(error.data()).isNotNull();
    assertThat(error.data().asString()).isEqualTo(error.text());
  }

  @Test
  void answersARequestWithACommitmentThatItsCommitterSigned() throws Exception {
    FabricRequest request = request(INCLUSION, payload());
    JsonNode shown = call("commitmentRequest", params(request));
    assertThat(shown.propertyNames())
        .containsExactlyInAnyOrder("commitment", "nonce", "signing_id", "signature");
    JsonNode said = shown.get("commitment");
    assertThat(said.propertyNames())
        .containsExactlyInAnyOrder("commitment_type", "payload", "request_hash", "slasher");
    assertThat(said.get("commitment_type").isIntegralNumber()).isTrue();
    FabricCommitment commitment =
        new FabricCommitment(
            said.get("commitment_type").asLong(),
            Bytes.fromHex(said.get("payload").asString()),
            Hash32.fromHex(said.get("request_hash").asString()),
            request.slasher());
    assertThat(commitment.commitmentType()).isEqualTo(INCLUSION);
    assertThat(commitment.requestHash()).isEqualTo(request.hash());
    assertThat(said.get("slasher").asString()).isEqualTo(request.slasher().toHex());
    Signature signature = Signature.fromBytes(Bytes.fromHex(shown.get("signature").asString()));
    assertThat(Secp256k1.recover(BINDING.signingRoot(commitment.root()), signature))
        .isEqualTo(KEY.address());
    Signed<Promise> promise = FabricAnswer.promise(commitment.payload());
    assertThat(DOMAIN.signer(promise)).isEqualTo(KEY.address());
    assertThat(promise.object().coverageWei()).isEqualTo(UInt256.of(5));
    assertThat(asked.getFirst().lastTick()).isEqualTo(70);
    assertThat(asked.getFirst().kind()).isEqualTo(Promise.INCLUSION);
  }

  @Test
  void findsItAgainByItsRequestAlsoAfterARestart() throws Exception {
    FabricRequest request = request(INCLUSION, payload());
    JsonNode shown = call("commitmentRequest", params(request));
    assertThat(call("commitmentRequest", params(request))).isEqualTo(shown);
    assertThat(asked).as("the second time nobody is asked").hasSize(1);
    close();
    open();
    String hash = request.hash().toHex();
    assertThat(call("commitmentResult", "[\"" + hash + "\"]")).isEqualTo(shown);
    assertThat(call("commitmentResult", "[{\"request_hash\":\"" + hash + "\"}]")).isEqualTo(shown);
    fails(-32602, "no commitment answers", "commitmentResult", "[\"" + CLUSTER.toHex() + "\"]");
    fails(-32602, "request_hash", "commitmentResult", "[{}]");
  }

  @Test
  void refusesWithTheReasonWhatItDoesNotOffer() {
    String none = "commitmentRequest";
    fails(-32602, "missing", none, "[]");
    fails(-32602, "is an object", none, "[\"0x\"]");
    fails(-32602, "commitment_type is missing", none, "[{}]");
    fails(-32602, "commitment_type 1 is not offered", none, params(request(1, payload())));
    FabricRequest other = new FabricRequest(INCLUSION, payload().encoded(), Address.ofLong(8));
    fails(-32602, "does not judge", none, params(other));
    fails(
        -32602,
        "payload",
        none,
        params(new FabricRequest(INCLUSION, Bytes.EMPTY, DOMAIN.verifyingContract())));
    FabricPayload elsewhere = new FabricPayload(7, tx.encoded(), 0, UInt256.ZERO);
    fails(
        -32602,
        "no rollup 7 in this cluster; [901, 902]",
        none,
        params(request(INCLUSION, elsewhere)));
    FabricPayload noTx = new FabricPayload(901, Bytes.EMPTY, 0, UInt256.ZERO);
    fails(-32602, "invalid transaction", none, params(request(INCLUSION, noTx)));
    assertThat(asked).isEmpty();
    refusal = "the exposure limit is reached";
    fails(-32602, "exposure limit", none, params(request(INCLUSION, payload())));
    fails(-32602, "exposure limit", "fee", params(request(INCLUSION, payload())));
    isBusy = true;
    fails(-32603, "busy", none, params(request(INCLUSION, payload())));
  }

  @Test
  void tellsTheFeeUnderBothNames() throws Exception {
    FabricRequest request = request(INCLUSION, payload());
    String payload =
        new FabricFee(request.hash(), UInt256.of(1), UInt256.of(2), UInt256.of(3), UInt256.of(8))
            .encoded()
            .toHex();
    assertThat(JSON.readTree(call("fee", params(request)).toString()))
        .isEqualTo(
            JSON.readTree(
                "{\"commitment_type\":%d,\"payload\":\"%s\",\"fee_payload\":\"%s\"}"
                    .formatted(INCLUSION, payload, payload)));
  }

  @Test
  void listsTheOwnWindowsThatAreNotOver() throws Exception {
    nowMs = 16 * 2_000;
    JsonNode slots = call("slots", "[]").get("slots");
    assertThat(slots).hasSize(4);
    assertThat(slots.get(0).get("slot").asLong()).isEqualTo(18);
    assertThat(slots.get(1).get("slot").asLong()).isEqualTo(22);
    assertThat(slots.get(3).get("slot").asLong()).isEqualTo(30);
    assertThat(JSON.readTree(slots.get(0).get("offerings").toString()))
        .isEqualTo(
            JSON.readTree(
                """
                [{"chain_id":901,"commitment_types":[1282080769,1282080770,1282080771]},
                {"chain_id":902,"commitment_types":[1282080769,1282080770,1282080771]}]
                """));
    nowMs = 19 * 2_000;
    assertThat(call("slots", "[]").get("slots")).hasSize(3);
    own = null;
    assertThat(call("slots", "[]").get("slots")).isEmpty();
  }
}
