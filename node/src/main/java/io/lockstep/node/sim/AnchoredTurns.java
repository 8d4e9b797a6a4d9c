// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.primitives.types.Hash32;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the arming rule is for (protocol §2.7): whoever signed had the turn, or the anchor is dead,
 * whatever L1 did to its schedule since. Whose turn it is, is worked out here from the L1 itself.
 * One thread.
 */
final class AnchoredTurns {
  static final long FALLBACK = -1;

  private record Statement(
      int operatorId, long windowSlot, long tick, long anchorNumber, Hash32 anchorHash) {}

  private final SteppedBox box;
  private final ProtocolParameters rules;
  private final Registrations registrations;
  private final Set<Statement> statements = new LinkedHashSet<>();
  private Hash32 head = Hash32.ZERO;
  private long height;

  AnchoredTurns(SteppedBox box, ProtocolParameters rules, Registrations registrations) {
    this.box = box;
    this.registrations = registrations;
    this.rules = rules;
  }

  void signed(int operatorId, long windowSlot, long tick, Ctx ctx) {
    statements.add(
        new Statement(operatorId, windowSlot, tick, ctx.anchorNumber(), ctx.anchorHash()));
  }

  /** To be asked after each L1 slot: what was signed without the turn, in words, or null. */
  @Nullable String broken() {
    boolean isExtended = height == 0 || head.equals(box.canonicalHash(height));
    head = box.headHash();
    height = box.headNumber();
    if (isExtended) {
      return null;
    }
    for (Statement one : statements) {
      if (one.anchorHash.equals(box.canonicalHash(one.anchorNumber)) && !hadTurn(one)) {
        return "operator %d signed tick %d for window %d, which is not its own, on L1 block %d"
            .formatted(one.operatorId, one.tick, one.windowSlot, one.anchorNumber);
      }
    }
    return null;
  }

  private boolean hadTurn(Statement one) {
    long slot = ownSlot(one.tick);
    return slot == FALLBACK
        ? ownerOf(one.windowSlot) == 0 // named by its first slot
        : one.windowSlot == slot && one.operatorId == ownerOf(slot);
  }

  /** The slot in which whoever has the turn for {@code tick} may post last, or FALLBACK. */
  long ownSlot(long tick) {
    long sinceGenesis = tick * rules.tickSeconds() + rules.handoverLeadSeconds();
    long slot = sinceGenesis / box.clock().slotSeconds() + 1;
    for (long k = slot; k < slot + rules.windowCapSlots(); k++) {
      if (ownerOf(k) != 0) {
        return k;
      }
    }
    return FALLBACK;
  }

  private int ownerOf(long slot) {
    long epoch = slot / BoxOptions.SLOTS_PER_EPOCH;
    List<Integer> proposers = box.proposersOf(epoch);
    return registrations.operatorOf(
        proposers.get((int) (slot % BoxOptions.SLOTS_PER_EPOCH)), epoch);
  }
}
