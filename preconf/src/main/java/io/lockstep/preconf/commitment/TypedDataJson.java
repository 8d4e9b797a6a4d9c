// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static io.lockstep.preconf.commitment.JsonFields.bool;
import static io.lockstep.preconf.commitment.JsonFields.bytes;
import static io.lockstep.preconf.commitment.JsonFields.hash;
import static io.lockstep.preconf.commitment.JsonFields.object;
import static io.lockstep.preconf.commitment.JsonFields.onlyFields;
import static io.lockstep.preconf.commitment.JsonFields.quantity;
import static io.lockstep.preconf.commitment.JsonFields.text;
import static io.lockstep.preconf.commitment.JsonFields.uint;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.types.Address;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signed objects as standard EIP-712 JSON ({@code domain, types, primaryType, message}), readable
 * by any wallet library. Reading is strict: types and field sets must be exactly ours, so that
 * nothing in a file can disagree with what was signed.
 */
final class TypedDataJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TypedDataJson() {}

  static ObjectNode write(CommitmentDomain domain, SignedObject signed) {
    ObjectNode out = JSON.objectNode();
    ObjectNode domainNode = out.putObject("domain");
    domainNode.put("name", CommitmentDomain.NAME);
    domainNode.put("version", CommitmentDomain.VERSION);
    domainNode.set("chainId", Params.quantity(domain.l1ChainId()));
    domainNode.put("verifyingContract", domain.verifyingContract().toHex());
    out.set("types", types(signed));
    out.put("primaryType", primaryType(signed));
    out.set("message", message(signed));
    return out;
  }

  /** Reads typed data whose domain must be {@code domain}. */
  static SignedObject read(CommitmentDomain domain, JsonNode typedData, String at)
      throws DecodeException {
    onlyFields(typedData, at, "domain", "types", "primaryType", "message");
    JsonNode domainNode = object(typedData, "domain", at);
    onlyFields(domainNode, at + ".domain", "name", "version", "chainId", "verifyingContract");
    if (!text(domainNode, "name", at + ".domain").equals(CommitmentDomain.NAME)
        || !text(domainNode, "version", at + ".domain").equals(CommitmentDomain.VERSION)) {
      throw new DecodeException(
          at + ".domain is not " + CommitmentDomain.NAME + " " + CommitmentDomain.VERSION);
    }
    if (uint(domainNode, "chainId", at + ".domain") != domain.l1ChainId()) {
      throw new DecodeException(at + ".domain.chainId is not the L1's, " + domain.l1ChainId());
    }
    Address contract = JsonFields.address(domainNode, "verifyingContract", at + ".domain");
    if (!contract.equals(domain.verifyingContract())) {
      throw new DecodeException(
          at
              + ".domain.verifyingContract is "
              + contract
              + ", the cluster's registry is "
              + domain.verifyingContract());
    }
    JsonNode message = object(typedData, "message", at);
    String primaryType = text(typedData, "primaryType", at);
    SignedObject signed =
        switch (primaryType) {
          case "Frag" -> readFrag(message, at + ".message");
          case "Seal" -> readSeal(message, at + ".message");
          case "Promise" -> readPromise(message, at + ".message");
          default -> throw new DecodeException(at + ".primaryType is " + primaryType);
        };
    if (!types(signed).equals(typedData.get("types"))) {
      throw new DecodeException(at + ".types are not those of a Lockstep " + primaryType);
    }
    return signed;
  }

  private static String primaryType(SignedObject signed) {
    return switch (signed) {
      case Frag _ -> "Frag";
      case Seal _ -> "Seal";
      case Promise _ -> "Promise";
    };
  }

  private static ObjectNode types(SignedObject signed) {
    ObjectNode out = JSON.objectNode();
    addType(out, CommitmentDomain.TYPE);
    addType(
        out,
        switch (signed) {
          case Frag _ -> Frag.TYPE;
          case Seal _ -> Seal.TYPE;
          case Promise _ -> Promise.TYPE;
        });
    return out;
  }

  /** Turns {@code Name(type field,…)} into the JSON list of its members. */
  private static void addType(ObjectNode out, String encodedType) {
    int open = encodedType.indexOf('(');
    ArrayNode members = out.putArray(encodedType.substring(0, open));
    for (String member : encodedType.substring(open + 1, encodedType.length() - 1).split(",")) {
      String[] parts = member.split(" ");
      members.addObject().put("name", parts[1]).put("type", parts[0]);
    }
  }

  private static ObjectNode message(SignedObject signed) {
    ObjectNode out = JSON.objectNode();
    switch (signed) {
      case Frag frag -> {
        out.put("clusterId", frag.clusterId().toHex());
        out.set("windowSlot", Params.quantity(frag.windowSlot()));
        out.set("tick", Params.quantity(frag.tick()));
        out.set("fragIdx", Params.quantity(frag.fragIdx()));
        out.put("prevFragHash", frag.prevFragHash().toHex());
        out.put("ctxHash", frag.ctxHash().toHex());
        out.put("bodyRoot", frag.bodyRoot().toHex());
        out.set("sentAtMs", Params.quantity(frag.sentAtMs()));
      }
      case Seal seal -> {
        out.put("clusterId", seal.clusterId().toHex());
        out.set("windowSlot", Params.quantity(seal.windowSlot()));
        out.set("tick", Params.quantity(seal.tick()));
        out.put("blocksRoot", seal.blocksRoot().toHex());
        out.put("ctxHash", seal.ctxHash().toHex());
        out.set("cumExposureWei", Params.quantity(seal.cumExposureWei()));
        out.put("l1CallsHash", seal.l1CallsHash().toHex());
        out.put("eop", seal.eop());
        out.set("sealedAtMs", Params.quantity(seal.sealedAtMs()));
      }
      case Promise promise -> {
        out.set("kind", Params.quantity(promise.kind()));
        out.put("clusterId", promise.clusterId().toHex());
        out.set("windowSlot", Params.quantity(promise.windowSlot()));
        out.put("body", promise.body().toHex());
        out.set("coverageWei", Params.quantity(promise.coverageWei()));
        out.set("deadlineTick", Params.quantity(promise.deadlineTick()));
        out.put("ctxHash", promise.ctxHash().toHex());
        out.set("nonce", Params.quantity(promise.nonce()));
      }
    }
    return out;
  }

  private static Frag readFrag(JsonNode m, String at) throws DecodeException {
    onlyFields(
        m,
        at,
        "clusterId",
        "windowSlot",
        "tick",
        "fragIdx",
        "prevFragHash",
        "ctxHash",
        "bodyRoot",
        "sentAtMs");
    long fragIdx = uint(m, "fragIdx", at);
    if (fragIdx > Frag.MAX_FRAG_IDX) {
      throw new DecodeException(at + ".fragIdx has 32 bits, got " + fragIdx);
    }
    return new Frag(
        hash(m, "clusterId", at),
        uint(m, "windowSlot", at),
        uint(m, "tick", at),
        fragIdx,
        hash(m, "prevFragHash", at),
        hash(m, "ctxHash", at),
        hash(m, "bodyRoot", at),
        uint(m, "sentAtMs", at));
  }

  private static Seal readSeal(JsonNode m, String at) throws DecodeException {
    onlyFields(
        m,
        at,
        "clusterId",
        "windowSlot",
        "tick",
        "blocksRoot",
        "ctxHash",
        "cumExposureWei",
        "l1CallsHash",
        "eop",
        "sealedAtMs");
    return new Seal(
        hash(m, "clusterId", at),
        uint(m, "windowSlot", at),
        uint(m, "tick", at),
        hash(m, "blocksRoot", at),
        hash(m, "ctxHash", at),
        quantity(m, "cumExposureWei", at),
        hash(m, "l1CallsHash", at),
        bool(m, "eop", at),
        uint(m, "sealedAtMs", at));
  }

  private static Promise readPromise(JsonNode m, String at) throws DecodeException {
    onlyFields(
        m,
        at,
        "kind",
        "clusterId",
        "windowSlot",
        "body",
        "coverageWei",
        "deadlineTick",
        "ctxHash",
        "nonce");
    return new Promise(
        (int) Math.min(255, uint(m, "kind", at)),
        hash(m, "clusterId", at),
        uint(m, "windowSlot", at),
        bytes(m, "body", at),
        quantity(m, "coverageWei", at),
        uint(m, "deadlineTick", at),
        hash(m, "ctxHash", at),
        uint(m, "nonce", at));
  }
}
