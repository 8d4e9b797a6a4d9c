// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.schedule;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.uint.UInt256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** One epoch's proposers with the operators they count for. Immutable; any thread. */
final class EpochDuties {
  /** Protocol section 1.2: how many registered validators a fallback is sought among. */
  static final int FALLBACK_PROBES = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Null when L1's contract told the operators themselves. */
  private final long @Nullable [] validatorIndices;

  private final long[] operatorIds;
  private final long fallbackOperatorId;

  EpochDuties(Epoch epoch, long[] validatorIndices, OperatorSet operators) {
    this.validatorIndices = validatorIndices.clone();
    this.operatorIds = new long[validatorIndices.length];
    for (int i = 0; i < operatorIds.length; i++) {
      operatorIds[i] = operators.eligibleOperatorOf(validatorIndices[i], epoch);
    }
    this.fallbackOperatorId = fallback(epoch, validatorIndices, operators);
  }

  private EpochDuties(EpochOperators onChain) {
    this.validatorIndices = null;
    this.operatorIds = onChain.registered().stream().mapToLong(Long::longValue).toArray();
    this.fallbackOperatorId = onChain.fallback();
  }

  /** As the lookahead oracle has them: what it has of an epoch stands fixed. */
  static EpochDuties onChain(EpochOperators operators) {
    return new EpochDuties(operators);
  }

  boolean isOnChain() {
    return validatorIndices == null;
  }

  /** With a newer view of the registry. */
  EpochDuties with(Epoch epoch, OperatorSet newer) {
    long[] indices = validatorIndices;
    return indices == null ? this : new EpochDuties(epoch, indices, newer);
  }

  /** The operator whose own slot this is, or 0. */
  long operatorAt(int slotInEpoch) {
    return operatorIds[slotInEpoch];
  }

  /** The operator drawn for the slots that no registered slot covers, or 0. */
  long fallbackOperatorId() {
    return fallbackOperatorId;
  }

  private static long fallback(Epoch epoch, long[] indices, OperatorSet operators) {
    int count = operators.validatorCount(epoch);
    if (count == 0) {
      return 0;
    }
    int start =
        UInt256.of(Keccak.hash(abiEncode(epoch, indices)))
            .toBigInteger()
            .mod(UInt256.of(count).toBigInteger())
            .intValueExact();
    for (int probe = 0; probe < Math.min(FALLBACK_PROBES, count); probe++) {
      long operatorId = operators.operatorAtPosition((start + probe) % count);
      if (operators.isEligible(operatorId, epoch)) {
        return operatorId;
      }
    }
    return 0;
  }

  /** {@code abi.encode(uint64 epoch, uint64[] indices)}. */
  static byte[] abiEncode(Epoch epoch, long[] indices) {
    byte[] words = new byte[32 * (3 + indices.length)];
    LONG.set(words, 24, epoch.value());
    LONG.set(words, 56, 64L);
    LONG.set(words, 88, (long) indices.length);
    for (int i = 0; i < indices.length; i++) {
      LONG.set(words, 32 * (3 + i) + 24, indices[i]);
    }
    return words;
  }
}
