// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.fork;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Every number and switch of one fork that the EVM and the transaction rules look up, computed once
 * so that running code asks no "which fork is it". One instance a fork; immutable, any thread. Gas
 * amounts are in gas, sizes in bytes.
 */
public final class Rules {
  private static final Map<Fork, Rules> ALL = new EnumMap<>(Fork.class);

  /** The largest gas limit that can be written. */
  private static final long NO_CAP = -1;

  private static final long[] TRACED = new long[256];

  static {
    Arrays.fill(TRACED, OpTable.UNDEFINED);
    for (Fork fork : Fork.values()) {
      ALL.put(fork, new Rules(fork));
    }
  }

  public final Fork fork;
  private final long[] ops;

  /** EIP-150: a call leaves a 64th behind, and asking for more than there is, is no fault. */
  public final boolean keepsSixtyFourth;

  /** EIP-161: empty accounts die when touched; only calls with value to the dead pay for them. */
  public final boolean clearsEmpty;

  /** EIP-658: a receipt has a status in place of a state root. */
  public final boolean receiptHasStatus;

  /** EIP-2929. */
  public final boolean tracksWarmth;

  public final long coldAccountSurplus;
  public final long coldSlotSurplus;
  public final long coldAccountGas;
  public final long coldSlotGas;

  /** EIP-160. */
  public final long expByteGas;

  /** Net metering of EIP-1283 (Constantinople only) or EIP-2200 and later. */
  public final boolean netMetering;

  /** EIP-2200: a storage write with no more gas than a stipend fails. */
  public final boolean sstoreNeedsMoreThanStipend;

  /** What a storage write that changes nothing costs: the price of a (warm) read. */
  public final long sstoreNoopGas;

  public final long sstoreSetGas = 20_000;
  public final long sstoreResetGas;
  public final long sstoreClearRefund;

  public final boolean selfdestructPaysNewAccount;
  public final long selfdestructRefund;

  /** EIP-6780. */
  public final boolean selfdestructOnlyNew;

  /** EIP-170. */
  public final int maxCodeBytes;

  /** EIP-3860. */
  public final int maxInitCodeBytes;

  public final long initCodeWordGas;

  /** EIP-2: a creation that cannot pay for its code fails; on Frontier it leaves no code. */
  public final boolean unpaidCodeFails;

  /** EIP-3541. */
  public final boolean rejectsEfCode;

  public final long newContractNonce;

  /** EIP-7702. */
  public final boolean hasDelegation;

  public final long refundDivisor;
  public final long txDataNonZeroGas;
  public final long txCreateGas;

  /** EIP-7623. */
  public final boolean hasDataFloor;

  /** EIP-7825, compared unsigned; all bits set where there is none. */
  public final long txGasCap;

  private Rules(Fork fork) {
    this.fork = fork;
    this.ops = OpTable.of(fork);
    boolean berlin = fork.isAtLeast(Fork.BERLIN);
    boolean london = fork.isAtLeast(Fork.LONDON);
    boolean shanghai = fork.isAtLeast(Fork.SHANGHAI);
    boolean istanbul = fork.isAtLeast(Fork.ISTANBUL);
    boolean spurious = fork.isAtLeast(Fork.SPURIOUS_DRAGON);
    keepsSixtyFourth = fork.isAtLeast(Fork.TANGERINE_WHISTLE);
    clearsEmpty = spurious;
    receiptHasStatus = fork.isAtLeast(Fork.BYZANTIUM);
    tracksWarmth = berlin;
    coldAccountGas = berlin ? 2_600 : 0;
    coldSlotGas = berlin ? 2_100 : 0;
    coldAccountSurplus = berlin ? 2_500 : 0;
    coldSlotSurplus = berlin ? 2_000 : 0;
    expByteGas = spurious ? 50 : 10;
    netMetering = fork == Fork.CONSTANTINOPLE || istanbul;
    sstoreNeedsMoreThanStipend = istanbul;
    sstoreNoopGas = berlin ? 100 : istanbul ? 800 : 200;
    sstoreResetGas = berlin ? 2_900 : 5_000;
    sstoreClearRefund = london ? 4_800 : 15_000;
    selfdestructPaysNewAccount = keepsSixtyFourth;
    selfdestructRefund = london ? 0 : 24_000;
    selfdestructOnlyNew = fork.isAtLeast(Fork.CANCUN);
    maxCodeBytes = spurious ? 24_576 : Integer.MAX_VALUE;
    maxInitCodeBytes = shanghai ? 49_152 : Integer.MAX_VALUE;
    initCodeWordGas = shanghai ? 2 : 0;
    unpaidCodeFails = fork.isAtLeast(Fork.HOMESTEAD);
    rejectsEfCode = london;
    newContractNonce = spurious ? 1 : 0;
    hasDelegation = fork.isAtLeast(Fork.PRAGUE);
    refundDivisor = london ? 5 : 2;
    txDataNonZeroGas = istanbul ? 16 : 68;
    txCreateGas = fork.isAtLeast(Fork.HOMESTEAD) ? 32_000 : 0;
    hasDataFloor = fork.isAtLeast(Fork.PRAGUE);
    txGasCap = fork.isAtLeast(Fork.OSAKA) ? 1L << 24 : NO_CAP;
  }

  public static Rules of(Fork fork) {
    return Objects.requireNonNull(ALL.get(fork));
  }

  /**
   * The packed table of opcodes (gas {@code >>> 32}, needed limbs {@code >>> 16 & 0xffff}, allowed
   * span {@code & 0xffff}); not to be changed.
   */
  public long[] ops() {
    return ops;
  }

  /** A table in which no opcode passes, which sends a traced run through its slow path. */
  public static long[] tracedOps() {
    return TRACED;
  }

  public boolean defines(int op) {
    return (ops[op] & 0xffffffffL) != OpTable.UNDEFINED;
  }
}
