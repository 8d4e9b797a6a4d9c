// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The cases about promises of all kinds; see {@link VectorCases}. */
final class VectorPromises {
  private static final long TICK = VectorScene.TICK;

  /** Until when promises are made here unless a case says otherwise. */
  private static final long DEADLINE = TICK + 1;

  private static final UInt256 COVERAGE = UInt256.of(1_000_000_000L);
  private static final Hash32 OTHER = Keccak.hash(new byte[] {1});

  private final VectorCases cases;
  private final VectorScene scene;
  private final Hash32 last;

  VectorPromises(VectorCases cases) {
    this.cases = cases;
    this.scene = cases.scene;
    this.last = scene.blocks.getLast().hash();
  }

  void all() {
    good();
    doubts();
    inclusions();
    sources();
    places();
    locks();
  }

  private HeldPromise promise(PromiseBody body) {
    return scene.promise(
        body,
        scene.ctx,
        body instanceof PromiseBody.Inclusion inclusion ? inclusion.lastTick() : DEADLINE,
        COVERAGE);
  }

  /** Names a promise and asks what came of it. */
  private void came(String name, PromiseBody body) {
    cases.came(name, cases.named(name, promise(body)), differs -> {});
  }

  private ArrayNode posted(ObjectNode world, long lastTick, int block) {
    return world
        .putArray("postings")
        .add(scene.posting(1_004, lastTick, scene.blocks.get(block).hash()));
  }

  private void good() {
    cases.named("inclusion", promise(scene.inclusion(scene.sender(), scene.sent.nonce(), 81)));
    cases.named("promise", promise(PromiseBody.Execution.of(scene.leaf(2))));
    cases.named("top", promise(PromiseBody.Top.of(scene.leaf(1 + VectorScene.FORCED))));
    cases.named("lock", promise(scene.lock(scene.contract, scene.slot, scene.word)));
    for (String name : new String[] {"inclusion", "promise", "top", "lock"}) {
      cases.add("a promise", name);
      cases.came("a promise that was kept", name, differs -> {});
      cases.came("nothing posted", name, w -> w.putArray("postings"));
      cases.came("a node that knows no block", name, w -> w.putObject("headers"));
      cases.came(
          "posted below the deadline, and not shown",
          name,
          w -> {
            posted(w, TICK, 0);
            w.putObject("headers");
          });
      cases.came("posted below the deadline", name, w -> posted(w, TICK, 0));
      cases.came(
          "a batch that derived to nothing, then a good one",
          name,
          w ->
              w.putArray("postings")
                  .add(scene.posting(1_003, TICK + 2, OTHER))
                  .add(scene.posting(1_004, TICK + 2, last)));
      cases.came("a node that keeps no state", name, w -> w.putObject("proofs"));
    }
  }

  private void doubts() {
    for (String name : new String[] {"inclusion", "lock"}) {
      cases.standing("a window that is unknown", name, w -> w.putObject("windows"));
      cases.standing(
          "an anchor that is gone",
          name,
          w -> w.putObject("l1Blocks").put(Long.toString(scene.ctx.anchorNumber()), OTHER.toHex()));
      cases.standing(
          "a deadline in another window",
          name,
          w ->
              w.putObject("windows")
                  .set(Long.toString(VectorScene.SLOT), VectorScene.window(44, 1, false)));
    }
    PromiseBody body = PromiseBody.Execution.of(scene.leaf(2));
    cases.add(
        "covered by all of the stake",
        cases.named("covered", scene.promise(body, scene.ctx, DEADLINE, VectorScene.STAKE)));
    cases.add(
        "covered by more than the stake",
        cases.named(
            "over", scene.promise(body, scene.ctx, DEADLINE, VectorScene.STAKE.add(UInt256.ONE))));
    cases.add(
        "a deadline beyond all time",
        cases.named("late", scene.promise(body, scene.ctx, WindowTime.END_OF_TICKS, COVERAGE)));
    cases.add(
        "two deadlines",
        cases.named(
            "two deadlines",
            scene.promise(scene.inclusion(scene.sender(), 1, 81), scene.ctx, 82, COVERAGE)));
    for (int flags : new int[] {Ctx.PROVISIONAL, Ctx.L1COND}) {
      Ctx ctx =
          new Ctx(
              scene.ctx.anchorNumber(), scene.ctx.anchorHash(), scene.ctx.windowParent(), flags);
      cases.came(
          "not kept, and nothing to be kept",
          cases.named(
              "inclusion with flags " + flags,
              scene.promise(scene.inclusion(scene.idle, 5, 81), ctx, 81, UInt256.ZERO)),
          differs -> {});
    }
  }

