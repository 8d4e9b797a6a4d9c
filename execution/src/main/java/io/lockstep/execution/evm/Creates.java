// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;

/** CREATE, CREATE2 and SELFDESTRUCT. The thread of the {@link Evm}. */
public final class Creates {
  private static final long HASH_WORD_GAS = 6;
  private static final long NEW_ACCOUNT_GAS = 25_000;

  private Creates() {}

  /** Where a contract created by {@code sender} with this nonce lands. */
  public static Address addressOf(Address sender, long nonce) {
    byte[] list = new RlpWriter(40).startList().address(sender).integer(nonce).endList().toArray();
    return Address.read(Keccak.hash(list).toArray(), 12);
  }

  static int create(Evm evm, Frame f, int op) {
    final long[] s = evm.stack;
    final JournaledState state = evm.state;
    final Rules rules = evm.rules;
    if (f.isStatic) {
      return Status.WRITE_PROTECTION;
    }
    int valueAt = f.sp - 4;
    int at = f.sp - 8;
    int lengthAt = f.sp - 12;
    if (!evm.cover(f, at, lengthAt)) {
      return Status.OUT_OF_GAS;
    }
    int length = (int) s[lengthAt];
    long words = (length + 31L) >>> 5;
    long wordGas = rules.initCodeWordGas + (op == Op.CREATE2 ? HASH_WORD_GAS : 0);
    if (length > rules.maxInitCodeBytes) {
      return Status.INIT_CODE_TOO_LARGE;
    }
    if (!Evm.charge(f, words * wordGas)) {
      return Status.OUT_OF_GAS;
    }
    long childGas = rules.keepsSixtyFourth ? f.gas - (f.gas >>> 6) : f.gas;
    f.gas -= childGas;
    evm.returnLength = 0;
    Account self = f.self();
    Frame c = evm.frame(f.depth + 1);
    c.kind = op;
    c.gas = childGas;
    c.value(s[valueAt], s[valueAt + 1], s[valueAt + 2], s[valueAt + 3]);
    c.caller = self.address();
    c.isStatic = false;
    c.input(Frame.NO_INPUT, 0, 0);
    c.self = self;
    c.codeAddress = self.address();
    int saltAt = f.sp - 16;
    f.sp -= op == Op.CREATE2 ? 16 : 12;
    if (f.depth >= Evm.MAX_DEPTH) {
      return Calls.refuse(evm, f, c, Status.CALL_TOO_DEEP);
    }
    if (self.cannotPay(c.v0, c.v1, c.v2, c.v3)) {
      return Calls.refuse(evm, f, c, Status.BALANCE_TOO_LOW);
    }
    if (self.nonce() == -1) {
      return Calls.refuse(evm, f, c, Status.NONCE_EXHAUSTED);
    }
    int from = length == 0 ? 0 : f.memoryBase + (int) s[at];
    byte[] initCode = Arrays.copyOfRange(evm.memory, from, from + length);
    Address address =
        op == Op.CREATE2
            ? saltedAddress(self.address(), s, saltAt, initCode)
            : addressOf(self.address(), self.nonce());
    Account created = state.account(address);
    state.warm(created);
    state.setNonce(self, self.nonce() + 1);
    c.self = created;
    c.codeAddress = address;
    Calls.above(f, c);
    int status = Messages.beginCreate(evm, c, self, Bytes.wrap(initCode));
    if (status != Status.CALLING) {
      Messages.resume(evm, f, c, status);
      return Status.RUNNING;
    }
    return status;
  }

  /** EIP-1014. */
  private static Address saltedAddress(Address sender, long[] s, int saltAt, byte[] initCode) {
    byte[] seed = new byte[85];
    seed[0] = (byte) 0xff;
    sender.write(seed, 1);
    LimbMath.store(s, saltAt, seed, 21);
    Keccak.hash(initCode, 0, initCode.length, seed, 53);
    return Address.read(Keccak.hash(seed).toArray(), 12);
  }

  static int selfdestruct(Evm evm, Frame f) {
    final JournaledState state = evm.state;
    final Rules rules = evm.rules;
    if (f.isStatic) {
      return Status.WRITE_PROTECTION;
    }
    long[] s = evm.stack;
    f.sp -= 4;
    Account self = f.self();
    long high = Evm.addressHigh(s, f.sp);
    long middle = Evm.addressMiddle(s, f.sp);
    int low = Evm.addressLow(s, f.sp);
    Account heir = state.account(high, middle, low);
    long price = 0;
    if (rules.tracksWarmth
        && state.warm(heir)
        && evm.warmPrecompiles.at(high, middle, low) == null) {
      price = rules.coldAccountGas;
    }
    if (rules.selfdestructPaysNewAccount) {
      boolean pays = rules.clearsEmpty ? self.hasBalance() && heir.isDead() : !heir.exists();
      price += pays ? NEW_ACCOUNT_GAS : 0;
    }
    if (!Evm.charge(f, price)) {
      return Status.OUT_OF_GAS;
    }
    boolean dies = !rules.selfdestructOnlyNew || self.isCreatedInTransaction();
    moveAll(state, rules, self, heir, dies);
    if (dies && state.destruct(self)) {
      state.addRefund(rules.selfdestructRefund);
    }
    return Status.STOPPED;
  }

  private static void moveAll(
      JournaledState state, Rules rules, Account self, Account heir, boolean dies) {
    UInt256 balance = self.balance();
    if (self != heir) {
      if (balance.isZero()) {
        state.touch(heir, rules.clearsEmpty);
      } else {
        state.subtractBalance(self, balance);
        state.addBalance(heir, balance);
      }
    } else if (dies && !balance.isZero()) {
      // What a dying contract leaves to itself is gone.
      state.subtractBalance(self, balance);
    }
  }
}
