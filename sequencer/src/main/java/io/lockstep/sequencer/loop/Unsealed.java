// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.OpenTickJournal;
import io.lockstep.sequencer.builder.TickBuilder;
import io.lockstep.sequencer.builder.WindowRun;
import io.lockstep.sequencer.schedule.Window;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.TickPlan;
import io.lockstep.sequencer.window.WindowClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was released in frags and never sealed: this operator's, from before its death or before the
 * chain moved, and that of an operator that has died. Users hold receipts for it, so it is finished
 * where that is still allowed, and else comes first in the next block that is built here on the
 * same parent (protocol §7). Owner: the sequencing thread.
 */
final class Unsealed {
  private static final Logger LOG = LoggerFactory.getLogger(Unsealed.class);

  /** Of unsealed ticks, read when a tick is opened. */
  private static final int MOST_FRAGS = 1_024;

  private static final long MOST_FRAG_BYTES = 64 << 20;

  private final Core core;
  private final int operatorId;
  private final CommitmentSigner signer;
  private final TickBuilder builder;
  private final OwnRun run;
  private final Supplier<TickBuilder.Room> room;
  private final WindowClock clock;
  private OrphanedBlock orphaned = OrphanedBlock.NONE;

  /**
   * @param room what a tick may still take
   */
  Unsealed(
      Core core,
      int operatorId,
      CommitmentSigner signer,
      TickBuilder builder,
      OwnRun run,
      Supplier<TickBuilder.Room> room) {
    this.core = core;
    this.operatorId = operatorId;
    this.signer = signer;
    this.builder = builder;
    this.run = run;
    this.room = room;
    this.clock = core.turns().clock();
  }

  /** Keeps an own tick under which the chain has moved. */
  void keep(OpenTick open) {
    orphaned = OrphanedBlock.of(open);
  }

  /**
   * The tick in which this operator died: it is finished from its journal while its window lasts
   * and nobody has built on its parent; else what it had released goes before all else into the
   * next block that is built here on the same parent (protocol §7).
   */
  void takeUp(long nowMs) {
    OpenTickJournal journal = signer.unfinished().orElse(null);
    if (journal == null) {
      return;
    }
    L1Block anchor = core.l1().canonical(journal.ctx().anchorNumber());
    Window window = core.turns().windowAt(Math.floorDiv(nowMs, 1000));
    OpenTick followed = core.follower().openTick();
    String fault;
    if (!journal.mayContinue()) {
      fault = "more may have been released of it than is recorded";
    } else if (anchor == null || !anchor.hash().equals(journal.ctx().anchorHash())) {
      fault = "its anchor is no longer on L1";
    } else if (window == null || window.windowSlot().value() != journal.windowSlot()) {
      fault = "its window has ended";
    } else if (journal.tick() <= core.cluster().headTick()
        || (followed != null && followed.plan().tick() != journal.tick())) {
      fault = "the chain has gone on without it";
    } else {
      fault = resume(journal, anchor, nowMs);
    }
    if (fault == null) {
      LOG.info("tick {} is finished from its {} frags", journal.tick(), journal.frags().size());
    } else {
      LOG.info("tick {}, in which this operator died, is given up: {}", journal.tick(), fault);
      orphaned = OrphanedBlock.of(journal.frags());
    }
  }

  private @Nullable String resume(OpenTickJournal journal, L1Block anchor, long nowMs) {
    TickPlan plan =
        new TickPlan(journal.tick(), clock.timestampSeconds(journal.tick()), anchor, operatorId);
    WindowRun windowRun = run.of(journal.windowSlot(), journal.ctx().windowParent());
    if (!windowRun.windowParent().equals(journal.ctx().windowParent())) {
      return "its window has another parent now";
    }
    String fault = builder.resume(plan, windowRun, journal, room.get(), nowMs);
    if (fault == null) {
      core.follower().reset();
    }
    return fault;
  }

  /**
   * The own tick was opened and begins with {@code first}: what was followed and is not in it waits
   * again.
   */
  void begunWith(OrphanedBlock first, long nowMs) {
    OpenTick followed = core.follower().openTick();
    core.follower().reset();
    if (followed != null && first.size() < OrphanedBlock.of(followed).size()) {
      core.pools().takeBack(followed, builder.openTick(), nowMs);
    }
  }

  /**
   * A frag once released keeps its place: what somebody released on our head and did not seal comes
   * first, in its order; the own of earlier, or that of an operator that has died.
   */
  OrphanedBlock comesFirst() {
    List<OrphanedBlock> candidates = new ArrayList<>(List.of(orphaned));
    OpenTick followed = core.follower().openTick();
    if (followed != null) {
      candidates.add(OrphanedBlock.of(followed));
    }
    // After a restart only the ledger has what was followed.
    Map<Long, List<FragMessage>> byTick = new TreeMap<>();
    for (FragMessage frag :
        core.ledger().fragsFrom(core.cluster().headTick() + 1, MOST_FRAGS, MOST_FRAG_BYTES)) {
      byTick.computeIfAbsent(frag.frag().object().tick(), _ -> new ArrayList<>()).add(frag);
    }
    byTick.values().forEach(frags -> candidates.add(OrphanedBlock.of(frags)));
    orphaned = OrphanedBlock.NONE;
    // Whoever began with what another had released holds a part of it, or more.
    return candidates.stream()
        .filter(candidate -> candidate.standsOn(core.cluster()))
        .max(Comparator.comparingInt(OrphanedBlock::size))
        .orElse(OrphanedBlock.NONE);
  }
}
