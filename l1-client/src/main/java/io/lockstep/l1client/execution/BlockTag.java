// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.execution;

import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The block parameter of JSON-RPC methods: a name, or a hash (EIP-1898, only while it is
 * canonical), or a number.
 */
public record BlockTag(@Nullable String name, @Nullable Hash32 hash, long number) {
  public static final BlockTag LATEST = new BlockTag("latest", null, 0);
  public static final BlockTag PENDING = new BlockTag("pending", null, 0);
  public static final BlockTag SAFE = new BlockTag("safe", null, 0);
  public static final BlockTag FINALIZED = new BlockTag("finalized", null, 0);

  public static BlockTag of(long number) {
    return new BlockTag(null, null, number);
  }

  public static BlockTag of(Hash32 hash) {
    return new BlockTag(null, hash, 0);
  }

  JsonNode toJson() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (name != null) {
      return json.stringNode(name);
    }
    if (hash != null) {
      return json.objectNode().put("blockHash", hash.toHex()).put("requireCanonical", true);
    }
    return json.stringNode("0x" + Long.toHexString(number));
  }
}
