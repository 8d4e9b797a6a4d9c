// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that a block's transactions work on: what lies below it, and over it every change, each
 * of which can be undone back to a mark. Also all that a transaction carries besides: warm
 * addresses and slots (EIP-2929), transient storage (EIP-1153), refund counter, logs. One thread.
 *
 * @implNote warm marks and original values carry the number of their transaction, so that nothing
 *     is swept between transactions.
 */
public final class JournaledState {
  private final StateReader below;
  private final CodeCache codes;
  private final AccountTable accounts = new AccountTable();
  private final SlotTable slots = new SlotTable();
  private final SlotTable transients = new SlotTable();
  private final UndoLog undo = new UndoLog();
  private final Map<Hash32, Bytes> newCode = new HashMap<>();
  private final List<Log> logs = new ArrayList<>();
  // Accounts that were written in this transaction, repeats possible.
  private final List<Account> written = new ArrayList<>();
  private int lastStorageId;
  private int transaction = 1;
  private long refund;

  public JournaledState(StateReader below, CodeCache codes) {
    this.below = below;
    this.codes = codes;
  }

  /** Forgets what belongs to one transaction alone: marks, transient storage, logs, refunds. */
  public void beginTransaction() {
    transaction++;
    undo.clear();
    transients.clear();
    logs.clear();
    written.clear();
    refund = 0;
  }

  /**
   * Ends a transaction: destructed contracts go, and where EIP-161 holds touched empty accounts.
   */
  public void endTransaction(boolean clearsEmpty) {
    for (Account account : written) {
      if (account.isDestructed()
          || (clearsEmpty && (account.flags & Account.TOUCHED) != 0 && account.isDead())) {
        delete(account);
      }
    }
    for (Account account : written) {
      account.flags &= ~(Account.TOUCHED | Account.CREATED);
    }
    undo.clear();
  }

  private void delete(Account account) {
    account.flags = Account.CLEARED;
    account.nonce = 0;
    account.setBalance(UInt256.ZERO);
    account.codeHash = Keccak.EMPTY;
    account.code = Code.EMPTY;
    account.storageId = ++lastStorageId;
  }

  // --- undo ---

  /** A place to come back to with {@link #revert}. */
  public int mark() {
    return undo.size();
  }

  /** Undoes everything since the mark, logs and refunds included. */
  public void revert(int mark, int logCount, long refundThen) {
    undo.undoTo(mark, accounts, slots, transients);
    if (logs.size() > logCount) {
      logs.subList(logCount, logs.size()).clear();
    }
    refund = refundThen;
  }

  // --- accounts ---

  public Account account(Address address) {
    return account(address.high(), address.middle(), address.low());
  }

  /** The account at the address of these words, loaded at first sight; it may not exist. */
  public Account account(long high, long middle, int low) {
    Account known = accounts.find(high, middle, low);
    if (known != null) {
      return known;
    }
    Address address = Address.ofWords(high, middle, low);
    Account fresh = new Account(accounts.size(), address, below.account(address), ++lastStorageId);
    accounts.add(fresh);
    return fresh;
  }

  /** Marks the account warm; true when it was cold. */
  public boolean warm(Account account) {
    if (account.warmIn == transaction) {
      return false;
    }
    undo.warmAccount(account);
    account.warmIn = transaction;
    return true;
  }

  public boolean isWarm(Account account) {
    return account.warmIn == transaction;
  }

  public Code code(Account account) {
    Code code = account.code;
    if (code == null) {
      code = codes.get(account.codeHash, reader);
      account.code = code;
    }
    return code;
  }

  /** Gives code a form that is from now on used wherever this code is. */
  public void setForm(Code code, Code.Form form) {
    code.setForm(form);
    codes.reweigh(code);
  }

  /** Touches an account as a transfer of nothing does; before EIP-161 that creates it. */
  public void touch(Account account, boolean clearsEmpty) {
    int flag = clearsEmpty ? Account.TOUCHED : Account.EXISTS;
    if ((account.flags & flag) == 0) { // else there is nothing to undo
      beforeWrite(account);
      account.flags |= flag;
    }
  }

