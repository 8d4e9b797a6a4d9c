// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseJson;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.OrderedRoot;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The cases that both verifiers must judge alike: each names a commitment, how it is changed, and
 * what differs in the world. The verdicts are not here.
 */
final class VectorCases {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int[] TRIE_SIZES = {0, 1, 2, 17, 127, 128, 129, 300};

  final VectorScene scene = new VectorScene();
  private final Map<String, JsonNode> commitments = new LinkedHashMap<>();
  final ObjectNode world = scene.world();
  private final ArrayNode cases = JSON.arrayNode();

  private VectorCases() {}

  static ObjectNode build() {
    VectorCases made = new VectorCases();
    made.good();
    made.doubts();
    made.outcomes();
    new VectorPromises(made).all();
    made.forgeries();
    ObjectNode out = JSON.objectNode();
    out.putObject("cluster")
        .put("l1ChainId", made.scene.scene.domain().l1ChainId())
        .put("registry", made.scene.scene.domain().verifyingContract().toHex())
        .put("clusterId", made.scene.scene.clusterId().toHex())
        .put("tickSeconds", VectorScene.TIME.tickSeconds())
        .put("handoverLeadSeconds", VectorScene.TIME.handoverLeadSeconds())
        .put("slotSeconds", VectorScene.TIME.slotSeconds());
    out.set("world", made.world);
    ObjectNode named = out.putObject("commitments");
    made.commitments.forEach(named::set);
    out.set("cases", made.cases);
    out.set("orderedRoots", roots());
    out.set("trieProofs", VectorProofs.all());
    return out;
  }

