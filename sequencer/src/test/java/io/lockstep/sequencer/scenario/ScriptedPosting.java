// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.post.Poster;
import java.util.ArrayList;
import java.util.List;

/** Hands an operator's postings to the scripted L1. */
final class ScriptedPosting implements Poster.PostingPort {
  private final ScriptedL1 l1;
  private final int operatorId;
  private final List<Sent> sent = new ArrayList<>();

  private record Sent(long windowSlot, long upToTick, ScriptedL1.Posting posting) {}

  ScriptedPosting(ScriptedL1 l1, int operatorId) {
    this.l1 = l1;
    this.operatorId = operatorId;
  }

  @Override
  public boolean submit(Poster.Submission submission) {
    ScriptedL1.Posting posting =
        new ScriptedL1.Posting(operatorId, submission.callData(), submission.blobs());
    sent.add(new Sent(submission.windowSlot(), submission.upToTick(), posting));
    l1.submit(posting);
    return true;
  }

  @Override
  public int blobsInTime(long lastSlot, long nowMs) {
    return l1.blobsInTime;
  }

  @Override
  public void prepare(List<byte[]> blobs) {
    // The scripted L1 asks for no proofs.
  }

  @Override
  public boolean isUnderWay(long windowSlot, long tick) {
    return sent.stream()
        .anyMatch(one ->
            one.windowSlot == windowSlot && one.upToTick >= tick && l1.isWaiting(one.posting));
  }

  @Override
  public void inboxMoved(long l1Number, Hash32 lastBatchHash, Hash32 lastHead) {
    // The scripted inbox drops what it refuses by itself.
  }
}
