// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Getting what peers have and we lack: messages that came before what they stand on wait here, and
 * missing ticks are asked for until they are there. A request or its answer may get lost, so asking
 * ends only with an answer. Owner: the sequencing thread.
 */
final class PeerCatchUp {
  private static final int MOST_EARLY = 512;
  private static final long ASK_AGAIN_MS = 500;
  private static final long NEVER = Long.MIN_VALUE;

  /** A head that a peer told of and no peer can prove is not asked for without end. */
  private static final int ASKS_FOR_A_HEAD = 8;

  private final LoopListener listener;
  private final long patienceMs;
  private final Deque<Command> early = new ArrayDeque<>();
  private boolean answered;
  private long begunMs = NEVER;
  private long askedMs = NEVER;
  private long wantedFromTick = -1;
  private long derivedFromTick = -1;
  private long highestHeardTick = -1;
  private int asksLeft;

  /**
   * @param patienceMs how long an operator waits for its peers' first answer before it goes on
   *     without; 0 when it has no peers
   */
  PeerCatchUp(LoopListener listener, long patienceMs) {
    this.listener = listener;
    this.patienceMs = patienceMs;
  }

  /** L1 is known: from now on peers are asked for what is not posted yet. */
  void begin(long headTick, long nowMs) {
    begunMs = nowMs;
    ask(headTick + 1, true, nowMs);
  }

  /** A peer has connected; it may know what the others did not. */
  void peerCame(long headTick, long nowMs) {
    if (begunMs != NEVER) {
      ask(headTick + 1, true, nowMs);
    }
  }

  /** Keeps a message that cannot be judged yet. */
  void keep(Command message) {
    if (early.size() == MOST_EARLY) {
      early.removeFirst();
    }
    early.add(message);
  }

  /** Something stands on ticks from {@code firstTick} up, which are not here. */
  void missing(long firstTick, long nowMs) {
    if (askedMs == NEVER || nowMs - askedMs >= ASK_AGAIN_MS) {
      ask(firstTick, false, nowMs);
    }
  }

  /** L1 told of ticks before peers did: users ask any node for the seals and frags of them. */
  void derivedFirst(long firstTick, long nowMs) {
    if (begunMs != NEVER) {
      derivedFromTick = lowerOf(firstTick);
      ask(firstTick, true, nowMs);
    }
  }

  /** What waits, to be tried again; it is kept again by whoever still cannot judge it. */
  List<Command> takeEarly() {
    List<Command> out = new ArrayList<>(early);
    early.clear();
    return out;
  }

  /** A peer has answered, and this is the tick of its head. */
  void answered(long peerHeadTick) {
    answered = true;
    derivedFromTick = -1;
    if (peerHeadTick > highestHeardTick) {
      highestHeardTick = peerHeadTick;
      asksLeft = ASKS_FOR_A_HEAD;
    }
  }

  /** Asks again while there is no answer, or the answer told of more than is here. */
  void step(long headTick, long nowMs) {
    if (begunMs == NEVER || nowMs - askedMs < ASK_AGAIN_MS) {
      return;
    }
    if (!answered) {
      ask(wantedFromTick, true, nowMs);
    } else if (derivedFromTick != -1) {
      ask(derivedFromTick, true, nowMs);
    } else if (highestHeardTick > headTick && asksLeft > 0) {
      asksLeft--;
      ask(headTick + 1, false, nowMs);
    }
  }

  /** Whether what peers had to tell at the start is here, or they had time enough to tell it. */
  boolean isDone(long headTick, long nowMs) {
    return begunMs != NEVER
        && ((answered && highestHeardTick <= headTick) || nowMs - begunMs >= patienceMs);
  }

  private void ask(long firstTick, boolean everyPeer, long nowMs) {
    askedMs = nowMs;
    wantedFromTick = lowerOf(firstTick);
    listener.missingTicks(wantedFromTick, everyPeer);
  }

  private long lowerOf(long firstTick) {
    return derivedFromTick == -1 ? firstTick : Math.min(derivedFromTick, firstTick);
  }
}
