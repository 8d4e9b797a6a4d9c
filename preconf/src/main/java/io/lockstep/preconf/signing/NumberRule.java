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
      String conflict = conflict(at, seals, block.blockHash());
      if (conflict != null) {
        return conflict;
      }
      if (seals.size() >= MAX_HASHES) {
        return "block " + at.number + " of rollup " + at.rollupId + " was sealed too often";
      }
      seals.removeIf(seal -> seal.blockHash().equals(block.blockHash()) && !seal.isFinal());
      seals.add(new NumberSeal(block.blockHash(), block.parentHash(), tick, ctx, isFinal));
      changed.put(at, seals);
      if (isFinal) {
        conflict = finalise(at, block.parentHash(), ctx.windowParent());
        if (conflict != null) {
          return conflict;
        }
      }
    }
    return null;
  }

  private @Nullable String conflict(At at, List<NumberSeal> seals, Hash32 hash) {
    for (NumberSeal seal : seals) {
      if (seal.isFinal() && !seal.blockHash().equals(hash) && !deadCheck.isDead(seal.ctx())) {
        return "block "
            + at.number
            + " of rollup "
            + at.rollupId
            + " was sealed with another hash in tick "
            + seal.tick();
      }
    }
    return null;
  }

  /** The provisional blocks of the same run below a final one become final with it. */
  private @Nullable String finalise(At above, Hash32 parentHash, Hash32 windowParent) {
    Hash32 hash = parentHash;
    for (long number = above.number - 1; number >= 0; number--) {
      At at = new At(above.rollupId, number);
      List<NumberSeal> seals = new ArrayList<>(database.seals(at.rollupId, number));
      int index = provisional(seals, hash, windowParent);
      if (index < 0) {
        return null;
      }
      String conflict = conflict(at, seals, hash);
      if (conflict != null) {
        return conflict;
      }
      NumberSeal seal = seals.get(index);
      seals.set(index, seal.asFinal());
      changed.put(at, seals);
      hash = seal.parentHash();
    }
    return null;
  }

  private static int provisional(List<NumberSeal> seals, Hash32 hash, Hash32 windowParent) {
    for (int i = 0; i < seals.size(); i++) {
      NumberSeal seal = seals.get(i);
      if (!seal.isFinal()
          && seal.blockHash().equals(hash)
          && seal.ctx().windowParent().equals(windowParent)) {
        return i;
      }
    }
    return -1;
  }

  void write(KeyValueStore.Batch batch) {
    changed.forEach((at, seals) -> database.putNumber(batch, at.rollupId, at.number, seals));
  }
}
