// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.types.Bytes;

/**
 * What the node does with what peers send. Calls must not block: {@link #onMessage} and {@link
 * #onPeer} come in order on one thread, {@link #onRequest} on several at once.
 */
public interface GossipListener {
  /**
   * A flooded message that this node sees for the first time.
   *
   * @return true when it is valid and worth passing on to the other peers
   */
  boolean onMessage(PeerId from, byte topic, Bytes payload);

  /** Answers a peer's question; the answer is bounded by the frame size. */
  Bytes onRequest(PeerId from, byte topic, Bytes payload);

  /** A peer came or went. Between the two its messages are delivered. */
  void onPeer(PeerId peer, boolean connected);
}
