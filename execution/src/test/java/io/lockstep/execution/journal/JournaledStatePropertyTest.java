// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random changes, marks and undoings against a model that copies everything. */
class JournaledStatePropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 161L);
  private static final int ACCOUNTS = 6;
  private static final int SLOTS = 5;

  private final Random random = new Random(SEED);
  private final long[] s = new long[8];

  /** The whole visible state as text, by question. */
  private Map<String, String> picture(StateReader reader) {
    Map<String, String> out = new HashMap<>();
    for (int a = 0; a < ACCOUNTS; a++) {
      AccountState state = reader.account(address(a));
      out.put(
          "account " + a,
          state == null ? "none" : state.nonce() + "/" + state.balance() + "/" + state.codeHash());
      for (int k = 0; k < SLOTS; k++) {
        out.put(a + "[" + k + "]", reader.storage(address(a), UInt256.of(k)).toString());
      }
    }
    return out;
  }

  private static Address address(int number) {
    return Address.ofLong(0x1000 + number);
  }

  private record Mark(int undo, int logs, long refund, Map<String, String> picture) {}

  @Test
  void undoesEverythingBackToEachMark() {
    for (int run = 0; run < 300; run++) {
      JournaledState state = new JournaledState(Below.INSTANCE, new CodeCache());
      state.beginTransaction();
      Deque<Mark> marks = new ArrayDeque<>();
      for (int step = 0; step < 80; step++) {
        switch (random.nextInt(8)) {
          case 0 ->
              marks.push(
                  new Mark(
                      state.mark(), state.logCount(), state.refund(), picture(state.reader())));
          case 1 -> {
            if (!marks.isEmpty()) {
              Mark mark = marks.pop();
              state.revert(mark.undo, mark.logs, mark.refund);
              assertThat(picture(state.reader()))
                  .as("run %d step %d seed %d", run, step, SEED)
                  .isEqualTo(mark.picture);
            }
          }
          default -> change(state);
        }
      }
      assertThat(picture(new Overlay(Below.INSTANCE, state.diff())))
          .as("overlay of the difference, run %d seed %d", run, SEED)
          .isEqualTo(picture(state.reader()));
    }
  }

  @Test
  void carriesChangesOverTransactionsAndDropsTheDead() {
    for (int run = 0; run < 300; run++) {
      JournaledState state = new JournaledState(Below.INSTANCE, new CodeCache());
      for (int tx = 0; tx < 4; tx++) {
        state.beginTransaction();
        for (int step = 0; step < 20; step++) {
          change(state);
          if (random.nextInt(10) == 0) {
            state.destruct(state.account(address(random.nextInt(ACCOUNTS))));
          }
        }
        state.endTransaction(true);
        for (int a = 0; a < ACCOUNTS; a++) {
          AccountState after = state.reader().account(address(a));
          assertThat(after == null || !after.isEmpty()).isTrue();
        }
      }
      assertThat(picture(new Overlay(Below.INSTANCE, state.diff())))
          .as("run %d seed %d", run, SEED)
          .isEqualTo(picture(state.reader()));
    }
  }

  private void change(JournaledState state) {
    Account account = state.account(address(random.nextInt(ACCOUNTS)));
    switch (random.nextInt(7)) {
      case 0 -> state.addBalance(account, UInt256.of(1 + random.nextInt(5)));
      case 1 -> {
        if (account.hasBalance()) {
          state.subtractBalance(account, UInt256.ONE);
        }
      }
      case 2 -> state.setNonce(account, account.nonce() + 1);
      case 3 -> state.setCode(account, Bytes.of(random.nextInt(3)));
      case 4 -> state.warm(account);
      default -> {
        LimbMath.set(s, 0, random.nextInt(SLOTS));
        LimbMath.set(s, 4, random.nextInt(3));
        int entry = state.slot(account, s, 0);
        state.warmSlot(entry);
        if (account.exists()) {
          state.store(entry, s, 4);
        }
      }
    }
  }

  /** Half of the accounts exist below, with some storage. */
  private enum Below implements StateReader {
    INSTANCE;

    @Override
    public @Nullable AccountState account(Address address) {
      return address.low() % 2 == 0
          ? new AccountState(1, UInt256.of(100), Code.of(Bytes.of(9)).hash(), true)
          : null;
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return address.low() % 2 == 0 && key.limb(0) < 3 ? UInt256.of(7) : UInt256.ZERO;
    }

    @Override
    public Bytes code(Hash32 codeHash) {
      return codeHash.equals(Code.of(Bytes.of(9)).hash()) ? Bytes.of(9) : Bytes.EMPTY;
    }
  }
}
