// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.fabric.FabricAnswer;
import io.lockstep.preconf.fabric.FabricAsk;
import io.lockstep.preconf.fabric.FabricCommitment;
import io.lockstep.preconf.fabric.FabricFee;
import io.lockstep.preconf.fabric.FabricPayload;
import io.lockstep.preconf.fabric.FabricRequest;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import io.lockstep.sequencer.promise.PromisePrice;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fabric's commitments API over the promises: {@code commitmentRequest}, {@code commitmentResult},
 * {@code slots}, {@code fee}. Numbers are JSON numbers; what cannot be had is -32602 with the
 * reason in {@code data}, what failed here -32603. Any thread; the first waits on it.
 */
public final class FabricMethods {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<Long, ? extends TxGate> gates;
  private final PromiseGate promises;
  private final CommitmentDomain domain;
  private final FabricCommitment.Binding binding;
  private final ReleasedLedger ledger;
  private final OwnWindows windows;

  /**
   * @param gates of all rollups of the cluster by their ids; complete when the first call comes
   * @param binding what the operators' answers are bound to
   */
  public FabricMethods(
      Map<Long, ? extends TxGate> gates,
      PromiseGate promises,
      CommitmentDomain domain,
      FabricCommitment.Binding binding,
      ReleasedLedger ledger,
      OwnWindows windows) {
    this.gates = gates;
    this.promises = promises;
    this.domain = domain;
    this.binding = binding;
    this.ledger = ledger;
    this.windows = windows;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("commitmentRequest", params -> told(() -> request(params)));
    methods.put("commitmentResult", params -> told(() -> result(params)));
    methods.put("slots", params -> slots());
    methods.put("fee", params -> told(() -> fee(params)));
  }

  /** A method whose errors are to be told as Fabric tells them. */
  private interface Told {
    JsonNode call() throws RpcError;
  }

  private static JsonNode told(Told method) throws RpcError {
    try {
      return method.call();
    } catch (RpcError e) {
      boolean isOurs =
          e.code() == RpcError.LIMIT_EXCEEDED || e.code() == RpcError.RESOURCE_UNAVAILABLE;
      throw new RpcError(
          isOurs ? RpcError.INTERNAL : RpcError.INVALID_PARAMS,
          e.text(),
          JSON.stringNode(e.text()));
    }
  }

  private JsonNode request(JsonNode params) throws RpcError {
    PromiseAsk ask = ask(read(Params.required(params, 0)));
    PromiseMessage before = answered(ask.requestHash());
    if (before != null) {
      return signed(before);
    }
    return switch (promises.request(ask)) {
      case PromiseAnswer.Given given -> signed(given.message());
      case PromiseAnswer.Refused refused -> throw RpcError.invalidParams(refused.why());
    };
  }

  private JsonNode result(JsonNode params) throws RpcError {
    JsonNode asked = Params.required(params, 0);
    JsonNode hash = asked.isObject() ? field(asked, "request_hash", "requestHash") : asked;
    Hash32 requestHash = Params.hash(hash, "request_hash");
    PromiseMessage message = answered(requestHash);
    if (message == null) {
      throw RpcError.invalidParams("no commitment answers request " + requestHash + " here");
    }
    return signed(message);
  }

  /** The promise that answers a request; one that was heard only if its signer says it does. */
  private @Nullable PromiseMessage answered(Hash32 requestHash) {
    PromiseMessage message = ledger.promiseFor(requestHash);
    Signature signature = message == null ? null : message.fabricSignature();
    if (message == null || signature == null) {
      return null;
    }
    Hash32 root = FabricAnswer.commitment(message.promise(), requestHash, domain).root();
    Address signer = domain.signer(message.promise());
    return signer != null && signer.equals(Secp256k1.recover(binding.signingRoot(root), signature))
        ? message
        : null;
  }

  private JsonNode slots() {
    ObjectNode out = JSON.objectNode();
    ArrayNode slots = out.putArray("slots");
    for (long windowSlot : windows.ahead()) {
      ObjectNode slot = slots.addObject();
      slot.put("slot", windowSlot);
      ArrayNode offerings = slot.putArray("offerings");
      for (long rollupId : new TreeMap<>(gates).keySet()) {
        ObjectNode offering = offerings.addObject();
        offering.put("chain_id", rollupId);
        ArrayNode types = offering.putArray("commitment_types");
        types().forEach(types::add);
      }
    }
    return out;
  }

