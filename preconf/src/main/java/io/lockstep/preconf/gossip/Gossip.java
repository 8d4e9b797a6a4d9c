// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.types.Bytes;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node's way to its peers. Any thread; no method blocks. */
public interface Gossip {
  /** The peers that are connected now. */
  List<PeerId> peers();

  /**
   * Sends to every peer, which pass it on. It will not be delivered here when it comes back.
   *
   * @throws IllegalArgumentException when it is longer than a frame may be
   */
  void flood(byte topic, Bytes payload);

  /**
   * Asks one peer. The future fails with IOException when the peer is not there, goes away or
   * refuses, with TimeoutException when it does not answer in time.
   *
   * @throws IllegalArgumentException when it is longer than a frame may be
   */
  CompletableFuture<Bytes> request(PeerId peer, byte topic, Bytes payload);
}
