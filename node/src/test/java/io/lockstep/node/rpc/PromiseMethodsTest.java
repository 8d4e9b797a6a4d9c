// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.promise.PromisePrice;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the methods read and show of promises; the loop behind them is played here. */
class PromiseMethodsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(7));
  private static final SecretKey KEY = SecretKey.of(Keccak.hash(new byte[] {1}).toArray());
  private static final Hash32 CLUSTER = Keccak.hash(new byte[] {2});
  private static final Ctx CTX = new Ctx(5, CLUSTER, CLUSTER, Ctx.FALLBACK);

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
  private final Map<String, RpcMethod> methods = new HashMap<>();
  private final List<PromiseAsk> asked = new ArrayList<>();
  private RocksStore store;
  private CommitmentLedger ledger;
  private boolean refuses;
  private boolean isBusy;

  @BeforeEach
  void open() {
    store = RocksStore.open(dir, CommitmentLedger.columns());
    ledger = new CommitmentLedger(store, DOMAIN);
    TxGate gate =
        raw -> {
          assertThat(raw).isEqualTo(tx.encoded());
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
    Grades grades =
        new Grades(() -> {
          throw new AssertionError("nothing is sealed");
        });
    new PromiseMethods(
            901, gate, new PromiseGate(this::loop), DOMAIN, new ReleasedLedger(ledger), grades)
        .addTo(methods);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private boolean loop(Command command) {
    if (isBusy) {
      return false;
    }
    switch (command) {
      case Command.RequestPromise request -> {
        asked.add(request.ask());
        if (refuses) {
          request.reply().accept(new PromiseAnswer.Refused("the exposure limit is reached"));
        } else {
          PromiseMessage message = promised(request.ask());
          ledger.record(message);
          request.reply().accept(new PromiseAnswer.Given(message));
        }
      }
      case Command.PricePromise question -> {
        asked.add(question.ask());
        question.reply().accept(offer());
      }
      default -> throw new AssertionError(command);
    }
    return true;
  }

  private PromiseOffer offer() {
    PromisePrice.Exposure exposure = new PromisePrice.Exposure(UInt256.of(4), UInt256.of(9));
    return refuses
        ? new PromiseOffer(null, UInt256.ZERO, exposure, "the exposure limit is reached")
        : new PromiseOffer(
            new PromisePrice.Quote(UInt256.of(1), UInt256.of(2), UInt256.of(3)),
            UInt256.of(8),
            exposure,
            null);
  }

  private PromiseMessage promised(PromiseAsk ask) {
    PromiseBody body = new PromiseBody.Inclusion(901, KEY.address(), tx.nonce(), tx.hash(), 70);
    Promise promise =
        Promise.of(CLUSTER, 6, body, ask.coverageWei(), 70, CTX.hash(), asked.size() - 1);
    return new PromiseMessage(
        new Signed<>(promise, CTX, Secp256k1.sign(DOMAIN.digest(promise), KEY)),
        1,
        60,
        ask.requestHash(),
        tx);
  }

  private JsonNode call(String method, String params) throws RpcError {
    RpcMethod found = methods.get(method);
    assertThat(found).isNotNull();
    return found.call(JSON.readTree(params.replace("TX", tx.encoded().toHex())));
  }

  private void refusesToRead(String params, String why) {
    assertThatThrownBy(() -> call("preconf_requestPromise", params))
        .isInstanceOf(RpcError.class)
        .hasMessageContaining(why);
    assertThat(asked).isEmpty();
  }

  @Test
  void showsAPromiseAsItWasSigned() throws Exception {
    JsonNode shown =
        call(
            "preconf_requestPromise",
            """
            [{"kind":"0x1","transaction":"TX","lastTick":"0x46","coverageWei":"0x5"}]
            """);
    assertThat(asked.getFirst().lastTick()).isEqualTo(70);
    assertThat(asked.getFirst().coverageWei()).isEqualTo(UInt256.of(5));
    Signed<?> signed = CommitmentJson.readSigned(DOMAIN, shown);
    assertThat(DOMAIN.signer(signed)).isEqualTo(KEY.address());
    assertThat(shown.get("committer").asString()).isEqualTo(KEY.address().toHex());
    assertThat(shown.get("grade").asString()).isEqualTo("frag");
    assertThat(shown.get("flags")).hasSize(1);
    assertThat(shown.get("flags").get(0).asString()).isEqualTo("FALLBACK");
    assertThat(shown.get("said").get("nonce").asString()).isEqualTo("0x3");
    assertThat(shown.get("said").get("lastTick").asString()).isEqualTo("0x46");
    JsonNode all = call("preconf_getPromises", "[\"" + tx.hash().toHex() + "\"]");
    assertThat(all).containsExactly(shown);
  }

  @Test
  void givesTheSameRequestTheSamePromise() throws Exception {
    String params = "[{\"kind\":\"0x1\",\"transaction\":\"TX\"}]";
    JsonNode first = call("preconf_requestPromise", params);
    assertThat(call("preconf_requestPromise", params)).isEqualTo(first);
    assertThat(asked).hasSize(1);
  }

  @Test
  void tellsThePriceByItsParts() throws Exception {
    String params = "[{\"kind\":\"0x2\",\"transaction\":\"TX\",\"coverageWei\":\"0x1\"}]";
    JsonNode fee = call("preconf_fee", params);
    assertThat(fee)
        .isEqualTo(
            JSON.readTree(
                """
                {"available":true,"reason":null,"dataWei":"0x1","congestionWei":"0x2",
                "riskWei":"0x3","totalWei":"0x6","tipWeiPerGas":"0x8","exposureWei":"0x4",
                "exposureLimitWei":"0x9"}
                """));
    refuses = true;
    JsonNode none = call("preconf_fee", params);
    assertThat(none.get("available").asBoolean()).isFalse();
    assertThat(none.get("reason").asString()).contains("exposure limit");
    assertThat(none.get("totalWei").isNull()).isTrue();
  }

  @Test
  void passesOnWhyThereIsNoPromise() {
    String params = "[{\"kind\":\"0x1\",\"transaction\":\"TX\"}]";
    refuses = true;
    assertThatThrownBy(() -> call("preconf_requestPromise", params))
        .hasMessageContaining("the exposure limit is reached");
    isBusy = true;
    assertThatThrownBy(() -> call("preconf_requestPromise", params)).hasMessageContaining("busy");
  }

  @Test
  void readsALockOfAState() throws Exception {
    call(
        "preconf_fee",
        """
        [{"kind":"0x3","account":"0x00000000000000000000000000000000000000aa",
          "slot":"0x0000000000000000000000000000000000000000000000000000000000000001"}]
        """);
    PromiseAsk ask = asked.getFirst();
    assertThat(ask.transaction()).isNull();
    assertThat(ask.lock()).isNotNull();
    assertThat(ask.lock().account()).isEqualTo(Address.ofLong(0xaa));
    assertThat(ask.lastTick()).isEqualTo(-1);
    assertThat(ask.isTop()).isFalse();
  }

  @Test
  void readsNothingThatIsNotARequest() {
    refusesToRead("[]", "missing");
    refusesToRead("[\"0x\"]", "not an object");
    refusesToRead("[{}]", "kind is missing");
    refusesToRead("[{\"kind\":\"0x0\",\"transaction\":\"TX\"}]", "kind");
    refusesToRead("[{\"kind\":\"0x4\",\"transaction\":\"TX\"}]", "kind");
    refusesToRead("[{\"kind\":\"0x1\"}]", "a transaction, or for kind 3");
    refusesToRead(
        "[{\"kind\":\"0x1\",\"transaction\":\"TX\",\"tip\":\"0x1\"}]", "unknown field tip");
    refusesToRead(
        "[{\"kind\":\"0x1\",\"account\":\"0x00000000000000000000000000000000000000aa\"}]",
        "slot is missing");
  }
}
