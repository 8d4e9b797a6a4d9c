// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import org.junit.jupiter.api.Test;

/** HotSpot never compiles a method of more than 8,000 bytecodes: it would run 20 times slower. */
class LoopSizeTest {
  private static final int HUGE_METHOD_LIMIT = 8_000;

  @Test
  void everyMethodOfTheInterpreterIsSmallEnoughToBeCompiled() throws IOException {
    for (Class<?> type :
        new Class<?>[] {
          Interpreter.class, RegisterLoop.class, ColdOps.class, Calls.class, MemoryOps.class
        }) {
      for (MethodModel method : parse(type).methods()) {
        int length =
            method
                .code()
                .map(code -> code instanceof CodeAttribute body ? body.codeLength() : 0)
                .orElse(0);
        assertThat(length)
            .as("%s.%s", type.getSimpleName(), method.methodName().stringValue())
            .isLessThan(HUGE_METHOD_LIMIT);
      }
    }
  }

  private static ClassModel parse(Class<?> type) throws IOException {
    try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      assertThat(in).isNotNull();
      return ClassFile.of().parse(in.readAllBytes());
    }
  }
}
