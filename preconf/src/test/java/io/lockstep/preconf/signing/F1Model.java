// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A slasher that has collected everything one key has released, and looks for faults F1 and F4
 * (protocol §2.5). It is written from the protocol, not from the signer.
 */
final class F1Model {
  private record Block(Hash32 hash, Hash32 parent, long number) {}

  /** A final seal's claim about one number of its run. */
  private record Claim(Hash32 hash, Ctx ctx) {}

  private final List<Signed<?>> released = new ArrayList<>();
  private final Map<String, Hash32> statements = new HashMap<>();
  private final Map<String, Block> sealedUnder = new HashMap<>();
  private final Map<String, List<Claim>> claims = new HashMap<>();
  private final Map<Long, Long> endOfWindow = new HashMap<>();
  private final Set<Hash32> deadAnchors = new HashSet<>();
  private int news;

  /** Everything that was released, in order. */
  List<Signed<?>> released() {
    return released;
  }

  int news() {
    return news;
  }

  void kill(Hash32 anchorHash) {
    deadAnchors.add(anchorHash);
  }

  boolean isDead(Ctx ctx) {
    return deadAnchors.contains(ctx.anchorHash());
  }

  void release(FragMessage message, String at) {
    Frag frag = message.frag().object();
    place(frag.tick() + " frag " + frag.fragIdx(), message.frag(), frag.tick(), at);
  }

  void release(SealMessage message, String at) {
    Seal seal = message.seal().object();
    if (!place(seal.tick() + " seal", message.seal(), seal.tick(), at)) {
      return;
    }
    if (seal.eop()) {
      endOfWindow.put(seal.windowSlot(), seal.tick());
    }
    Ctx ctx = message.seal().ctx();
    for (SealMessage.SealedBlock sealed : message.blocks()) {
      BlockLeaf leaf = sealed.leaf();
      Block block = new Block(leaf.blockHash(), leaf.parentHash(), leaf.number());
      sealedUnder.put(ctx.windowParent() + "/" + leaf.blockHash(), block);
      if (!ctx.isProvisional()) {
        claimRun(block, ctx, at);
      }
    }
  }

  /** A final seal's root covers the window's whole run: it claims each number of it. */
  private void claimRun(Block top, Ctx ctx, String at) {
    @Nullable Block block = top;
    while (block != null) {
      List<Claim> of =
          claims.computeIfAbsent(ctx.windowParent() + "/" + block.number, _ -> new ArrayList<>());
      for (Claim other : of) {
        assertThat(other.hash.equals(block.hash) || isDead(other.ctx) || isDead(ctx))
            .as("%s: number %d has two hashes that bind", at, block.number)
            .isTrue();
      }
      of.add(new Claim(block.hash, ctx));
      Block below = sealedUnder.get(ctx.windowParent() + "/" + block.parent);
      block = below != null && below.number == block.number - 1 ? below : null;
    }
  }

  /** Takes in a statement; false when it is an old one. */
  private boolean place(String place, Signed<?> signed, long tick, String at) {
    Hash32 struct = signed.object().structHash();
    Hash32 earlier = statements.putIfAbsent(place, struct);
    assertThat(earlier == null || earlier.equals(struct))
        .as("%s: two statements at %s", at, place)
        .isTrue();
    Long ended = endOfWindow.get(signed.object().windowSlot());
    assertThat(ended == null || tick <= ended).as("%s: %s after the end", at, place).isTrue();
    if (earlier == null) {
      released.add(signed);
      news++;
    }
    return earlier == null;
  }
}
