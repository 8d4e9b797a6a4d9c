// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.types.Bytes;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code eth_sendBundle}, as block builders and relays have it: one transaction for one block, not
 * in any public pool. Any thread.
 */
record BuilderPath(ExecutionClient builder) implements InclusionPath {
  @Override
  public String name() {
    return "builder";
  }

  @Override
  public SendOutcome send(Bytes networkForm, long block) {
    ObjectNode bundle = JsonNodeFactory.instance.objectNode();
    bundle.putArray("txs").add(networkForm.toHex());
    bundle.put("blockNumber", "0x" + Long.toHexString(block));
    try {
      builder.raw("eth_sendBundle", bundle);
      return new SendOutcome.Taken();
    } catch (L1Exception e) {
      return SendOutcome.ofRefusal(e);
    }
  }

  @Override
  public boolean isPerBlock() {
    return true;
  }
}
