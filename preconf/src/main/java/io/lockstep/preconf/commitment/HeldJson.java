// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.DecodeException;
import tools.jackson.databind.JsonNode;

/** What a user holds, in either of its forms, which the signed type tells apart. */
public final class HeldJson {
  private HeldJson() {}

  /**
   * Reads an answer of {@code preconf_getCommitment} or {@code preconf_requestPromise}.
   *
   * @throws DecodeException naming the place of the first thing that is not as it must be
   */
  public static Held read(CommitmentDomain domain, JsonNode node) throws DecodeException {
    JsonNode type = node.path("typedData").path("primaryType");
    return type.isString() && type.asString().equals("Promise")
        ? PromiseJson.read(domain, node)
        : CommitmentJson.read(domain, node);
  }
}