  public void addBalance(Account account, UInt256 amount) {
    addBalance(account, amount.limb(0), amount.limb(1), amount.limb(2), amount.limb(3));
  }

  public void addBalance(Account account, long v0, long v1, long v2, long v3) {
    beforeWrite(account);
    account.flags |= Account.EXISTS | Account.TOUCHED;
    account.setBalance(account.balance().add(UInt256.ofLimbs(v0, v1, v2, v3)));
  }

  /** Takes an amount that the account has. */
  public void subtractBalance(Account account, UInt256 amount) {
    subtractBalance(account, amount.limb(0), amount.limb(1), amount.limb(2), amount.limb(3));
  }

  public void subtractBalance(Account account, long v0, long v1, long v2, long v3) {
    if (account.cannotPay(v0, v1, v2, v3)) {
      throw new IllegalStateException("balance of " + account.address + " would become negative");
    }
    beforeWrite(account);
    account.flags |= Account.TOUCHED;
    account.setBalance(account.balance().subtract(UInt256.ofLimbs(v0, v1, v2, v3)));
  }

  public void setBalance(Account account, UInt256 balance) {
    beforeWrite(account);
    account.flags |= Account.EXISTS | Account.TOUCHED;
    account.setBalance(balance);
  }

  public void setNonce(Account account, long nonce) {
    beforeWrite(account);
    account.flags |= Account.EXISTS | Account.TOUCHED;
    account.nonce = nonce;
  }

  /** Begins a contract at an account: its balance stays, its nonce is set. */
  public void create(Account account, long nonce) {
    beforeWrite(account);
    account.flags |= Account.EXISTS | Account.TOUCHED | Account.CREATED;
    account.nonce = nonce;
  }

  public void setCode(Account account, Bytes bytes) {
    undo.accountWithCode(account);
    written.add(account);
    Code code = Code.of(bytes);
    account.flags |= Account.EXISTS | Account.TOUCHED;
    account.codeHash = code.hash();
    account.code = code;
    if (!bytes.isEmpty()) {
      newCode.put(code.hash(), bytes);
    }
  }

  /** Marks a contract for deletion at the transaction's end; true when it was not marked yet. */
  public boolean destruct(Account account) {
    boolean first = !account.isDestructed();
    beforeWrite(account);
    account.flags |= Account.DESTRUCTED;
    return first;
  }

  private void beforeWrite(Account account) {
    undo.account(account);
    written.add(account);
  }

  // --- storage ---

  /**
   * The entry of a storage word whose key is the four limbs at {@code k}, loaded at first sight.
   * Entries stay valid for the whole block.
   */
  public int slot(Account account, long[] s, int k) {
    int entry = slots.find(account.storageId, s[k], s[k + 1], s[k + 2], s[k + 3]);
    if (entry < 0) {
      entry = slots.add(account.storageId, s[k], s[k + 1], s[k + 2], s[k + 3]);
      if ((account.flags & Account.CLEARED) == 0 && account.original != null) {
        UInt256 value = below.storage(account.address, LimbMath.get(s, k));
        int at = entry * SlotTable.STRIDE;
        LimbMath.set(slots.words, at + SlotTable.CURRENT, value);
        LimbMath.set(slots.words, at + SlotTable.BELOW, value);
      }
    }
    if (slots.originalOf[entry] != transaction) {
      slots.originalOf[entry] = transaction;
      int at = entry * SlotTable.STRIDE;
      LimbMath.copy(slots.words, at + SlotTable.CURRENT, slots.words, at + SlotTable.ORIGINAL);
    }
    return entry;
  }

  /** Marks the slot warm; true when it was cold. */
  public boolean warmSlot(int entry) {
    if (slots.warmIn[entry] == transaction) {
      return false;
    }
    undo.warmSlot(slots, entry);
    slots.warmIn[entry] = transaction;
    return true;
  }

  public boolean isWarmSlot(int entry) {
    return slots.warmIn[entry] == transaction;
  }

  /** Writes the current value into four limbs at {@code r}. */
  public void load(int entry, long[] s, int r) {
    LimbMath.copy(slots.words, entry * SlotTable.STRIDE + SlotTable.CURRENT, s, r);
  }

