// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The transaction object of {@code eth_call} and {@code eth_estimateGas}.
 *
 * @param from null for the zero address
 * @param to null to create a contract
 */
public record CallRequest(@Nullable Address from, @Nullable Address to, UInt256 value, Bytes data) {

  /** A read of a contract. */
  public static CallRequest view(Address to, Bytes data) {
    return new CallRequest(null, to, UInt256.ZERO, data);
  }

  JsonNode toJson() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    if (from != null) {
      object.put("from", from.toHex());
    }
    if (to != null) {
      object.put("to", to.toHex());
    }
    if (!value.isZero()) {
      object.put("value", value.toQuantity());
    }
    // "input" is the name of the specification; EthereumJS estimates without it and knows the old.
    return object.put("input", data.toHex()).put("data", data.toHex());
  }
}
