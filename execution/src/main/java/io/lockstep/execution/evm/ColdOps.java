// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.journal.Account;
import io.lockstep.execution.journal.Code;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.LimbDivision;
import io.lockstep.primitives.uint.LimbMath;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The opcodes that are not in the loop itself. They find pc, sp and gas in the frame and leave them
 * there; their static gas is paid and their stack checked. The thread of the {@link Evm}.
 */
final class ColdOps {
  private static final long WORD_COPY_GAS = 3;
  private static final long LOG_BYTE_GAS = 8;
  private static final int ANCESTORS = 256;

  private ColdOps() {}

  static int run(Evm evm, Frame f, int op) {
    final long[] s = evm.stack;
    switch (op) {
      case Op.SLOAD -> {
        f.gas = StorageOps.load(evm, f, f.sp - 4, f.sp - 4, f.gas);
        return enough(f);
      }
      case Op.SSTORE -> {
        if (f.isStatic) {
          return Status.WRITE_PROTECTION;
        }
        f.sp -= 8;
        f.gas = StorageOps.store(evm, f, f.sp + 4, f.sp, f.gas);
        return enough(f);
      }
      case Op.KECCAK256 -> {
        f.sp -= 4;
        f.gas = MemoryOps.keccak(evm, f, s, f.sp, f.sp - 4, f.sp - 4, f.gas);
        return enough(f);
      }
      case Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL -> {
        return Calls.call(evm, f, op);
      }
      case Op.CREATE, Op.CREATE2 -> {
        return Creates.create(evm, f, op);
      }
      case Op.SELFDESTRUCT -> {
        return Creates.selfdestruct(evm, f);
      }
      case Op.RETURN -> {
        return leave(evm, f, Status.RETURNED);
      }
      case Op.REVERT -> {
        return leave(evm, f, Status.REVERTED);
      }
      case Op.LOG0, 0xa1, 0xa2, 0xa3, Op.LOG4 -> {
        return log(evm, f, op - Op.LOG0);
      }
      case Op.TLOAD -> evm.state.loadTransient(f.self(), s, f.sp - 4, f.sp - 4);
      case Op.TSTORE -> {
        if (f.isStatic) {
          return Status.WRITE_PROTECTION;
        }
        f.sp -= 8;
        evm.state.storeTransient(f.self(), s, f.sp + 4, f.sp);
      }
      case Op.SDIV, Op.SMOD, Op.SIGNEXTEND -> {
        f.sp -= 4;
        math(evm, op, s, f.sp, f.sp - 4, f.sp - 4);
      }
      case Op.CLZ -> math(evm, op, s, f.sp - 4, f.sp - 4, f.sp - 4);
      case Op.EXP -> {
        f.sp -= 4;
        f.gas = power(evm, f.sp, f.sp - 4, f.sp - 4, f.gas);
        return enough(f);
      }
      case Op.BLOBHASH -> blobHash(evm, s, f.sp - 4);
      case Op.BLOCKHASH -> blockHash(evm, s, f.sp - 4);
      case Op.CALLDATACOPY -> {
        return copy(evm, f, f.input, f.inputOffset, f.inputLength);
      }
      case Op.CODECOPY -> {
        return copy(evm, f, f.code.padded(), 0, f.code.size());
      }
      case Op.RETURNDATACOPY -> {
        return copyReturnData(evm, f);
      }
      case Op.MCOPY -> {
        return copyMemory(evm, f);
      }
      case Op.BALANCE, Op.EXTCODESIZE, Op.EXTCODEHASH -> {
        return askAccount(evm, f, op);
      }
      case Op.EXTCODECOPY -> {
        return copyForeignCode(evm, f);
      }
      default -> environment(evm, f, op, f.push());
    }
    return Status.RUNNING;
  }

  private static int enough(Frame f) {
    return f.gas < 0 ? Status.OUT_OF_GAS : Status.RUNNING;
  }

  /** The rarer arithmetic, on operands and to a place that the caller names. */
  static void math(Evm evm, int op, long[] s, int a, int b, int r) {
    switch (op) {
      case Op.SDIV -> LimbDivision.divideSigned(s, a, b, r, evm.scratch);
      case Op.SMOD -> LimbDivision.moduloSigned(s, a, b, r, evm.scratch);
      case Op.SIGNEXTEND -> LimbMath.signExtend(s, a, b, r);
      case Op.BYTE -> LimbMath.byteAt(s, a, b, r);
      case Op.CLZ -> LimbMath.set(s, r, LimbMath.leadingZeros(s, a));
      default -> throw new IllegalStateException("no arithmetic is opcode " + Op.name(op));
    }
  }