  public void store(int entry, long[] s, int v) {
    undo.slot(UndoLog.SLOT, slots, entry);
    LimbMath.copy(s, v, slots.words, entry * SlotTable.STRIDE + SlotTable.CURRENT);
  }

  public boolean currentIsZero(int entry) {
    return LimbMath.isZero(slots.words, entry * SlotTable.STRIDE + SlotTable.CURRENT);
  }

  public boolean originalIsZero(int entry) {
    return LimbMath.isZero(slots.words, entry * SlotTable.STRIDE + SlotTable.ORIGINAL);
  }

  public boolean currentEquals(int entry, long[] s, int v) {
    return matches(entry * SlotTable.STRIDE + SlotTable.CURRENT, s, v);
  }

  public boolean originalEquals(int entry, long[] s, int v) {
    return matches(entry * SlotTable.STRIDE + SlotTable.ORIGINAL, s, v);
  }

  public boolean currentIsOriginal(int entry) {
    return matches(
        entry * SlotTable.STRIDE + SlotTable.CURRENT,
        slots.words,
        entry * SlotTable.STRIDE + SlotTable.ORIGINAL);
  }

  private boolean matches(int at, long[] s, int v) {
    long[] words = slots.words;
    return words[at] == s[v]
        && words[at + 1] == s[v + 1]
        && words[at + 2] == s[v + 2]
        && words[at + 3] == s[v + 3];
  }

  /** Reads the transient storage at the key {@code k} into {@code r}. */
  public void loadTransient(Account account, long[] s, int k, int r) {
    int entry = transients.find(account.storageId, s[k], s[k + 1], s[k + 2], s[k + 3]);
    if (entry < 0) {
      LimbMath.set(s, r, 0);
    } else {
      LimbMath.copy(transients.words, entry * SlotTable.STRIDE + SlotTable.CURRENT, s, r);
    }
  }

  public void storeTransient(Account account, long[] s, int k, int v) {
    int entry = transients.find(account.storageId, s[k], s[k + 1], s[k + 2], s[k + 3]);
    if (entry < 0) {
      entry = transients.add(account.storageId, s[k], s[k + 1], s[k + 2], s[k + 3]);
    }
    undo.slot(UndoLog.TRANSIENT, transients, entry);
    LimbMath.copy(s, v, transients.words, entry * SlotTable.STRIDE + SlotTable.CURRENT);
  }

  // --- refunds and logs ---

  public long refund() {
    return refund;
  }

  public void addRefund(long gas) {
    refund += gas;
  }

  public void addLog(Log log) {
    logs.add(log);
  }

  public int logCount() {
    return logs.size();
  }

  /** The logs of the transaction so far, a copy. */
  public List<Log> logs() {
    return List.copyOf(logs);
  }

  // --- what came of it ---

  /** Everything that differs from the state below, an immutable copy. */
  public StateDiff diff() {
    return DiffBuilder.build(accounts, slots, newCode);
  }

  /** This state for reading; it shows later changes too. This thread alone. */
  public StateReader reader() {
    return reader;
  }

  private final StateReader reader =
      new StateReader() {
        @Override
        public @Nullable AccountState account(Address address) {
          Account known = accounts.find(address.high(), address.middle(), address.low());
          if (known == null) {
            return below.account(address);
          }
          return known.exists() ? DiffBuilder.stateOf(known) : null;
        }

        @Override
        public UInt256 storage(Address address, UInt256 key) {
          Account known = accounts.find(address.high(), address.middle(), address.low());
          if (known == null) {
            return below.storage(address, key);
          }
          int entry =
              slots.find(known.storageId, key.limb(0), key.limb(1), key.limb(2), key.limb(3));
          if (entry >= 0) {
            return LimbMath.get(slots.words, entry * SlotTable.STRIDE + SlotTable.CURRENT);
          }
          return (known.flags & Account.CLEARED) != 0 ? UInt256.ZERO : below.storage(address, key);
        }

        @Override
        public Bytes code(Hash32 codeHash) {
          Bytes fresh = newCode.get(codeHash);
          return fresh != null ? fresh : below.code(codeHash);
        }
      };
}
