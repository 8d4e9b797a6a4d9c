// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

/**
 * How a frame stands or ended, as plain numbers: the loop neither throws nor allocates. Zero means
 * going on; from {@link #OUT_OF_GAS} on it is an exceptional halt that burns all gas.
 */
public final class Status {
  public static final int RUNNING = 0;

  /** A child frame was set up and must run first. */
  static final int CALLING = 1;

  /** The plain engine stands at a jump destination of code that has become worth translating. */
  static final int HOT = 5;

  public static final int STOPPED = 2;
  public static final int RETURNED = 3;
  public static final int REVERTED = 4;
  public static final int OUT_OF_GAS = 16;
  public static final int STACK_UNDERFLOW = 17;
  public static final int STACK_OVERFLOW = 18;
  public static final int UNDEFINED_OPCODE = 19;
  public static final int INVALID_OPCODE = 20;
  public static final int BAD_JUMP = 21;
  public static final int WRITE_PROTECTION = 22;
  public static final int RETURN_DATA_OUT_OF_BOUNDS = 23;
  public static final int CODE_TOO_LARGE = 24;
  public static final int CODE_BEGINS_WITH_EF = 25;
  public static final int CODE_UNPAID = 26;
  public static final int INIT_CODE_TOO_LARGE = 27;
  public static final int ADDRESS_COLLISION = 28;
  public static final int PRECOMPILE_FAILED = 29;
  public static final int CALL_TOO_DEEP = 30;
  public static final int BALANCE_TOO_LOW = 31;
  public static final int NONCE_EXHAUSTED = 32;

  private Status() {}

  public static boolean isSuccess(int status) {
    return status == STOPPED || status == RETURNED;
  }

  public static boolean burnsGas(int status) {
    return status >= OUT_OF_GAS;
  }

  /** The error in the words of common clients; empty for a success. */
  public static String message(int status) {
    return switch (status) {
      case STOPPED, RETURNED -> "";
      case REVERTED -> "execution reverted";
      case OUT_OF_GAS -> "out of gas";
      case STACK_UNDERFLOW -> "stack underflow";
      case STACK_OVERFLOW -> "stack limit reached 1024 (1023)";
      case UNDEFINED_OPCODE, INVALID_OPCODE -> "invalid opcode";
      case BAD_JUMP -> "invalid jump destination";
      case WRITE_PROTECTION -> "write protection";
      case RETURN_DATA_OUT_OF_BOUNDS -> "return data out of bounds";
      case CODE_TOO_LARGE -> "max code size exceeded";
      case CODE_BEGINS_WITH_EF -> "invalid code: must not begin with 0xef";
      case CODE_UNPAID -> "contract creation code storage out of gas";
      case INIT_CODE_TOO_LARGE -> "max initcode size exceeded";
      case ADDRESS_COLLISION -> "contract address collision";
      case PRECOMPILE_FAILED -> "precompiled contract failed";
      case CALL_TOO_DEEP -> "max call depth exceeded";
      case BALANCE_TOO_LOW -> "insufficient balance for transfer";
      case NONCE_EXHAUSTED -> "nonce uint64 overflow";
      default -> throw new IllegalStateException("status " + status + " is not an end");
    };
  }
}
