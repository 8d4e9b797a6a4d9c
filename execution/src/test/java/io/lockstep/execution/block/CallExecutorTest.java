// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.block.TxOutcome.Reason;
import io.lockstep.execution.evm.StoppedException;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallExecutorTest {
  private static final Address CALLER = Address.ofLong(0xca11);
  private static final Address TARGET = Address.ofLong(0xc0de);
  private final TestState state = new TestState();

  private CallResult call(String code, CallRequest request) {
    state.code(TARGET, Bytes.fromHex(code));
    BlockEnv env =
        new BlockEnv(
            5,
            Hash32.ZERO,
            60,
            Address.ZERO,
            Hash32.ZERO,
            UInt256.ZERO,
            30_000_000,
            UInt256.of(9),
            0,
            Hash32.ZERO,
            Bytes.EMPTY);
    return new CallExecutor(new BlockExecutor(ForkSchedule.allAt(Fork.OSAKA), UInt256.of(901)))
        .call(request, env, state, number -> Hash32.ZERO, 100_000_000);
  }

  private static CallRequest plain() {
    return CallRequest.of(CALLER, TARGET, Bytes.EMPTY);
  }

  private static CallRequest priced(UInt256 gasPrice, UInt256 value) {
    return new CallRequest(
        CALLER, TARGET, 50_000L, gasPrice, value, Bytes.EMPTY, List.of(), List.of(), List.of());
  }

  /** A loop; one that calls an empty account; one that calls itself. */
  @ParameterizedTest
  @ValueSource(strings = {"5b5f56", "5b5f5f5f5f5f5afa50 5f56", "5b5f5f5f5f305afa50 5f56"})
  void stopsSoonWhenItsThreadIsInterrupted(String code) {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> call(code.replace(" ", ""), plain()))
          .isInstanceOf(StoppedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void runsWithMoreGasThanATransactionMayHave() {
    // GAS PUSH0 MSTORE, return it
    CallResult result = call("5a5f5260205ff3", plain());

    assertThat(result).isInstanceOf(CallResult.Ran.class);
    CallResult.Ran ran = (CallResult.Ran) result;
    assertThat(ran.isSuccess()).isTrue();
    assertThat(UInt256.ofBigEndian(ran.output().toArray()).toLongSaturated())
        .isGreaterThan(99_000_000);
  }

  @Test
  void hidesTheBaseFeeFromACallWithoutFees() {
    CallResult.Ran ran = (CallResult.Ran) call("485f5260205ff3", plain());

    assertThat(UInt256.ofBigEndian(ran.output().toArray())).isEqualTo(UInt256.ZERO);
  }

  @Test
  void givesTheReasonOfARevert() {
    CallResult.Ran ran = (CallResult.Ran) call("60aa5f526020 5ffd".replace(" ", ""), plain());

    assertThat(ran.isRevert()).isTrue();
    assertThat(ran.error()).isEqualTo("execution reverted");
    assertThat(ran.output().get(31)).isEqualTo((byte) 0xaa);
  }

  @Test
  void needsABalanceForValueAndForAPriceThatIsGiven() {
    assertThat(call("00", priced(UInt256.ZERO, UInt256.ONE)))
        .isInstanceOfSatisfying(
            CallResult.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.INSUFFICIENT_FUNDS));
    assertThat(call("00", priced(UInt256.of(10), UInt256.ZERO)))
        .isInstanceOfSatisfying(
            CallResult.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.INSUFFICIENT_FUNDS));
    assertThat(call("00", priced(UInt256.of(8), UInt256.ZERO)))
        .isInstanceOfSatisfying(
            CallResult.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.FEE_CAP_BELOW_BASE_FEE));
  }

  @Test
  void leavesTheStateAlone() {
    call("60015f55", plain());

    assertThat(state.storage(TARGET, UInt256.ZERO)).isEqualTo(UInt256.ZERO);
    assertThat(state.account(CALLER)).isNull();
  }
}
