// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static io.lockstep.preconf.commitment.JsonFields.hash;
import static io.lockstep.preconf.commitment.JsonFields.object;
import static io.lockstep.preconf.commitment.JsonFields.onlyFields;
import static io.lockstep.preconf.commitment.JsonFields.path;
import static io.lockstep.preconf.commitment.JsonFields.uint;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of {@code preconf_getCommitment}, written by nodes and read back strictly by a check.
 */
public final class CommitmentJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private CommitmentJson() {}

  /**
   * Writes a commitment.
   *
   * @param grade {@code frag}, {@code sealed}, {@code posted}, {@code safe} or {@code finalized}; a
   *     remark, not covered by any signature
   */
  public static ObjectNode write(CommitmentDomain domain, Commitment commitment, String grade) {
    ObjectNode out = JSON.objectNode();
    out.put("grade", grade);
    out.put("committer", commitment.committer().toHex());
    out.set("typedData", TypedDataJson.write(domain, commitment.signed().object()));
    out.put("signature", commitment.signed().signature().toBytes().toHex());
    out.set("ctx", ctx(commitment.signed().ctx()));
    out.set("leaf", txLeaf(commitment.leaf()));
    out.set("path", hashes(commitment.path()));
    Commitment.SealProof seal = commitment.seal();
    out.set("seal", seal == null ? JSON.nullNode() : seal(domain, seal));
    return out;
  }

  /** A signed object with its Ctx: what the frag and seal streams carry. */
  public static ObjectNode writeSigned(CommitmentDomain domain, Signed<?> signed) {
    ObjectNode out = JSON.objectNode();
    out.set("typedData", TypedDataJson.write(domain, signed.object()));
    out.put("signature", signed.signature().toBytes().toHex());
    out.set("ctx", ctx(signed.ctx()));
    return out;
  }

  /**
   * Reads what {@link #writeSigned} gives; fields beside it, such as a stream's leaves, are left to
   * the caller. Nothing is verified yet but that domain and types are the cluster's.
   *
   * @throws DecodeException naming the place of the first thing that is not as it must be
   */
  public static Signed<?> readSigned(CommitmentDomain domain, JsonNode node)
      throws DecodeException {
    SignedObject object =
        TypedDataJson.read(domain, object(node, "typedData", "signed"), "typedData");
    Ctx ctx = readCtx(object(node, "ctx", "signed"), "ctx");
    return new Signed<>(object, ctx, signature(node, "signed"));
  }

  public static ObjectNode txLeaf(TxLeaf leaf) {
    ObjectNode out = JSON.objectNode();
    out.set("rollupId", Params.quantity(leaf.rollupId()));
    out.set("number", Params.quantity(leaf.number()));
    out.put("parentHash", leaf.parentHash().toHex());
    out.set("txIdx", Params.quantity(leaf.txIdx()));
    out.put("txHash", leaf.txHash().toHex());
    out.put("receiptHash", leaf.receiptHash().toHex());
    return out;
  }

  public static ObjectNode blockLeaf(BlockLeaf leaf) {
    ObjectNode out = JSON.objectNode();
    out.set("tick", Params.quantity(leaf.tick()));
    out.set("rollupId", Params.quantity(leaf.rollupId()));
    out.set("number", Params.quantity(leaf.number()));
    out.put("blockHash", leaf.blockHash().toHex());
    out.put("parentHash", leaf.parentHash().toHex());
    return out;
  }

  public static ArrayNode hashes(List<Hash32> values) {
    ArrayNode out = JSON.arrayNode();
    values.forEach(value -> out.add(value.toHex()));
    return out;
  }

  /**
   * Reads what {@link #write} gives; the domain must be the cluster's.
   *
   * @throws DecodeException naming the place of the first thing that is not as it must be
   */
  public static Commitment read(CommitmentDomain domain, JsonNode node) throws DecodeException {
    onlyFields(
        node,
        "commitment",
        "grade",
        "committer",
        "typedData",
        "signature",
        "ctx",
        "leaf",
        "path",
        "seal");
    SignedObject signed =
        TypedDataJson.read(domain, object(node, "typedData", "commitment"), "typedData");
    if (!(signed instanceof Frag frag)) {
      throw new DecodeException("typedData must be a Frag, the seal has its own place");
    }
    return new Commitment(
        JsonFields.address(node, "committer", "commitment"),
        new Signed<>(
            frag, readCtx(object(node, "ctx", "commitment"), "ctx"), signature(node, "commitment")),
        readTxLeaf(object(node, "leaf", "commitment")),
        path(node, "path", "commitment"),
        node.get("seal").isNull() ? null : readSeal(domain, object(node, "seal", "commitment")));
  }

  private static ObjectNode ctx(Ctx ctx) {
    ObjectNode out = JSON.objectNode();
    out.set("anchorNumber", Params.quantity(ctx.anchorNumber()));
    out.put("anchorHash", ctx.anchorHash().toHex());
    out.put("windowParent", ctx.windowParent().toHex());
    out.set("flags", Params.quantity(ctx.flags()));
    return out;
  }

  private static ObjectNode seal(CommitmentDomain domain, Commitment.SealProof seal) {
    ObjectNode out = JSON.objectNode();
    out.set("typedData", TypedDataJson.write(domain, seal.signed().object()));
    out.put("signature", seal.signed().signature().toBytes().toHex());
    out.set("leaf", blockLeaf(seal.leaf()));
    out.set("path", hashes(seal.path()));
    return out;
  }

  private static Commitment.SealProof readSeal(CommitmentDomain domain, JsonNode node)
      throws DecodeException {
    onlyFields(node, "seal", "typedData", "signature", "leaf", "path");
    SignedObject signed =
        TypedDataJson.read(domain, object(node, "typedData", "seal"), "seal.typedData");
    if (!(signed instanceof Seal seal)) {
      throw new DecodeException("seal.typedData is not a Seal");
    }
    JsonNode leaf = object(node, "leaf", "seal");
    onlyFields(leaf, "seal.leaf", "tick", "rollupId", "number", "blockHash", "parentHash");
    // One Ctx serves a whole tick: the reader fills in the frag's, and the check compares hashes.
    return new Commitment.SealProof(
        new Signed<>(seal, NO_CTX, signature(node, "seal")),
        new BlockLeaf(
            uint(leaf, "tick", "seal.leaf"),
            uint(leaf, "rollupId", "seal.leaf"),
            uint(leaf, "number", "seal.leaf"),
            hash(leaf, "blockHash", "seal.leaf"),
            hash(leaf, "parentHash", "seal.leaf")),
        path(node, "path", "seal"));
  }

  private static final Ctx NO_CTX = new Ctx(0, Hash32.ZERO, Hash32.ZERO, 0);

  private static Ctx readCtx(JsonNode node, String at) throws DecodeException {
    onlyFields(node, at, "anchorNumber", "anchorHash", "windowParent", "flags");
    long flags = uint(node, "flags", at);
    if (flags > 7) {
      throw new DecodeException(at + ".flags are at most 7, got " + flags);
    }
    return new Ctx(
        uint(node, "anchorNumber", at),
        hash(node, "anchorHash", at),
        hash(node, "windowParent", at),
        (int) flags);
  }

  /** Reads what {@link #txLeaf} gives. */
  public static TxLeaf readTxLeaf(JsonNode node) throws DecodeException {
    onlyFields(node, "leaf", "rollupId", "number", "parentHash", "txIdx", "txHash", "receiptHash");
    return new TxLeaf(
        uint(node, "rollupId", "leaf"),
        uint(node, "number", "leaf"),
        hash(node, "parentHash", "leaf"),
        uint(node, "txIdx", "leaf"),
        hash(node, "txHash", "leaf"),
        hash(node, "receiptHash", "leaf"));
  }

  private static Signature signature(JsonNode node, String at) throws DecodeException {
    return Signature.fromBytes(JsonFields.bytes(node, "signature", at));
  }
}
