// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The methods over a {@link SmallChain}. */
abstract class RpcTestBase {
  @TempDir Path dir;

  SmallChain chain;
  private ChainMethods methods;

  @BeforeEach
  void start() {
    chain = new SmallChain(dir);
    methods = new ChainMethods(chain.view, CallOptions.DEFAULTS);
  }

  @AfterEach
  void stop() {
    methods.close();
    chain.close();
  }

  JsonNode call(String method, String params) throws RpcError {
    RpcMethod known = methods.methods().get(method);
    assertThat(known).as(method).isNotNull();
    return known.call(JsonMapper.shared().readTree(params.replace('\'', '"')));
  }

  RpcError refused(String method, String params) {
    RpcError error = catchThrowableOfType(RpcError.class, () -> call(method, params));
    assertThat(error).as(method + params).isNotNull();
    return error;
  }
}