  private void inclusions() {
    long nonce = scene.sent.nonce();
    came("the sender's next nonce", scene.inclusion(scene.sender(), nonce + 1, 81));
    came("the last tick that is posted", scene.inclusion(scene.sender(), nonce, 82));
    came("used too late", scene.inclusion(scene.sender(), nonce, 79));
    came("used before", scene.inclusion(scene.idle, 4, 81));
    came("never used", scene.inclusion(scene.idle, 5, 81));
    came("never used by the last tick that is posted", scene.inclusion(scene.idle, 5, 82));
    came("a sender who never was", scene.inclusion(scene.nobody, 0, 81));
    cases.came("neither used nor over", "never used", world -> posted(world, TICK, 0));
    cases.came(
        "not used at first, over later",
        "never used",
        w -> posted(w, TICK, 0).add(scene.posting(1_005, TICK + 2, last)));
    cases.came("not used, and the node keeps no state", "never used", w -> w.putObject("proofs"));
    cases.came(
        "frozen and not used",
        "never used",
        w ->
            w.putObject("committers")
                .set(
                    scene.scene.key().address().toHex(),
                    VectorScene.committer(
                        1, scene.scene.key().address(), VectorScene.STAKE, true)));
    cases.came(
        "a header that names no tick",
        "inclusion",
        w -> w.putArray("postings").add(scene.posting(1_004, TICK + 3, scene.odd.hash())));
    cases.came(
        "a node that lacks a header on the way",
        "inclusion",
        w ->
            w.putObject("headers").set(last.toHex(), cases.world.get("headers").get(last.toHex())));
  }

  /** A node that keeps no state, or another one. */
  private void sources() {
    String sent = scene.sent.hash().toHex();
    for (long at : new long[] {TICK - 1, TICK + 1, TICK + 2}) {
      cases.came(
          "no state, and the transaction said to be in block " + at,
          "inclusion",
          w -> {
            w.putObject("proofs");
            w.putObject("transactions").put(sent, at);
          });
    }
    cases.came(
        "no state, and no such transaction",
        "inclusion",
        w -> {
          w.putObject("proofs");
          w.putObject("transactions");
        });
    cases.came(
        "no state, and no body",
        "inclusion",
        w -> {
          w.putObject("proofs");
          w.putObject("blocks");
        });
    cases.came(
        "no state, and another body",
        "inclusion",
        w -> {
          w.putObject("proofs");
          w.putObject("blocks")
              .put(
                  scene.blocks.getFirst().hash().toHex(),
                  scene.blocks.get(1).block().encoded().toHex());
        });
    cases.came(
        "no state, and a transaction of another nonce",
        "the sender's next nonce",
        w -> w.putObject("proofs"));
    cases.came(
        "no state, and a transaction of another sender", "used before", w -> w.putObject("proofs"));
    Transaction old = scene.blocks.getFirst().block().transactions().get(1);
    Address sender = old.sender();
    if (sender == null) {
      throw new IllegalStateException("a signed transaction has a sender");
    }
    cases.came(
        "no state, and a transaction of the old kind",
        cases.named(
            "old inclusion",
            promise(
                new PromiseBody.Inclusion(
                    VectorScene.ROLLUP, sender, old.nonce(), old.hash(), DEADLINE))),
        w -> w.putObject("proofs"));
    proofs("inclusion", scene.sender(), scene.blocks.get(1).hash());
    proofs("lock", scene.contract, scene.below.hash());
  }

  /** Proofs that do not belong there, or not to each other. */
  private void proofs(String name, Address account, Hash32 block) {
    JsonNode honest = cases.world.get("proofs").get(block.toHex());
    JsonNode own = honest.get(account.toHex());
    proof("of another account", name, account, block, honest.get(scene.idle.toHex()));
    Hash32 other = name.equals("lock") ? last : scene.below.hash();
    proof(
        "of another block",
        name,
        account,
        block,
        cases.world.get("proofs").get(other.toHex()).get(account.toHex()));
    for (String part : new String[] {"account", "storage"}) {
      ObjectNode shorter = ((ObjectNode) own).deepCopy();
      ObjectNode longer = ((ObjectNode) own).deepCopy();
      ArrayNode less = part(shorter, part);
      less.remove(less.size() - 1);
      part(longer, part).add("0x80");
      if (part.equals("account") || name.equals("lock")) {
        proof(part + " that lacks a node", name, account, block, shorter);
        proof(part + " with a node more", name, account, block, longer);
      }
    }
  }