  private JsonNode fee(JsonNode params) throws RpcError {
    FabricRequest request = read(Params.required(params, 0));
    PromiseAsk ask = ask(request);
    PromiseOffer offer = promises.price(ask);
    PromisePrice.Quote price = offer.price();
    String whyNot = offer.whyNot();
    if (whyNot != null || price == null) {
      throw RpcError.invalidParams(whyNot == null ? "there is no price" : whyNot);
    }
    Bytes payload =
        new FabricFee(
                ask.requestHash(),
                price.dataWei(),
                price.congestionWei(),
                price.riskWei(),
                offer.tipWeiPerGas())
            .encoded();
    ObjectNode out = JSON.objectNode();
    out.put("commitment_type", request.commitmentType());
    // Its text and its only implementation name this field differently.
    out.put("payload", payload.toHex());
    out.put("fee_payload", payload.toHex());
    return out;
  }

  private static List<Long> types() {
    return List.of(
        FabricPayload.TYPE_BASE + Promise.INCLUSION,
        FabricPayload.TYPE_BASE + Promise.EXECUTION,
        FabricPayload.TYPE_BASE + Promise.POSITION);
  }

  private static FabricRequest read(JsonNode node) throws RpcError {
    if (!node.isObject()) {
      throw RpcError.invalidParams("a commitment request is an object");
    }
    return new FabricRequest(
        Params.number(field(node, "commitment_type", "commitmentType"), "commitment_type"),
        Params.bytes(field(node, "payload", "payload"), "payload"),
        Params.address(field(node, "slasher", "slasher"), "slasher"));
  }

  private PromiseAsk ask(FabricRequest request) throws RpcError {
    int kind = FabricPayload.kindOf(request.commitmentType());
    if (kind == 0) {
      throw RpcError.invalidParams(
          "commitment_type %d is not offered; %s are".formatted(request.commitmentType(), types()));
    }
    if (!request.slasher().equals(FabricAnswer.slasher(domain))) {
      throw RpcError.invalidParams(
          "slasher %s does not judge this cluster's promises, %s does"
              .formatted(request.slasher(), FabricAnswer.slasher(domain)));
    }
    FabricPayload payload = payload(request);
    TxGate gate = gates.get(payload.rollupId());
    if (gate == null) {
      throw RpcError.invalidParams(
          "payload: no rollup %d in this cluster; %s are"
              .formatted(payload.rollupId(), new TreeMap<>(gates).keySet()));
    }
    Transaction tx = gate.read(payload.signedTx()).transaction();
    return new PromiseAsk(
        kind,
        payload.rollupId(),
        tx,
        null,
        payload.lastTick() == 0 ? -1 : payload.lastTick(),
        payload.coverageWei(),
        request.hash(),
        new FabricAsk(request, binding));
  }

  private static FabricPayload payload(FabricRequest request) throws RpcError {
    try {
      return FabricPayload.decode(request.payload());
    } catch (DecodeException e) {
      throw RpcError.invalidParams("payload: " + e.getMessage());
    }
  }

  private static JsonNode field(JsonNode node, String name, String alike) throws RpcError {
    JsonNode value = node.has(name) ? node.get(name) : node.get(alike);
    if (value == null || value.isNull()) {
      throw RpcError.invalidParams(name + " is missing");
    }
    return value;
  }

  /** {@code SignedCommitment}. */
  private JsonNode signed(PromiseMessage message) {
    Signature signature = message.fabricSignature();
    if (signature == null) {
      throw new IllegalStateException("a request of Fabric's was answered without a commitment");
    }
    FabricCommitment commitment =
        FabricAnswer.commitment(message.promise(), message.requestHash(), domain);
    ObjectNode out = JSON.objectNode();
    ObjectNode said = out.putObject("commitment");
    said.put("commitment_type", commitment.commitmentType());
    said.put("payload", commitment.payload().toHex());
    said.put("request_hash", commitment.requestHash().toHex());
    said.put("slasher", commitment.slasher().toHex());
    out.put("nonce", binding.nonce());
    out.put("signing_id", binding.signingId().toHex());
    out.put("signature", signature.toBytes().toHex());
    return out;
  }
}
