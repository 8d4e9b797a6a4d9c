// SPDX-License-Identifier: Apache-2.0
package io.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lockstep.execution.evm.Engine;
import io.lockstep.execution.fixture.EvmRun;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.precompile.Precompile;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import java.util.Arrays;
import java.util.List;

/** Any code and any input of a precompile ends as the model says, within its gas. */
class EvmFuzzTest {
  private static final long PRECOMPILE_GAS = 1_000_000;
  private static final int MAX_CODE_BYTES = 24_576;
  private static final int HEAD_BYTES = 4;

  /** Inputs that nobody could pay for in a transaction are not run. */
  @FuzzTest(maxDuration = "3m")
  void precompilesAnswerOrFail(byte[] input) {
    if (input.length < 2) {
      return;
    }
    Fork fork = (input[0] & 1) == 0 ? Fork.OSAKA : Fork.BYZANTIUM;
    List<Address> all = Precompiles.of(fork).addresses();
    Address address = all.get((input[1] & 0xff) % all.size());
    Precompile precompile = Precompiles.of(fork).at(0, 0, address.low());
    assertThat(precompile).isNotNull();
    int length = input.length - 2;
    long gas = precompile.gas(input, 2, length);
    assertThat(gas).isNotNegative();
    if (gas > PRECOMPILE_GAS) {
      return;
    }
    byte[] before = input.clone();
    byte[] output = precompile.run(input, 2, length);
    assertThat(input).as("the input is the caller's memory").isEqualTo(before);
    byte[] shifted = new byte[length + 5];
    System.arraycopy(input, 2, shifted, 3, length);
    assertThat(precompile.run(shifted, 3, length)).isEqualTo(output);
    assertThat(precompile.gas(shifted, 3, length)).isEqualTo(gas);
  }

  /** The first bytes choose fork, gas and how much is code; the rest is code and call data. */
  @FuzzTest(maxDuration = "3m")
  void bothEnginesEndAlike(byte[] input) {
    if (input.length < HEAD_BYTES) {
      return;
    }
    Fork[] forks = Fork.values();
    Fork fork = forks[(input[0] & 0xff) % forks.length];
    long gas = 1_000L + ((input[1] & 0xffL) << 10);
    int dataLength = Math.min(input[2] & 0xff, input.length - HEAD_BYTES);
    int codeEnd = Math.min(input.length - dataLength, HEAD_BYTES + MAX_CODE_BYTES);
    Bytes code = Bytes.wrap(Arrays.copyOfRange(input, HEAD_BYTES, codeEnd));
    Bytes data = Bytes.wrap(Arrays.copyOfRange(input, input.length - dataLength, input.length));
    EvmRun.Result plain = EvmRun.run(code, data, gas, fork, Engine.PLAIN, null);
    EvmRun.Result eager = EvmRun.run(code, data, gas, fork, Engine.EAGER, null);
    assertThat(eager).isEqualTo(plain);
    assertThat(plain.gasUsed()).isBetween(0L, gas);
    assertThat(plain.success()).isEqualTo(plain.error().isEmpty());
  }
}