  /** EXP; the gas left, negative for not enough. */
  static long power(Evm evm, int a, int b, int r, long gas) {
    long left = gas - evm.rules.expByteGas * LimbMath.byteLength(evm.stack, b);
    if (left >= 0) {
      LimbMath.power(evm.stack, a, b, r, evm.scratch);
    }
    return left;
  }

  /** What is asked of the frame, the transaction or the block, written to {@code r}. */
  static void environment(Evm evm, Frame f, int op, int r) {
    final long[] s = evm.stack;
    switch (op) {
      case Op.ADDRESS -> Evm.pushAddress(s, r, f.self().address());
      case Op.CALLER -> Evm.pushAddress(s, r, f.caller);
      case Op.ORIGIN -> Evm.pushAddress(s, r, evm.tx.origin());
      case Op.COINBASE -> Evm.pushAddress(s, r, evm.block.coinbase());
      case Op.GASPRICE -> LimbMath.set(s, r, evm.tx.gasPrice());
      case Op.TIMESTAMP -> LimbMath.set(s, r, evm.block.timestampSeconds());
      case Op.NUMBER -> LimbMath.set(s, r, evm.block.number());
      case Op.PREVRANDAO -> LimbMath.set(s, r, evm.block.prevRandao());
      case Op.GASLIMIT -> LimbMath.set(s, r, evm.block.gasLimit());
      case Op.CHAINID -> LimbMath.set(s, r, evm.block.chainId());
      case Op.SELFBALANCE -> f.self().balance(s, r);
      case Op.BASEFEE -> LimbMath.set(s, r, evm.block.baseFee());
      case Op.BLOBBASEFEE -> LimbMath.set(s, r, evm.block.blobBaseFee());
      case Op.MSIZE -> LimbMath.set(s, r, f.memorySize);
      case Op.CODESIZE -> LimbMath.set(s, r, f.code.size());
      case Op.RETURNDATASIZE -> LimbMath.set(s, r, evm.returnLength);
      default -> throw new IllegalStateException("no code belongs to opcode " + Op.name(op));
    }
  }

  private static void blobHash(Evm evm, long[] s, int at) {
    List<Hash32> hashes = evm.tx.blobHashes();
    boolean there =
        (s[at + 1] | s[at + 2] | s[at + 3]) == 0 && Long.compareUnsigned(s[at], hashes.size()) < 0;
    LimbMath.set(s, at, there ? UInt256.of(hashes.get((int) s[at])) : UInt256.ZERO);
  }

  private static void blockHash(Evm evm, long[] s, int at) {
    long number = evm.block.number();
    boolean near =
        (s[at + 1] | s[at + 2] | s[at + 3]) == 0
            && s[at] >= 0
            && s[at] < number
            && s[at] >= number - ANCESTORS;
    Hash32 hash = near ? evm.block.blockHash().apply(s[at]) : null;
    LimbMath.set(s, at, hash == null ? UInt256.ZERO : UInt256.of(hash));
  }

  private static int leave(Evm evm, Frame f, int status) {
    int at = f.sp - 4;
    int lengthAt = f.sp - 8;
    if (!evm.cover(f, at, lengthAt)) {
      return Status.OUT_OF_GAS;
    }
    evm.outputLength = (int) evm.stack[lengthAt];
    evm.outputOffset = evm.outputLength == 0 ? 0 : f.memoryBase + (int) evm.stack[at];
    return status;
  }

  private static int log(Evm evm, Frame f, int topicCount) {
    long[] s = evm.stack;
    if (f.isStatic) {
      return Status.WRITE_PROTECTION;
    }
    int at = f.sp - 4;
    int lengthAt = f.sp - 8;
    if (!evm.cover(f, at, lengthAt)) {
      return Status.OUT_OF_GAS;
    }
    int length = (int) s[lengthAt];
    if (!Evm.charge(f, LOG_BYTE_GAS * length)) {
      return Status.OUT_OF_GAS;
    }
    List<Hash32> topics = new ArrayList<>(topicCount);
    for (int i = 0; i < topicCount; i++) {
      int t = lengthAt - 4 * (i + 1);
      topics.add(Hash32.ofWords(s[t + 3], s[t + 2], s[t + 1], s[t]));
    }
    int from = length == 0 ? 0 : f.memoryBase + (int) s[at];
    Bytes data = Bytes.wrap(Arrays.copyOfRange(evm.memory, from, from + length));
    evm.state.addLog(new Log(f.self().address(), topics, data));
    f.sp -= 8 + 4 * topicCount;
    return Status.RUNNING;
  }

