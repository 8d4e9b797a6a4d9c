// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.types.Bytes;

/** {@code eth_sendRawTransaction} to every endpoint of a client. Any thread. */
record PoolPath(String name, ExecutionClient execution) implements InclusionPath {
  @Override
  public SendOutcome send(Bytes networkForm, long block) {
    return SendOutcome.send(execution, networkForm);
  }

  @Override
  public boolean isPerBlock() {
    return false;
  }
}
