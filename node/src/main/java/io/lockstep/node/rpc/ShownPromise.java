// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseJson;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.primitives.types.Address;
import tools.jackson.databind.node.ObjectNode;

/** A promise as it is shown: what was signed, by whom, and how far it has come. Any thread. */
final class ShownPromise {
  private ShownPromise() {}

  static ObjectNode json(CommitmentDomain domain, PromiseMessage message, String grade) {
    Address committer = domain.signer(message.promise());
    if (committer == null) {
      throw new IllegalStateException("a promise of the ledger has no signer");
    }
    return PromiseJson.write(
        domain,
        new HeldPromise(committer, message.promise(), message.said()),
        grade,
        message.tick(),
        message.requestHash());
  }
}
