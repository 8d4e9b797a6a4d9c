// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import io.lockstep.primitives.types.Hash32;
import io.lockstep.sequencer.post.Poster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hands an operator's postings to the scripted L1, one at a time for each window. */
final class ScriptedPosting implements Poster.PostingPort {
  private final ScriptedL1 l1;
  private final int operatorId;
  private final Map<Long, ScriptedL1.Posting> byWindow = new HashMap<>();

  ScriptedPosting(ScriptedL1 l1, int operatorId) {
    this.l1 = l1;
    this.operatorId = operatorId;
  }

  @Override
  public boolean submit(Poster.Submission submission) {
    ScriptedL1.Posting posting =
        new ScriptedL1.Posting(operatorId, submission.callData(), submission.blobs());
    byWindow.put(submission.windowSlot(), posting);
    l1.submit(posting);
    return true;
  }

  @Override
  public void prepare(List<byte[]> blobs) {
    // The scripted L1 asks for no proofs.
  }

  @Override
  public boolean isUnderWay(long windowSlot) {
    ScriptedL1.Posting posting = byWindow.get(windowSlot);
    return posting != null && l1.isWaiting(posting);
  }

  @Override
  public void inboxMoved(long l1Number, Hash32 lastBatchHash, Hash32 lastHead) {
    // The scripted inbox drops what it refuses by itself.
  }
}
