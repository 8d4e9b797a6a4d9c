// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the stack ends, where calls end, and what init code of the greatest size costs. */
class StackAndDepthTest {
  private static EvmRun.Result run(Engine engine, String code, long gas) {
    return EvmRun.run(Bytes.fromHex("0x" + code), Bytes.EMPTY, gas, Fork.OSAKA, engine, null);
  }

  @ParameterizedTest
  @EnumSource
  void holds1024WordsAndNotOneMore(Engine engine) {
    String full = "5f".repeat(1_024);
    assertThat(run(engine, full, 100_000).success()).isTrue();
    assertThat(run(engine, full + "50" + "30", 100_000).success()).isTrue();
    // SWAP and operations that take as many as they give do not need room.
    assertThat(run(engine, full + "909f015f", 100_000).success()).isTrue();
    for (String oneMore :
        new String[] {"5f", "80", "8f", "30", "59", "6001", "7f" + "00".repeat(32)}) {
      EvmRun.Result result = run(engine, full + oneMore, 100_000);
      assertThat(result.success()).as(oneMore).isFalse();
      assertThat(result.gasUsed()).as(oneMore).isEqualTo(100_000);
      assertThat(result.error()).as(oneMore).contains("stack");
    }
  }

  @ParameterizedTest
  @EnumSource
  void calls1024DeepAndNotDeeper(Engine engine) {
    // slot 0 counts the frames: SSTORE(0, SLOAD(0) + 1), CALL(GAS, ADDRESS, 0 …), and the result of
    // the call that must fail is stored in slot 1 by the frame that has the last number.
    String code =
        "5f5460010180"
            + "5f55" // n = SLOAD(0) + 1; SSTORE(0, n), n stays
            + "5f5f5f5f5f305af1" // CALL with no value and no data
            + "90610401"
            + "14" // n == 1025
            + "601b"
            + "57"
            + "00" // jump, else stop
            + "5b"
            + "600101"
            + "60015500"; // SSTORE(1, result + 1)
    code = code.replace("601b", "60%02x".formatted(code.indexOf("5b600101") / 2));

    EvmRun.Result result = run(engine, code, 1L << 40);

    assertThat(result.success()).as(result.error()).isTrue();
    var changes = result.diff().accounts().get(EvmRun.CODE);
    assertThat(changes).isNotNull();
    // The first frame has depth 0, the last 1,024; its own call fails and gives 0.
    assertThat(changes.storage()).containsEntry(UInt256.ZERO, UInt256.of(1_025));
    assertThat(changes.storage()).containsEntry(UInt256.ONE, UInt256.ONE);
  }

  @ParameterizedTest
  @EnumSource
  void createsFrom49152BytesOfInitCodeAtTwoGasAWord(Engine engine) {
    // PUSH2 size, PUSH0 PUSH0 CREATE; the init code is zeros, STOP.
    EvmRun.Result most = run(engine, "61c0005f5ff0", 1_000_000);
    EvmRun.Result more = run(engine, "61c0015f5ff0", 1_000_000);

    long words = 49_152 / 32;
    long memory = 3 * words + words * words / 512;
    assertThat(most.success()).isTrue();
    assertThat(most.gasUsed()).isEqualTo(3 + 2 + 2 + 32_000 + 2 * words + memory);
    assertThat(more.success()).isFalse();
    assertThat(more.gasUsed()).isEqualTo(1_000_000);
  }
}
