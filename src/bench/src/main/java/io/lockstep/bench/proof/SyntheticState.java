// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.proof;

import io.lockstep.config.cli.DevnetOptions.L1Fork;
import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.SszBytes;
import io.lockstep.primitives.ssz.SszType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a beacon state of the mainnet preset with any number of validators, written as they
 * are wanted and never held: the registry's and the per-validator lists' are counted up, what is
 * left has its default value. The same each time. Any thread.
 */
final class SyntheticState {
  static final BeaconPreset PRESET = BeaconPreset.MAINNET;

  private static final int VALIDATOR_BYTES = 121;
  private static final long BALANCE_GWEI = 32_000_000_000L;
  private static final int BATCH = 1_024;

  /** Lists with one element for each validator, by the element's bytes. */
  private static final Map<String, Integer> PER_VALIDATOR =
      Map.of(
          "validators",
          VALIDATOR_BYTES,
          "balances",
          Long.BYTES,
          "inactivity_scores",
          Long.BYTES,
          "previous_epoch_participation",
          1,
          "current_epoch_participation",
          1);

  private final SszType type;
  private final List<SszType.Field> fields;
  private final Map<String, byte[]> small;
  private final int validators;

  SyntheticState(L1Fork fork, int validators, long slot) {
    this.validators = validators;
    if (fork == L1Fork.GLOAS) {
      SszType.ProgressiveContainer gloas = BeaconTypes.gloas(PRESET);
      this.type = gloas;
      this.fields = gloas.fields();
    } else {
      SszType.Container fulu = BeaconTypes.fulu(PRESET);
      this.type = fulu;
      this.fields = fulu.fields();
    }
    ByteBuffer lookahead =
        ByteBuffer.allocate(PRESET.lookaheadSlots() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < PRESET.lookaheadSlots(); i++) {
      lookahead.putLong((i * 7919L) % validators);
    }
    this.small = Map.of("slot", SszBytes.uint64(slot), "proposer_lookahead", lookahead.array());
  }

  SszType type() {
    return type;
  }

  long lengthBytes() {
    long sum = 0;
    for (SszType.Field field : fields) {
      sum += fixedBytes(field) + variableBytes(field);
    }
    return sum;
  }

  void write(OutputStream out) throws IOException {
    long offset = 0;
    for (SszType.Field field : fields) {
      offset += fixedBytes(field);
    }
    for (SszType.Field field : fields) {
      if (field.type().fixedBytes() == -1) {
        out.write(
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) offset).array());
        offset += variableBytes(field);
      } else {
        out.write(value(field));
      }
    }
    for (SszType.Field field : fields) {
      if (PER_VALIDATOR.containsKey(field.name())) {
        writeList(field.name(), out);
      } else if (field.type().fixedBytes() == -1) {
        out.write(value(field));
      }
    }
  }

  private byte[] value(SszType.Field field) {
    byte[] given = small.get(field.name());
    return given == null ? SszBytes.defaultOf(field.type()) : given;
  }

  private static long fixedBytes(SszType.Field field) {
    long fixed = field.type().fixedBytes();
    return fixed == -1 ? 4 : fixed;
  }

  private long variableBytes(SszType.Field field) {
    Integer each = PER_VALIDATOR.get(field.name());
    if (each != null) {
      return (long) each * validators;
    }
    return field.type().fixedBytes() == -1 ? value(field).length : 0;
  }

  private void writeList(String name, OutputStream out) throws IOException {
    int each = PER_VALIDATOR.getOrDefault(name, 1);
    ByteBuffer batch = ByteBuffer.allocate(BATCH * each).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < validators; i++) {
      switch (name) {
        case "validators" -> validator(batch, i);
        case "balances" -> batch.putLong(BALANCE_GWEI + i);
        case "inactivity_scores" -> batch.putLong(0);
        default -> batch.put((byte) 7);
      }
      if (!batch.hasRemaining() || i == validators - 1) {
        out.write(batch.array(), 0, batch.position());
        batch.clear();
      }
    }
  }

  /** As consensus-specs phase0 has it; the key and the credentials tell the index. */
  private static void validator(ByteBuffer out, int index) {
    int start = out.position();
    out.put((byte) 0xa0).putInt(index).position(start + 48);
    out.put((byte) 1).position(start + 48 + 28);
    out.putInt(index).putLong(BALANCE_GWEI).put((byte) 0).putLong(0).putLong(0);
    out.putLong(-1).putLong(-1);
  }
}