  /** Roots over items of which the i-th is i%70 + 1 bytes of i. */
  private static ArrayNode roots() {
    ArrayNode out = JSON.arrayNode();
    for (int size : TRIE_SIZES) {
      List<Bytes> items = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        byte[] item = new byte[i % 70 + 1];
        Arrays.fill(item, (byte) i);
        items.add(Bytes.wrap(item));
      }
      out.addObject().put("size", size).put("root", OrderedRoot.of(items).toHex());
    }
    return out;
  }

  /** Names a promise. */
  String named(String name, HeldPromise promise) {
    commitments.put(
        name,
        PromiseJson.write(
            scene.scene.domain(), promise, "frag", VectorScene.TICK, Hash32.ofWords(9, 9, 9, 9)));
    return name;
  }

  private String named(String name, Commitment commitment) {
    commitments.put(name, CommitmentJson.write(scene.scene.domain(), commitment, "frag"));
    return name;
  }

  private JsonNode made(String name) {
    JsonNode commitment = commitments.get(name);
    if (commitment == null) {
      throw new IllegalStateException("no commitment is named " + name);
    }
    return commitment;
  }

  /** A case without blocks. */
  ObjectNode add(String name, String commitment) {
    return cases.addObject().put("name", name).put("commitment", commitment).put("blocks", false);
  }

  /** A case that asks what came of it, in a world that differs. */
  void came(String name, String commitment, Consumer<ObjectNode> differs) {
    ObjectNode added = add(name, commitment).put("blocks", true);
    differs.accept(added.putObject("world"));
  }

  void standing(String name, String commitment, Consumer<ObjectNode> differs) {
    differs.accept(add(name, commitment).putObject("world"));
  }

  private static Consumer<ObjectNode> openBlock(long l1Block, long windowSlot) {
    return world ->
        world
            .putArray("openBlocks")
            .addObject()
            .put("l1Block", l1Block)
            .put("windowSlot", windowSlot);
  }

  private void good() {
    add("a frag", named("frag", scene.frag(3, scene.ctx, false)));
    add("a frag with its seal", named("sealed", scene.frag(1, scene.ctx, true)));
    came("a frag that was kept", "frag", differs -> {});
    came("an old transaction that was kept", "sealed", differs -> {});
  }

  private ObjectNode withFlags(String name, int flags) {
    Ctx ctx =
        new Ctx(scene.ctx.anchorNumber(), scene.ctx.anchorHash(), scene.ctx.windowParent(), flags);
    return add(name, named(name, scene.frag(0, ctx, true)));
  }

  private void doubts() {
    withFlags("provisional", Ctx.PROVISIONAL);
    came("provisional and kept", "provisional", differs -> {});
    withFlags("conditional", Ctx.L1COND);
    came("conditional and kept", "conditional", differs -> {});
    withFlags("marked as a fallback's", Ctx.FALLBACK);
    add("a tick beyond all time", named("beyond", scene.fragOfTick(WindowTime.END_OF_TICKS)));
    add("the last tick of time", named("last tick", scene.fragOfTick(WindowTime.END_OF_TICKS - 1)));
    ObjectNode fallbacks = JSON.objectNode();
    fallbacks.set(
        Long.toString(VectorScene.SLOT), VectorScene.window(VectorScene.WINDOW_SLOT, 1, true));
    standing("a fallback's without the mark", "frag", w -> w.set("windows", fallbacks));
    standing(
        "a fallback's with the mark", "marked as a fallback's", w -> w.set("windows", fallbacks));
    standing("an unknown window", "frag", w -> w.putObject("windows"));
    standing(
        "another window",
        "frag",
        w ->
            w.putObject("windows")
                .set(Long.toString(VectorScene.SLOT), VectorScene.window(42, 1, false)));
    standing(
        "another's window",
        "frag",
        w ->
            w.putObject("windows")
                .set(
                    Long.toString(VectorScene.SLOT),
                    VectorScene.window(VectorScene.WINDOW_SLOT, 2, false)));
    standing("an open block in its window", "frag", openBlock(1_003, VectorScene.WINDOW_SLOT));
    standing(
        "an open block in another window", "frag", openBlock(1_003, VectorScene.WINDOW_SLOT + 1));
    standing("an open block before its anchor", "frag", openBlock(999, VectorScene.WINDOW_SLOT));
    standing(
        "a provisional one, and an open block",
        "provisional",
        openBlock(1_003, VectorScene.WINDOW_SLOT));
    Address committer = scene.scene.key().address();
    committer("nobody's committer", null);
    committer(
        "another key in the window",
        VectorScene.committer(1, Address.ofLong(77), VectorScene.STAKE, false));
    committer("frozen", VectorScene.committer(1, committer, VectorScene.STAKE, true));
    committer("no stake", VectorScene.committer(1, committer, UInt256.ZERO, false));
    named("exposed", scene.frag(0, scene.ctx, true));
    UInt256 exposure = UInt256.of(100_000_000_000_000L);
    standing(
        "a stake equal to the exposure",
        "exposed",
        w ->
            w.putObject("committers")
                .set(committer.toHex(), VectorScene.committer(1, committer, exposure, false)));
    standing(
        "a stake below the exposure",
        "exposed",
        w ->
            w.putObject("committers")
                .set(
                    committer.toHex(),
                    VectorScene.committer(1, committer, exposure.subtract(UInt256.of(1)), false)));
    String anchor = Long.toString(scene.ctx.anchorNumber());
    standing("an anchor that is not there yet", "frag", w -> w.putObject("l1Blocks"));
    standing(
        "an anchor that is gone",
        "frag",
        w -> w.putObject("l1Blocks").put(anchor, Hash32.ofWords(1, 2, 3, 4).toHex()));
  }

  private void committer(String name, @Nullable ObjectNode told) {
    standing(
        name,
        "frag",
        w -> {
          ObjectNode committers = w.putObject("committers");
          if (told != null) {
            committers.set(scene.scene.key().address().toHex(), told);
          }
        });
  }

  private void broken(String name, UnaryOperator<TxLeaf> change) {
    came(name, named(name, scene.frag(2, scene.ctx, false, change)), differs -> {});
  }

  private static TxLeaf with(TxLeaf leaf, long txIdx, Hash32 txHash, Hash32 receiptHash) {
    return new TxLeaf(
        leaf.rollupId(), leaf.number(), leaf.parentHash(), txIdx, txHash, receiptHash);
  }

  private void outcomes() {
    Hash32 other = Keccak.hash(new byte[] {1});
    broken("another transaction", leaf -> with(leaf, leaf.txIdx(), other, leaf.receiptHash()));
    broken("another receipt", leaf -> with(leaf, leaf.txIdx(), leaf.txHash(), other));
    broken("another place", leaf -> with(leaf, 0, leaf.txHash(), leaf.receiptHash()));
    broken("after the last place", leaf -> with(leaf, 4, leaf.txHash(), leaf.receiptHash()));
    broken(
        "a place beyond 32 bits", leaf -> with(leaf, 1L << 33, leaf.txHash(), leaf.receiptHash()));
    Ctx provisional =
        new Ctx(
            scene.ctx.anchorNumber(),
            scene.ctx.anchorHash(),
            scene.ctx.windowParent(),
            Ctx.PROVISIONAL);
    came(
        "provisional and not kept",
        named(
            "provisional and not kept",
            scene.frag(2, provisional, false, l -> with(l, l.txIdx(), other, l.receiptHash()))),
        differs -> {});
    came(
        "frozen and not kept",
        "another transaction",
        w ->
            w.putObject("committers")
                .set(
                    scene.scene.key().address().toHex(),
                    VectorScene.committer(
                        1, scene.scene.key().address(), VectorScene.STAKE, true)));

    came(
        "an open block in its window, and kept", "frag", openBlock(1_003, VectorScene.WINDOW_SLOT));
    came(
        "an open block in its window, and not kept",
        "another transaction",
        openBlock(1_003, VectorScene.WINDOW_SLOT));

    Hash32 last = scene.blocks.getLast().hash();
    came("nothing posted", "frag", w -> w.putArray("postings"));
    came(
        "posted below the tick",
        "frag",
        w -> w.putArray("postings").add(scene.posting(1_004, VectorScene.TICK - 1, last)));
    came(
        "posted before its anchor",
        "frag",
        w -> w.putArray("postings").add(scene.posting(999, VectorScene.TICK + 2, last)));
    came(
        "the batch itself ends with the block",
        "frag",
        w ->
            w.putArray("postings")
                .add(scene.posting(1_004, VectorScene.TICK, scene.blocks.getFirst().hash())));
    came(
        "a batch without the rollup",
        "frag",
        w -> {
          ObjectNode posting = scene.posting(1_004, VectorScene.TICK + 2, last);
          posting.putObject("lastBlocks").put("902", last.toHex());
          w.putArray("postings").add(posting);
        });
    came(
        "a batch that derived to nothing, then a good one",
        "frag",
        w ->
            w.putArray("postings")
                .add(scene.posting(1_003, VectorScene.TICK + 2, other))
                .add(scene.posting(1_004, VectorScene.TICK + 2, last)));
    came("a node that knows no block", "frag", w -> w.putObject("headers"));
    came(
        "a node that lacks a header",
        "frag",
        w ->
            w.putObject("headers")
                .put(last.toHex(), world.get("headers").get(last.toHex()).asString()));
    came("a node that lacks the body", "frag", w -> w.putObject("blocks"));
    came("a node that lacks the receipts", "frag", w -> w.putObject("receipts"));
    lies(last);
  }

  private void lies(Hash32 last) {
    String first = scene.blocks.getFirst().hash().toHex();
    String other = scene.blocks.get(1).hash().toHex();
    came(
        "a node that shows another header",
        "frag",
        w -> w.putObject("headers").put(last.toHex(), world.get("headers").get(other).asString()));
    came(
        "a node that shows another body",
        "frag",
        w -> w.putObject("blocks").put(first, scene.blocks.get(1).block().encoded().toHex()));
    came(
        "a node that shows a body that is none",
        "frag",
        w -> w.putObject("blocks").put(first, "0xc0"));
    came(
        "a node that shows the receipts in another order",
        "frag",
        w -> {
          ArrayNode swapped = w.putObject("receipts").putArray(first);
          JsonNode honest = world.get("receipts").get(first);
          swapped.add(honest.get(1)).add(honest.get(0)).add(honest.get(2)).add(honest.get(3));
        });
    came(
        "a node that leaves a receipt out",
        "frag",
        w -> {
          ArrayNode fewer = w.putObject("receipts").putArray(first);
          JsonNode honest = world.get("receipts").get(first);
          fewer.add(honest.get(0)).add(honest.get(1)).add(honest.get(2));
        });
  }

  private void changed(String commitment, JsonPointer at, @Nullable JsonNode value) {
    String text = value == null ? "is away" : "becomes " + shorten(value.toString());
    ObjectNode change = add(commitment + ": " + at + " " + text, commitment).putObject("change");
    ArrayNode path = change.putArray("at");
    for (JsonPointer step = at; !step.matches(); step = step.tail()) {
      if (step.mayMatchElement()) {
        path.add(step.getMatchingIndex());
      } else {
        path.add(step.getMatchingProperty());
      }
    }
    if (value != null) {
      change.set("to", value);
    }
  }

  private static String shorten(String text) {
    return text.length() <= 24 ? text : text.substring(0, 20) + "…" + text.length();
  }

  private void forgeries() {
    for (String name : List.of("sealed", "promise", "inclusion", "lock")) {
      everyField(name, made(name), JsonPointer.empty());
    }
    changed("frag", JsonPointer.empty(), JSON.nullNode());
    changed("frag", JsonPointer.empty(), JSON.arrayNode());
    changed("frag", JsonPointer.compile("/grade"), JSON.stringNode("any remark"));
    changed("sealed", JsonPointer.compile("/seal"), JSON.nullNode());
    otherForms();
  }

  /** Each field taken away, and each text with its last digit another. */
  private void everyField(String name, JsonNode node, JsonPointer at) {
    if (node instanceof ObjectNode object) {
      changed(name, at.appendProperty("more"), JSON.stringNode("0x1"));
      for (String field : object.propertyNames()) {
        changed(name, at.appendProperty(field), null);
        everyField(name, object.get(field), at.appendProperty(field));
      }
    } else if (node instanceof ArrayNode array) {
      changed(name, at.appendIndex(array.size()), JSON.stringNode(Hash32.ZERO.toHex()));
      for (int i = 0; i < array.size(); i++) {
        everyField(name, array.get(i), at.appendIndex(i));
      }
    } else if (node.isString() && !at.toString().equals("/grade")) {
      String text = node.asString();
      char last = text.charAt(text.length() - 1);
      changed(
          name,
          at,
          JSON.stringNode(text.substring(0, text.length() - 1) + (last == '1' ? '2' : '1')));
    } else if (node.isBoolean()) {
      changed(name, at, JSON.booleanNode(!node.asBoolean()));
    }
  }

  /** Other ways to write the same, and what only looks so. */
  private void otherForms() {
    JsonPointer signature = JsonPointer.compile("/signature");
    String signed = made("frag").get("signature").asString();
    byte[] bytes = Bytes.fromHex(signed).toArray();
    int v = bytes[64];
    changed(
        "frag", signature, JSON.stringNode(signed.toUpperCase(Locale.ROOT).replace("0X", "0x")));
    changed("frag", signature, JSON.stringNode(signed.replace("0x", "0X")));
    changed("frag", signature, JSON.stringNode(signed.substring(2)));
    changed("frag", signature, JSON.stringNode(signed + "0"));
    changed("frag", signature, JSON.stringNode(signed + "00"));
    changed("frag", signature, JSON.stringNode("0x" + "00".repeat(64) + "1b"));
    changed("frag", signature, JSON.stringNode("0x" + "ff".repeat(32) + "11".repeat(32) + "1b"));
    byte[] plain = bytes.clone();
    plain[64] = (byte) (v - 27);
    changed("frag", signature, JSON.stringNode(Bytes.wrap(plain).toHex()));
    byte[] mirrored = bytes.clone();
    Secp256k1.ORDER.subtract(UInt256.read(bytes, 32)).write(mirrored, 32);
    mirrored[64] = (byte) (27 + 28 - v);
    changed("frag", signature, JSON.stringNode(Bytes.wrap(mirrored).toHex()));

    JsonPointer tick = JsonPointer.compile("/typedData/message/tick");
    changed("frag", tick, JSON.stringNode("0x050"));
    changed("frag", tick, JSON.stringNode("0x" + "0".repeat(62) + "50"));
    changed("frag", tick, JSON.stringNode("0x" + "0".repeat(63) + "50"));
    changed("frag", tick, JSON.stringNode("0x"));
    changed("frag", tick, JSON.stringNode("0x+50"));
    changed("frag", tick, JSON.stringNode("80"));
    changed("frag", tick, JSON.numberNode(80));
    changed("frag", tick, JSON.stringNode("0x8000000000000000"));
    changed("frag", tick, JSON.stringNode("0x7fffffffffffffff"));
    changed(
        "frag", JsonPointer.compile("/typedData/message/fragIdx"), JSON.stringNode("0x100000000"));
    changed("frag", JsonPointer.compile("/ctx/flags"), JSON.stringNode("0x8"));
    changed("promise", JsonPointer.compile("/typedData/message/kind"), JSON.stringNode("0x102"));
    JsonPointer committer = JsonPointer.compile("/committer");
    String address = scene.scene.key().address().toHex();
    changed(
        "frag", committer, JSON.stringNode("0x" + address.substring(2).toUpperCase(Locale.ROOT)));
    changed("frag", JsonPointer.compile("/path/0"), JSON.stringNode("0x"));
    ArrayNode long65 = JSON.arrayNode();
    for (int i = 0; i < 65; i++) {
      long65.add(Hash32.ZERO.toHex());
    }
    changed("frag", JsonPointer.compile("/path"), long65);
    changed("frag", JsonPointer.compile("/path"), JSON.objectNode());
    changed("frag", JsonPointer.compile("/typedData/types/Frag"), JSON.arrayNode());
    changed("frag", JsonPointer.compile("/seal"), JSON.booleanNode(false));
    JsonNode sealed = made("sealed");
    ObjectNode swapped = ((ObjectNode) made("frag")).deepCopy();
    swapped.set("typedData", sealed.get("seal").get("typedData"));
    changed("frag", JsonPointer.compile("/typedData"), swapped.get("typedData"));
    changed("frag", JsonPointer.compile("/seal"), sealed.get("seal"));
    changed("promise", JsonPointer.compile("/seal"), sealed.get("seal"));
  }
}
