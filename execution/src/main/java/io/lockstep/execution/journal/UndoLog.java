// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must be put back when a frame fails: entries of a few longs, the last with kind and subject,
 * read from the end. One thread.
 */
final class UndoLog {
  static final int ACCOUNT = 0;
  static final int WARM_ACCOUNT = 1;
  static final int SLOT = 2;
  static final int WARM_SLOT = 3;
  static final int TRANSIENT = 4;

  /** Mainnet's history: a failed call did touch this empty account for good (EIP-161). */
  private static final Address RIPEMD = Address.ofLong(3);

  private record CodeBefore(Hash32 hash, @Nullable Code code) {}

  private long[] words = new long[1024];
  private int size;
  private final List<CodeBefore> codes = new ArrayList<>();

  int size() {
    return size;
  }

  void clear() {
    size = 0;
    codes.clear();
    if (words.length > 1 << 17) {
      words = new long[1024];
    }
  }

  /** Remembers an account but for its code. */
  void account(Account a) {
    ensure(7);
    words[size++] = a.nonce;
    words[size++] = a.b0;
    words[size++] = a.b1;
    words[size++] = a.b2;
    words[size++] = a.b3;
    words[size++] = (long) a.storageId << 32 | a.flags;
    words[size++] = (long) a.index << 8 | ACCOUNT;
  }

  /** Remembers an account and its code. */
  void accountWithCode(Account a) {
    codes.add(new CodeBefore(a.codeHash, a.code));
    account(a);
    words[size - 1] |= 0x80;
  }

  void warmAccount(Account a) {
    ensure(2);
    words[size++] = a.warmIn;
    words[size++] = (long) a.index << 8 | WARM_ACCOUNT;
  }

  void slot(int kind, SlotTable table, int entry) {
    ensure(5);
    int at = entry * SlotTable.STRIDE + SlotTable.CURRENT;
    words[size++] = table.words[at];
    words[size++] = table.words[at + 1];
    words[size++] = table.words[at + 2];
    words[size++] = table.words[at + 3];
    words[size++] = (long) entry << 8 | kind;
  }

  void warmSlot(SlotTable table, int entry) {
    ensure(2);
    words[size++] = table.warmIn[entry];
    words[size++] = (long) entry << 8 | WARM_SLOT;
  }

  /** Puts everything back that was remembered since the log had {@code mark} words. */
  void undoTo(int mark, AccountTable accounts, SlotTable slots, SlotTable transients) {
    while (size > mark) {
      long header = words[--size];
      int subject = (int) (header >>> 8);
      switch ((int) header & 0x7f) {
        case ACCOUNT -> {
          Account a = accounts.get(subject);
          size -= 6;
          a.nonce = words[size];
          a.b0 = words[size + 1];
          a.b1 = words[size + 2];
          a.b2 = words[size + 3];
          a.b3 = words[size + 4];
          a.storageId = (int) (words[size + 5] >>> 32);
          int kept = a.address.equals(RIPEMD) ? a.flags & Account.TOUCHED : 0;
          a.flags = (int) words[size + 5] | kept;
          if ((header & 0x80) != 0) {
            CodeBefore before = codes.removeLast();
            a.codeHash = before.hash;
            a.code = before.code;
          }
        }
        case WARM_ACCOUNT -> accounts.get(subject).warmIn = (int) words[--size];
        case SLOT -> restore(slots, subject);
        case WARM_SLOT -> slots.warmIn[subject] = (int) words[--size];
        case TRANSIENT -> restore(transients, subject);
        default -> throw new IllegalStateException("undo entry of kind " + (header & 0x7f));
      }
    }
  }

  private void restore(SlotTable table, int entry) {
    size -= 4;
    System.arraycopy(words, size, table.words, entry * SlotTable.STRIDE + SlotTable.CURRENT, 4);
  }

  private void ensure(int more) {
    if (size + more > words.length) {
      words = Arrays.copyOf(words, words.length * 2);
    }
  }
}
