// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.types.Hash32;

/** What somebody holds, in a sentence. */
final class HeldText {
  private HeldText() {}

  static String of(Held held) {
    return "%s promises %s of rollup %d, window %d%s"
        .formatted(
            held.committer(),
            said(held),
            held.rollupId(),
            held.signed().object().windowSlot(),
            held.signed().ctx().isProvisional() ? " (provisional)" : "");
  }

  private static String said(Held held) {
    return switch (held) {
      case Commitment commitment -> {
        TxLeaf leaf = commitment.leaf();
        yield place(leaf.txHash(), leaf.txIdx(), leaf.number());
      }
      case HeldPromise promise ->
          switch (promise.said()) {
            case PromiseBody.Inclusion said ->
                "nonce %d of %s, transaction %s, by tick %d"
                    .formatted(said.nonce(), said.sender(), said.txHash(), said.lastTick());
            case PromiseBody.Execution said -> place(said.txHash(), said.txIdx(), said.number());
            case PromiseBody.Top said ->
                "at the top " + place(said.txHash(), said.txIdx(), said.number());
            case PromiseBody.StateLock said ->
                "%s in word %s of %s below block %d"
                    .formatted(said.value().toHash(), said.slot(), said.account(), said.number());
          };
    };
  }

  private static String place(Hash32 txHash, long txIdx, long number) {
    return "transaction %s at index %d of block %d".formatted(txHash, txIdx, number);
  }
}
