// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One block number has one hash among the final seals that can bind (protocol §2.5 F1). A
 * provisional seal counts from when a final one builds on it (§1.4). One seal's check; sequencing
 * thread.
 */
final class NumberRule {
  /** Hashes that one number is ever given; far more than reorgs give. */
  static final int MAX_HASHES = 64;

  private record At(long rollupId, long number) {}

  private final SigningDatabase database;
  private final DeadCheck deadCheck;
  private final Map<At, List<NumberSeal>> changed = new LinkedHashMap<>();

  NumberRule(SigningDatabase database, DeadCheck deadCheck) {
    this.database = database;
    this.deadCheck = deadCheck;
  }

  /** Why a seal over these blocks may not be signed, or null; {@link #write} records it then. */
  @Nullable String check(long tick, Ctx ctx, List<SigningRecord.SealedNumber> blocks) {
    boolean isFinal = !ctx.isProvisional();
    for (SigningRecord.SealedNumber block : blocks) {
      At at = new At(block.rollupId(), block.number());
      List<NumberSeal> seals = new ArrayList<>(database.seals(at.rollupId, at.number));
      String obstacle = obstacle(at, seals, block.blockHash(), ctx);
      if (obstacle == null) {
        add(at, seals, new NumberSeal(block.blockHash(), block.parentHash(), tick, ctx, isFinal));
        obstacle = isFinal ? claimBelow(at, block.parentHash(), ctx) : null;
      }
      if (obstacle != null) {
        return obstacle;
      }
    }
    return null;
  }

  private @Nullable String obstacle(At at, List<NumberSeal> seals, Hash32 hash, Ctx ctx) {
    for (NumberSeal seal : seals) {
      if (seal.isFinal() && !seal.blockHash().equals(hash) && binds(at, seal, ctx)) {
        return "block "
            + at.number
            + " of rollup "
            + at.rollupId
            + " was sealed with another hash in tick "
            + seal.tick();
      }
    }
    return seals.size() < MAX_HASHES
        ? null
        : "block " + at.number + " of rollup " + at.rollupId + " was sealed too often";
  }

  /**
   * An earlier seal binds until its anchor is dead, and under another windowParent until L1 holds
   * another block in its place or in that of one it stands on: somebody else's, because its window
   * was never posted. It is broken then, and that is another fault than contradicting it.
   */
  private boolean binds(At at, NumberSeal seal, Ctx ctx) {
    return !deadCheck.isDead(seal.ctx())
        && (seal.ctx().windowParent().equals(ctx.windowParent()) || !isReplaced(at, seal));
  }

  private boolean isReplaced(At at, NumberSeal top) {
    long number = at.number;
    NumberSeal seal = top;
    while (!deadCheck.isReplaced(at.rollupId, number, seal.blockHash())) {
      Hash32 below = seal.parentHash();
      number--;
      NumberSeal own = null;
      for (NumberSeal other : database.seals(at.rollupId, number)) {
        own = other.blockHash().equals(below) ? other : own;
      }
      if (own == null) {
        return deadCheck.isReplaced(at.rollupId, number, below);
      }
      seal = own;
    }
    return true;
  }

  /**
   * A final seal claims its window's whole run: what lies below it and is not claimed by a final
   * seal that can bind, because it is provisional or its own anchor is dead, is claimed by this.
   */
  private @Nullable String claimBelow(At above, Hash32 parentHash, Ctx ctx) {
    Hash32 hash = parentHash;
    for (long number = above.number - 1; number >= 0; number--) {
      At at = new At(above.rollupId, number);
      List<NumberSeal> seals = new ArrayList<>(database.seals(at.rollupId, number));
      NumberSeal own = null;
      for (NumberSeal seal : seals) {
        if (seal.blockHash().equals(hash) && seal.ctx().windowParent().equals(ctx.windowParent())) {
          if (seal.isFinal() && !deadCheck.isDead(seal.ctx())) {
            return null;
          }
          own = seal;
        }
      }
      if (own == null) {
        return null;
      }
      String obstacle = obstacle(at, seals, hash, ctx);
      if (obstacle != null) {
        return obstacle;
      }
      add(at, seals, new NumberSeal(hash, own.parentHash(), own.tick(), ctx, true));
      hash = own.parentHash();
    }
    return null;
  }

  private void add(At at, List<NumberSeal> seals, NumberSeal seal) {
    seals.removeIf(other -> other.blockHash().equals(seal.blockHash()) && !other.isFinal());
    seals.add(seal);
    changed.put(at, seals);
  }

  void write(KeyValueStore.Batch batch) {
    changed.forEach((at, seals) -> database.putNumber(batch, at.rollupId, at.number, seals));
  }
}
