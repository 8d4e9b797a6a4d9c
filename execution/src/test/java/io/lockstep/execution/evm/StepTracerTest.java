// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fixture.TraceLines;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTracerTest {
  private static List<StepTracer.Step> steps(String code, long gas) {
    List<StepTracer.Step> steps = new ArrayList<>();
    EvmRun.run(
        Bytes.fromHex(code),
        Bytes.EMPTY,
        gas,
        Fork.OSAKA,
        Engine.REGISTER,
        new StepTracer(StepTracer.Options.STACKS, steps::add));
    return steps;
  }

  @Test
  void tellsTheCostOfEachStep() {
    // PUSH1 5 PUSH0 MSTORE STOP
    List<StepTracer.Step> steps = steps("60055f5200", 1_000);

    assertThat(steps)
        .extracting(StepTracer.Step::opName)
        .containsExactly("PUSH1", "PUSH0", "MSTORE", "STOP");
    assertThat(steps).extracting(StepTracer.Step::gasCost).containsExactly(3L, 2L, 6L, 0L);
    assertThat(steps.get(2).stack()).hasSize(2);
    assertThat(steps.get(3).memorySize()).isEqualTo(32);
  }

  @Test
  void countsTheGasThatACallHandsOn() {
    // STATICCALL with 100 gas to the identity precompile, then STOP
    List<StepTracer.Step> steps = steps("5f5f5f5f60046064fa00", 10_000);

    StepTracer.Step call = steps.get(6);
    assertThat(call.opName()).isEqualTo("STATICCALL");
    assertThat(call.gasCost()).isEqualTo(100 + 100);
    assertThat(steps.get(7).gas()).isEqualTo(call.gas() - 100 - 15);
  }

  @Test
  void saysWhyALastStepFailed() {
    List<StepTracer.Step> steps = steps("5f565b", 1_000);

    assertThat(steps.getLast().status()).isEqualTo(Status.BAD_JUMP);
    assertThat(steps("fe", 1_000).getLast().status()).isEqualTo(Status.INVALID_OPCODE);
    assertThat(steps("01", 1_000).getLast().status()).isEqualTo(Status.STACK_UNDERFLOW);
    assertThat(steps("6001", 2).getLast().status()).isEqualTo(Status.OUT_OF_GAS);
  }

  @Test
  void handsOverNoMoreStepsThanWanted() {
    List<StepTracer.Step> steps = new ArrayList<>();
    EvmRun.run(
        Bytes.fromHex("5b5f56"),
        Bytes.EMPTY,
        100_000,
        Fork.OSAKA,
        Engine.REGISTER,
        new StepTracer(new StepTracer.Options(false, false, 10), steps::add));

    assertThat(steps).hasSize(10);
  }

  @Test
  void writesTheLinesOfEip3155() {
    List<String> lines = new ArrayList<>();
    EvmRun.run(
        Bytes.fromHex("600100"),
        Bytes.EMPTY,
        1_000,
        Fork.OSAKA,
        Engine.REGISTER,
        TraceLines.tracer(lines::add));

    assertThat(lines)
        .containsExactly(
            "{\"pc\":0,\"op\":96,\"gas\":\"0x3e8\",\"gasCost\":\"0x3\",\"memSize\":0,\"stack\":[],"
                + "\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}",
            "{\"pc\":2,\"op\":0,\"gas\":\"0x3e5\",\"gasCost\":\"0x0\",\"memSize\":0,"
                + "\"stack\":[\"0x1\"],\"depth\":1,\"refund\":0,\"opName\":\"STOP\"}");
  }
}
