// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.sequencer.derive.DerivationLog;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was posted as an L1 block shows it: an operator stands for a tick until its batch is at the
 * anchor of what it signs (protocol §6.2). Owner: the sequencing thread.
 */
final class Posted {
  private final DerivationLog log;
  private DerivationLog.@Nullable Entry asOf;
  private long atL1 = -1;
  private long height;

  Posted(DerivationLog log) {
    this.log = log;
  }

  /** Height of the newest block that batches up to this L1 block hold. */
  long heightAt(long l1Number) {
    DerivationLog.Entry last = log.last();
    if (atL1 != l1Number || !Objects.equals(last, asOf)) {
      DerivationLog.Entry entry = log.newestUpTo(l1Number);
      height = entry == null ? 0 : entry.heightAfter();
      atL1 = l1Number;
      asOf = last;
    }
    return height;
  }
}
