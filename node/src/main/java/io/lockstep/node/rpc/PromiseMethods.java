// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.promise.PromisePrice;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code preconf_requestPromise}, {@code preconf_getPromises} and {@code preconf_fee}: promises of
 * one rollup, asked for and priced (protocol §2.2, §6). Any thread; the first waits on it.
 */
public final class PromiseMethods {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> FIELDS =
      Set.of("kind", "transaction", "account", "slot", "lastTick", "coverageWei");

  private final long rollupId;
  private final TxGate gate;
  private final PromiseGate promises;
  private final CommitmentDomain domain;
  private final ReleasedLedger ledger;
  private final Grades grades;

  public PromiseMethods(
      long rollupId,
      TxGate gate,
      PromiseGate promises,
      CommitmentDomain domain,
      ReleasedLedger ledger,
      Grades grades) {
    this.rollupId = rollupId;
    this.gate = gate;
    this.promises = promises;
    this.domain = domain;
    this.ledger = ledger;
    this.grades = grades;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("preconf_requestPromise", this::request);
    methods.put("preconf_getPromises", this::ofTransaction);
    methods.put("preconf_fee", this::fee);
  }

  private JsonNode request(JsonNode params) throws RpcError {
    PromiseAsk ask = ask(Params.required(params, 0));
    PromiseMessage before = ledger.promiseFor(ask.requestHash());
    if (before != null && answers(before, ask)) {
      return json(before);
    }
    return switch (promises.request(ask)) {
      case PromiseAnswer.Given given -> json(given.message());
      case PromiseAnswer.Refused refused -> throw new RpcError(RpcError.SERVER, refused.why());
    };
  }

  /** Peers may have told of it: nobody signs which request a promise answers. */
  private static boolean answers(PromiseMessage message, PromiseAsk ask) {
    Promise promise = message.promise().object();
    Transaction about = message.transaction();
    return about != null
        && ask.transaction() != null
        && about.hash().equals(ask.transaction().hash())
        && promise.kind() == ask.kind()
        && promise.coverageWei().equals(ask.coverageWei())
        && (ask.lastTick() < 0 || promise.deadlineTick() <= ask.lastTick());
  }

  private JsonNode ofTransaction(JsonNode params) throws RpcError {
    Hash32 txHash = Params.hash(Params.required(params, 0), "transaction hash");
    ArrayNode out = JSON.arrayNode();
    ledger.promisesOf(txHash).forEach(message -> out.add(json(message)));
    return out;
  }

  private JsonNode fee(JsonNode params) throws RpcError {
    PromiseAsk ask = ask(Params.required(params, 0));
    PromiseOffer offer = promises.price(ask);
    ObjectNode out = JSON.objectNode();
    out.put("available", offer.whyNot() == null);
    out.put("reason", offer.whyNot());
    PromisePrice.Quote price = offer.price();
    out.set("dataWei", amount(price == null ? null : price.dataWei()));
    out.set("congestionWei", amount(price == null ? null : price.congestionWei()));
    out.set("riskWei", amount(price == null ? null : price.riskWei()));
    out.set("totalWei", amount(price == null ? null : price.totalWei()));
    out.set("tipWeiPerGas", amount(price == null ? null : offer.tipWeiPerGas()));
    out.set("exposureWei", Params.quantity(offer.exposure().outstandingWei()));
    out.set("exposureLimitWei", Params.quantity(offer.exposure().limitWei()));
    return out;
  }

  private static JsonNode amount(@Nullable UInt256 wei) {
    return wei == null ? JSON.nullNode() : Params.quantity(wei);
  }

  /** Reads a request; unknown fields are refused, so that no wish is passed over. */
  PromiseAsk ask(JsonNode request) throws RpcError {
    if (!request.isObject()) {
      throw RpcError.invalidParams("request: not an object");
    }
    for (String name : request.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw RpcError.invalidParams("request: unknown field " + name);
      }
    }
    long kind = Params.number(field(request, "kind"), "kind");
    if (kind < Promise.INCLUSION || kind > Promise.POSITION) {
      throw RpcError.invalidParams("kind: 1 inclusion, 2 execution or 3 position, got " + kind);
    }
    JsonNode raw = request.get("transaction");
    JsonNode account = request.get("account");
    Transaction tx = raw == null ? null : gate.read(Params.bytes(raw, "transaction")).transaction();
    PromiseAsk.Lock lock =
        account == null
            ? null
            : new PromiseAsk.Lock(
                Params.address(account, "account"), Params.hash(field(request, "slot"), "slot"));
    if ((tx == null) == (lock == null) || (lock != null && kind != Promise.POSITION)) {
      throw RpcError.invalidParams(
          "request: a transaction, or for kind 3 an account and a slot to be locked");
    }
    JsonNode last = request.get("lastTick");
    JsonNode coverage = request.get("coverageWei");
    return new PromiseAsk(
        (int) kind,
        rollupId,
        tx,
        lock,
        last == null ? -1 : Params.number(last, "lastTick"),
        coverage == null ? UInt256.ZERO : Params.quantity(coverage, "coverageWei"),
        Keccak.hash((rollupId + request.toString()).getBytes(StandardCharsets.UTF_8)));
  }

  private static JsonNode field(JsonNode request, String name) throws RpcError {
    JsonNode value = request.get(name);
    if (value == null) {
      throw RpcError.invalidParams("request: " + name + " is missing");
    }
    return value;
  }

  private ObjectNode json(PromiseMessage message) {
    return ShownPromise.json(domain, message, grades.of(message, ledger));
  }
}
