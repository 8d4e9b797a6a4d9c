// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.head.NodeView;
import java.util.List;

/** Whom the loop tells what it has done, on its own thread; nothing here may block. */
public interface LoopListener {
  /** A new picture for RPC readers; {@code shown} are the transactions that have a receipt now. */
  void published(NodeView view, List<Hash32> shown);

  /** An own frag, signed and recorded: give it to the peers. */
  void release(FragMessage frag);

  /** An own seal, signed and recorded: give it to the peers. */
  void release(SealMessage seal);

  /** An own promise, signed and recorded: give it to the peers. */
  void release(PromiseMessage promise);

  /** A promise of somebody was heard: for the streams. */
  void followed(PromiseMessage promise);

  /** A frag of somebody was executed: for the streams. */
  void followed(FragMessage frag);

  /** A seal of somebody is on the chain: for the streams. */
  void followed(SealMessage seal);

  /** Ticks from this one up are missing here: ask a peer, or all of them. */
  void missingTicks(long firstTick, boolean everyPeer);
}