  /** Copies to memory from a source of which what lies past its end is zeros. */
  private static int copy(Evm evm, Frame f, byte[] source, int base, int sourceLength) {
    long[] s = evm.stack;
    int to = f.sp - 4;
    int fromAt = f.sp - 8;
    int lengthAt = f.sp - 12;
    if (!evm.cover(f, to, lengthAt)) {
      return Status.OUT_OF_GAS;
    }
    int length = (int) s[lengthAt];
    if (!Evm.charge(f, WORD_COPY_GAS * ((length + 31L) >>> 5))) {
      return Status.OUT_OF_GAS;
    }
    f.sp -= 12;
    if (length > 0) {
      fill(evm, f.memoryBase + (int) s[to], source, base, sourceLength, s, fromAt, length);
    }
    return Status.RUNNING;
  }

  private static void fill(
      Evm evm,
      int target,
      byte[] source,
      int base,
      int sourceLength,
      long[] s,
      int fromAt,
      int length) {
    boolean inside =
        (s[fromAt + 1] | s[fromAt + 2] | s[fromAt + 3]) == 0
            && Long.compareUnsigned(s[fromAt], sourceLength) < 0;
    int from = inside ? (int) s[fromAt] : sourceLength;
    int present = Math.min(length, sourceLength - from);
    System.arraycopy(source, base + from, evm.memory, target, present);
    Arrays.fill(evm.memory, target + present, target + length, (byte) 0);
  }

  private static int copyReturnData(Evm evm, Frame f) {
    long[] s = evm.stack;
    int fromAt = f.sp - 8;
    int lengthAt = f.sp - 12;
    boolean inside =
        (s[fromAt + 1] | s[fromAt + 2] | s[fromAt + 3]) == 0
            && (s[lengthAt + 1] | s[lengthAt + 2] | s[lengthAt + 3]) == 0
            && Long.compareUnsigned(s[fromAt], evm.returnLength) <= 0
            && Long.compareUnsigned(s[lengthAt], evm.returnLength - s[fromAt]) <= 0;
    if (!inside) {
      return Status.RETURN_DATA_OUT_OF_BOUNDS;
    }
    return copy(evm, f, evm.returnData, 0, evm.returnLength);
  }

  private static int copyMemory(Evm evm, Frame f) {
    long[] s = evm.stack;
    int to = f.sp - 4;
    int from = f.sp - 8;
    int lengthAt = f.sp - 12;
    if (!evm.cover(f, to, lengthAt) || !evm.cover(f, from, lengthAt)) {
      return Status.OUT_OF_GAS;
    }
    int length = (int) s[lengthAt];
    if (!Evm.charge(f, WORD_COPY_GAS * ((length + 31L) >>> 5))) {
      return Status.OUT_OF_GAS;
    }
    f.sp -= 12;
    if (length > 0) {
      System.arraycopy(
          evm.memory, f.memoryBase + (int) s[from], evm.memory, f.memoryBase + (int) s[to], length);
    }
    return Status.RUNNING;
  }

  /** BALANCE, EXTCODESIZE, EXTCODEHASH. */
  private static int askAccount(Evm evm, Frame f, int op) {
    long[] s = evm.stack;
    int at = f.sp - 4;
    Account account = account(evm, s, at);
    if (!touch(evm, f, account)) {
      return Status.OUT_OF_GAS;
    }
    if (op == Op.BALANCE) {
      account.balance(s, at);
    } else if (op == Op.EXTCODESIZE) {
      LimbMath.set(s, at, evm.state.code(account).size());
    } else {
      boolean dead = evm.rules.clearsEmpty ? account.isDead() : !account.exists();
      LimbMath.set(s, at, dead ? UInt256.ZERO : UInt256.of(account.codeHash()));
    }
    return Status.RUNNING;
  }

  private static int copyForeignCode(Evm evm, Frame f) {
    Account account = account(evm, evm.stack, f.sp - 4);
    if (!touch(evm, f, account)) {
      return Status.OUT_OF_GAS;
    }
    f.sp -= 4;
    Code code = evm.state.code(account);
    return copy(evm, f, code.padded(), 0, code.size());
  }

  private static Account account(Evm evm, long[] s, int at) {
    return evm.state.account(
        Evm.addressHigh(s, at), Evm.addressMiddle(s, at), Evm.addressLow(s, at));
  }

  /** EIP-2929: charges what a cold account costs more than a warm one. */
  private static boolean touch(Evm evm, Frame f, Account account) {
    return !evm.rules.tracksWarmth
        || !evm.state.warm(account)
        || evm.warmPrecompiles.contains(account.address())
        || Evm.charge(f, evm.rules.coldAccountSurplus);
  }
}