  private ArrayNode part(ObjectNode proof, String part) {
    return (ArrayNode)
        (part.equals("account")
            ? proof.get("account")
            : proof.get("storage").get(scene.slot.toHex()));
  }

  private void proof(String what, String name, Address account, Hash32 block, JsonNode shown) {
    ObjectNode nodes = ((ObjectNode) shown).deepCopy();
    if (part(nodes, "storage").isEmpty() && !what.startsWith("storage")) {
      nodes.putObject("storage").putArray(scene.slot.toHex());
    }
    cases.came(
        "a proof " + what,
        name,
        w -> w.putObject("proofs").putObject(block.toHex()).set(account.toHex(), nodes));
  }

  private static PromiseBody.Execution execution(
      TxLeaf leaf, long number, long txIdx, Hash32 txHash, Hash32 receiptHash) {
    return new PromiseBody.Execution(leaf.rollupId(), number, txIdx, txHash, receiptHash);
  }

  private void places() {
    TxLeaf leaf = scene.leaf(2);
    came("promised: another transaction", execution(leaf, TICK, 2, OTHER, leaf.receiptHash()));
    came("promised: another receipt", execution(leaf, TICK, 2, leaf.txHash(), OTHER));
    came("promised: another place", execution(leaf, TICK, 3, leaf.txHash(), leaf.receiptHash()));
    came("promised: after the end", execution(leaf, TICK, 4, leaf.txHash(), leaf.receiptHash()));
    came("a block that is never reached", execution(leaf, 90, 2, OTHER, OTHER));
    cases.came(
        "a block that is not reached yet",
        cases.named(
            "far", scene.promise(execution(leaf, 90, 2, OTHER, OTHER), scene.ctx, 83, COVERAGE)),
        w ->
            w.putObject("windows")
                .set("43", VectorScene.window(VectorScene.WINDOW_SLOT, 1, false)));
    came("a block after the deadline", execution(leaf, TICK + 2, 2, OTHER, OTHER));
    came("a top below the top", PromiseBody.Top.of(scene.leaf(3)));
    came("a top that derivation inserted", PromiseBody.Top.of(scene.leaf(1)));
    came(
        "a top with another receipt",
        new PromiseBody.Top(VectorScene.ROLLUP, TICK, 2, leaf.txHash(), OTHER));
    cases.came(
        "a node that shows another body",
        "top",
        w ->
            w.putObject("blocks")
                .put(
                    scene.blocks.getFirst().hash().toHex(),
                    scene.blocks.get(1).block().encoded().toHex()));
  }

  private void locks() {
    came(
        "a lock of a word never written",
        scene.lock(scene.contract, scene.emptySlot, UInt256.ZERO));
    came(
        "a lock of a word never written, promised",
        scene.lock(scene.contract, scene.emptySlot, UInt256.ONE));
    came("a lock in an account without storage", scene.lock(scene.idle, scene.slot, UInt256.ZERO));
    came("a lock in no account", scene.lock(scene.nobody, scene.slot, UInt256.ZERO));
    came("a lock in no account, promised", scene.lock(scene.nobody, scene.slot, UInt256.ONE));
    came("a lock of another value", scene.lock(scene.contract, scene.slot, UInt256.ONE));
    came(
        "a lock below another block",
        new PromiseBody.StateLock(
            VectorScene.ROLLUP, TICK, OTHER, scene.contract, scene.slot, scene.word));
    came(
        "a lock below a block after the deadline",
        new PromiseBody.StateLock(
            VectorScene.ROLLUP,
            TICK + 2,
            scene.blocks.get(1).hash(),
            scene.contract,
            scene.slot,
            scene.word));
    came(
        "a lock below a block that is never reached",
        new PromiseBody.StateLock(
            VectorScene.ROLLUP, 90, OTHER, scene.contract, scene.slot, scene.word));
    cases.came(
        "a node that lacks the header below",
        "lock",
        w -> {
          ObjectNode fewer = ((ObjectNode) cases.world.get("headers")).deepCopy();
          fewer.remove(scene.below.hash().toHex());
          w.set("headers", fewer);
        });
  }
}
