// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import static io.lockstep.preconf.commitment.JsonFields.hash;
import static io.lockstep.preconf.commitment.JsonFields.object;
import static io.lockstep.preconf.commitment.JsonFields.onlyFields;
import static io.lockstep.preconf.commitment.JsonFields.uint;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of a promise, as {@code preconf_requestPromise} and {@code preconf_getPromises} give it,
 * written by nodes and read back strictly by a check.
 */
public final class PromiseJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PromiseJson() {}

  /**
   * Writes a promise.
   *
   * @param grade a remark, not covered by any signature, as are the next two
   * @param tick in which it was signed
   * @param requestHash names the request it answers
   */
  public static ObjectNode write(
      CommitmentDomain domain, HeldPromise promise, String grade, long tick, Hash32 requestHash) {
    ObjectNode out = CommitmentJson.writeSigned(domain, promise.signed());
    out.put("committer", promise.committer().toHex());
    out.put("grade", grade);
    ArrayNode flags = out.putArray("flags");
    promise.signed().ctx().flagNames().forEach(flags::add);
    out.set("tick", Params.quantity(tick));
    out.put("requestHash", requestHash.toHex());
    out.set("said", said(promise.said()));
    return out;
  }

  private static ObjectNode said(PromiseBody body) {
    ObjectNode out = JSON.objectNode();
    out.set("rollupId", Params.quantity(body.rollupId()));
    switch (body) {
      case PromiseBody.Inclusion inclusion -> {
        out.put("sender", inclusion.sender().toHex());
        out.set("nonce", Params.quantity(inclusion.nonce()));
        out.put("txHash", inclusion.txHash().toHex());
        out.set("lastTick", Params.quantity(inclusion.lastTick()));
      }
      case PromiseBody.Placed placed -> {
        out.set("number", Params.quantity(placed.number()));
        out.set("txIdx", Params.quantity(placed.txIdx()));
        out.put("txHash", placed.txHash().toHex());
        out.put("receiptHash", placed.receiptHash().toHex());
      }
      case PromiseBody.StateLock lock -> {
        out.set("number", Params.quantity(lock.number()));
        out.put("parentHash", lock.parentHash().toHex());
        out.put("account", lock.account().toHex());
        out.put("slot", lock.slot().toHex());
        out.put("value", lock.value().toHash().toHex());
      }
    }
    return out;
  }

  /**
   * Reads what {@link #write} gives; the domain must be the cluster's. What is told beside the
   * signature must agree with what was signed, where it repeats it.
   *
   * @throws DecodeException naming the place of the first thing that is not as it must be
   */
  public static HeldPromise read(CommitmentDomain domain, JsonNode node) throws DecodeException {
    onlyFields(
        node,
        "promise",
        "typedData",
        "signature",
        "ctx",
        "committer",
        "grade",
        "flags",
        "tick",
        "requestHash",
        "said");
    Signed<?> read = CommitmentJson.readSigned(domain, node);
    if (!(read.object() instanceof Promise promise)) {
      throw new DecodeException("typedData is not a Promise");
    }
    Signed<Promise> signed = new Signed<>(promise, read.ctx(), read.signature());
    HeldPromise held = HeldPromise.of(JsonFields.address(node, "committer", "promise"), signed);
    uint(node, "tick", "promise");
    hash(node, "requestHash", "promise");
    checkFlags(node.get("flags"), signed.ctx().flagNames());
    if (!readSaid(object(node, "said", "promise"), held.said()).equals(held.said())) {
      throw new DecodeException("said is not what the signed body states");
    }
    return held;
  }

  private static void checkFlags(JsonNode flags, List<String> signed) throws DecodeException {
    boolean same = flags.isArray() && flags.size() == signed.size();
    for (int i = 0; same && i < signed.size(); i++) {
      same = flags.get(i).isString() && flags.get(i).asString().equals(signed.get(i));
    }
    if (!same) {
      throw new DecodeException("flags are not those of the signed ctx, " + signed);
    }
  }

  /** Reads a body's words, in the form that {@code as} has. */
  private static PromiseBody readSaid(JsonNode said, PromiseBody as) throws DecodeException {
    return switch (as) {
      case PromiseBody.Inclusion _ -> {
        onlyFields(said, "said", "rollupId", "sender", "nonce", "txHash", "lastTick");
        yield new PromiseBody.Inclusion(
            uint(said, "rollupId", "said"),
            JsonFields.address(said, "sender", "said"),
            uint(said, "nonce", "said"),
            hash(said, "txHash", "said"),
            uint(said, "lastTick", "said"));
      }
      case PromiseBody.Execution _ -> {
        onlyFields(said, "said", "rollupId", "number", "txIdx", "txHash", "receiptHash");
        yield new PromiseBody.Execution(
            uint(said, "rollupId", "said"),
            uint(said, "number", "said"),
            uint(said, "txIdx", "said"),
            hash(said, "txHash", "said"),
            hash(said, "receiptHash", "said"));
      }
      case PromiseBody.Top _ -> {
        onlyFields(said, "said", "rollupId", "number", "txIdx", "txHash", "receiptHash");
        yield new PromiseBody.Top(
            uint(said, "rollupId", "said"),
            uint(said, "number", "said"),
            uint(said, "txIdx", "said"),
            hash(said, "txHash", "said"),
            hash(said, "receiptHash", "said"));
      }
      case PromiseBody.StateLock _ -> {
        onlyFields(said, "said", "rollupId", "number", "parentHash", "account", "slot", "value");
        yield new PromiseBody.StateLock(
            uint(said, "rollupId", "said"),
            uint(said, "number", "said"),
            hash(said, "parentHash", "said"),
            JsonFields.address(said, "account", "said"),
            hash(said, "slot", "said"),
            UInt256.of(hash(said, "value", "said")));
      }
    };
  }
}
