// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcMethod;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code txpool_status} of one rollup. */
public final class TxpoolMethods {
  private final long rollupId;
  private final PoolReads pool;

  public TxpoolMethods(long rollupId, PoolReads pool) {
    this.rollupId = rollupId;
    this.pool = pool;
  }

  public void addTo(Map<String, RpcMethod> methods) {
    methods.put("txpool_status", params -> status());
  }

  private JsonNode status() {
    PoolReads.Counts counts = pool.counts(rollupId);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.set("pending", Params.quantity(counts.pending()));
    out.set("queued", Params.quantity(counts.queued()));
    return out;
  }
}
