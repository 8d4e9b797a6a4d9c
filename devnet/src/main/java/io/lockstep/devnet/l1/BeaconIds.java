// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;

/** Finds what the beacon API's {@code block_id} and {@code state_id} name. Any thread. */
final class BeaconIds {
  private final BeaconSide chain;

  /** A block and whether it is on the canonical chain. */
  record Found(BeaconBlock block, boolean canonical) {}

  BeaconIds(BeaconSide chain) {
    this.chain = chain;
  }

  /** head, genesis, finalized, a slot, or a root. */
  Found block(String id) throws Refusal {
    BoxView view = chain.view();
    BeaconBlock block =
        switch (id) {
          case "head" -> view.head();
          case "genesis" -> chain.db().atOrBefore(0);
          case "finalized" -> view.finalized();
          case "justified" -> view.justified();
          default -> id.startsWith("0x") ? byRoot(id) : bySlot(id);
        };
    if (block == null) {
      throw Refusal.notFound("Block not found: " + id);
    }
    return new Found(block, isCanonical(block));
  }

  /** A state is named by its block; a slot without a block has the state of the block before it. */
  BeaconBlock state(String id) throws Refusal {
    BoxView view = chain.view();
    if (id.startsWith("0x")) {
      BeaconBlock byState = byStateRoot(root(id, "state"));
      if (byState == null) {
        throw Refusal.notFound("State not found: " + id);
      }
      return byState;
    }
    if (isNumber(id)) {
      long slot = slot(id);
      if (slot > view.currentSlot()) {
        throw Refusal.notFound("State not found: slot " + slot + " is ahead");
      }
      return chain.db().atOrBefore(slot);
    }
    return block(id).block();
  }

  boolean isFinalized(BeaconBlock block) {
    return block.slot() <= chain.view().finalized().slot() && isCanonical(block);
  }

  private boolean isCanonical(BeaconBlock block) {
    BeaconBlock at = chain.db().at(block.slot());
    return at != null && at.root().equals(block.root());
  }

  /** A state root of the last epochs; older ones are asked for by slot. */
  private @Nullable BeaconBlock byStateRoot(Hash32 stateRoot) {
    BeaconBlock block = chain.view().head();
    for (int i = 0; block != null && i < 8 * BoxOptions.SLOTS_PER_EPOCH; i++) {
      if (block.header().stateRoot().equals(stateRoot)) {
        return block;
      }
      block = chain.db().block(block.header().parentRoot());
    }
    return null;
  }

  private @Nullable BeaconBlock byRoot(String id) throws Refusal {
    return chain.db().block(root(id, "block"));
  }

  private @Nullable BeaconBlock bySlot(String id) throws Refusal {
    return chain.db().at(slot(id));
  }

  private static Hash32 root(String id, String what) throws Refusal {
    try {
      return Hash32.fromHex(id);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("Invalid " + what + " ID: " + shorten(id));
    }
  }

  private static long slot(String id) throws Refusal {
    if (!isNumber(id)) {
      throw Refusal.badRequest("Invalid block ID: " + shorten(id));
    }
    return Long.parseLong(id);
  }

  /** Digits that fit a positive long. */
  static boolean isNumber(String text) {
    return text.length() <= 18
        && !text.isEmpty()
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
