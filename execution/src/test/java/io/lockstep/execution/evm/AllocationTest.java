// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.lockstep.execution.fixture.MapState;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.CodeCache;
import io.lockstep.execution.journal.JournaledState;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * However long code runs, it allocates nothing: what a message needs does not grow with its gas.
 */
class AllocationTest {
  private static final Address CODE = Address.ofLong(0xc0de);
  private static final Address OTHER = Address.ofLong(0x07e4);
  private static final long SHORT_GAS = 100_000;
  private static final long LONG_GAS = 3_000_000;

  /** Message, outcome and their parts. */
  private static final long BYTES_OF_A_MESSAGE = 2_048;

  @ParameterizedTest
  @CsvSource({
    // Arithmetic, jumps and memory.
    "REGISTER, 5f5b60010180600302600718600a0690506001018060205260205160016002576000",
    "PLAIN, 5f5b60010180600302600718600a0690506001018060205260205160016002576000",
    // A hash, a storage word, a transient word, a part of the call data.
    "REGISTER, 5b60405f205060015450600360025c60025d506001355060065f565b5f56",
    "REGISTER, 5b60405f20505f545060025c60010160025d6001355060055460010160055550 5f56",
    // A call of another contract.
    "REGISTER, 5b5f5f5f5f6107e45afa50 5f56",
    "PLAIN, 5b5f5f5f5f6107e45afa50 5f56",
  })
  void runsWithoutAllocating(Engine engine, String code) {
    JournaledState state = new JournaledState(MapState.empty(), new CodeCache());
    state.setCode(state.account(CODE), Bytes.fromHex(code.replace(" ", "")));
    state.setCode(state.account(OTHER), Bytes.fromHex("60015f5500"));
    Evm evm = new Evm(Rules.of(Fork.OSAKA), state, block(), engine);
    for (int i = 0; i < 20; i++) {
      run(evm, state, LONG_GAS);
    }

    // Once is enough: others may make the machine allocate, such as a compilation that is undone.
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long few = allocatedBy(() -> run(evm, state, SHORT_GAS));
      long many = allocatedBy(() -> run(evm, state, LONG_GAS));
      assertThat(few).isGreaterThan(0);
      least = Math.min(least, many);
    }

    assertThat(least).isLessThan(BYTES_OF_A_MESSAGE);
  }

  private static void run(Evm evm, JournaledState state, long gas) {
    state.beginTransaction();
    evm.run(
        Message.call(Address.ZERO, CODE, UInt256.ZERO, Bytes.EMPTY, gas),
        new TxContext(Address.ZERO, UInt256.ZERO, List.of()));
  }

  private static long allocatedBy(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static BlockContext block() {
    return new BlockContext(
        UInt256.ONE,
        1,
        1,
        Address.ZERO,
        1L << 40,
        UInt256.ZERO,
        UInt256.ZERO,
        UInt256.ONE,
        number -> Hash32.ZERO);
  }
}
