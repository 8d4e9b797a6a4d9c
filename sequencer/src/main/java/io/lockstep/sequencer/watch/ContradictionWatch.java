// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.watch;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.InboxEvent;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.evidence.Evidence;
import io.lockstep.preconf.evidence.EvidenceStore;
import io.lockstep.preconf.evidence.Fault;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.types.Address;
import io.lockstep.sequencer.batch.TableEntry;
import io.lockstep.sequencer.derive.FetchedBatch;
import io.lockstep.sequencer.head.L1View;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds contradictions in what is heard and in what is posted, keeps them as evidence, and says
 * whom not to follow: an operator that signed two things for one place may have told others the
 * other one, so only L1 can say what becomes of its window (protocol §2.5, §2.7). Owner: the
 * sequencing thread.
 */
public final class ContradictionWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ContradictionWatch.class);

  /** Some minutes of frags: a second one that comes later than that found its users long ago. */
  private static final int REMEMBERED_FRAGS = 16_384;

  private static final int REMEMBERED_WINDOWS = 256;

  private final CommitmentDomain domain;
  private final CommitmentLedger ledger;
  private final L1View l1;
  private final EvidenceStore store;
  private final Map<Place, Signed<Frag>> frags = bounded(REMEMBERED_FRAGS);
  private final Map<OwnWindow, Ends> ends = bounded(REMEMBERED_WINDOWS);
  private final Set<OwnWindow> distrusted = new HashSet<>();

  private record Place(int operatorId, long tick, long fragIdx) {}

  private record OwnWindow(int operatorId, long windowSlot) {}

  /**
   * The last tick of a window, and the newest heard.
   *
   * @param end the seal with eop, when it was heard
   */
  private record Ends(@Nullable Signed<Seal> end, Signed<Seal> newest) {}

  public ContradictionWatch(
      CommitmentDomain domain, CommitmentLedger ledger, L1View l1, EvidenceStore store) {
    this.domain = domain;
    this.ledger = ledger;
    this.l1 = l1;
    this.store = store;
    store.list(Integer.MAX_VALUE).stream()
        .filter(known -> known.fault() == Fault.EQUIVOCATION)
        .forEach(known -> distrusted.add(new OwnWindow(known.operatorId(), known.windowSlot())));
  }

  /** Whether this operator has signed contradictions in this window. */
  public boolean isDistrusted(int operatorId, long windowSlot) {
    return !distrusted.isEmpty() && distrusted.contains(new OwnWindow(operatorId, windowSlot));
  }

  /** A frag whose signer is the window's committer; before it is kept. */
  public void saw(FragMessage message) {
    Signed<Frag> heard = message.frag();
    Frag frag = heard.object();
    Signed<Frag> known =
        frags.putIfAbsent(new Place(message.operatorId(), frag.tick(), frag.fragIdx()), heard);
    if (known != null
        && known.object().windowSlot() == frag.windowSlot()
        && !known.object().identity().equals(frag.identity())) {
      equivocation(new Evidence.TwoFrags(message.operatorId(), known, heard));
    }
  }

  /** A seal whose signer is the window's committer; before it is kept. */
  public void saw(SealMessage message) {
    Signed<Seal> heard = message.seal();
    Seal seal = heard.object();
    int operatorId = message.operatorId();
    SealMessage kept = ledger.seal(message.tick());
    if (kept != null
        && kept.operatorId() == operatorId
        && kept.seal().object().windowSlot() == seal.windowSlot()
        && !kept.seal().object().identity().equals(seal.identity())
        && Objects.equals(signer(kept.seal()), signer(heard))) {
      equivocation(new Evidence.TwoSeals(operatorId, kept.seal(), heard));
    }
    OwnWindow window = new OwnWindow(operatorId, seal.windowSlot());
    Ends before = ends.get(window);
    Signed<Seal> end = seal.eop() ? heard : before == null ? null : before.end;
    Signed<Seal> newest =
        before == null || before.newest.object().tick() < seal.tick() ? heard : before.newest;
    ends.put(window, new Ends(end, newest));
    if (end != null && newest.object().tick() > end.object().tick()) {
      keep(new Evidence.AfterEnd(operatorId, end, newest));
    }
  }

  /** A batch that was read whole: its own ticks against the seals of them. */
  public void posted(FetchedBatch.Decoded batch) {
    BatchProposed event = batch.event();
    Batch call = batch.call();
    if (event.operatorId() == 0 || call.firstTick() > call.lastTick()) {
      return;
    }
    Map<Long, Set<TableEntry>> posted = new LinkedHashMap<>();
    for (TableEntry entry : batch.blobs().table()) {
      posted.computeIfAbsent(entry.tick(), _ -> new HashSet<>()).add(entry);
    }
    for (SealMessage seal : sealsOf(call)) {
      if (seal.operatorId() == event.operatorId()
          && seal.seal().object().windowSlot() == event.windowSlot().value()
          && isBinding(seal)
          && !isPosted(seal, posted.getOrDefault(seal.tick(), Set.of()))) {
        keep(new Evidence.PostedAnother(seal, event.batchIndex(), event.batchHash()));
      }
    }
  }

  /** A batch that gave no block. */
  public void derivedToNothing(InboxEvent event, String why) {
    if (event.operatorId() != 0) {
      keep(
          new Evidence.DerivedToNothing(
              event.operatorId(),
              event.windowSlot().value(),
              event.batchIndex(),
              event.batchHash(),
              why));
    }
  }

  private List<SealMessage> sealsOf(Batch call) {
    int ticks = (int) Math.min(1_024, call.lastTick() - call.firstTick() + 1);
    return ledger.seals(call.firstTick(), ticks, Integer.MAX_VALUE).stream()
        .filter(seal -> seal.tick() <= call.lastTick())
        .toList();
  }

  /** Final, and on an anchor that still stands. */
  private boolean isBinding(SealMessage seal) {
    var ctx = seal.seal().ctx();
    return !ctx.isProvisional() && l1.isCanonical(ctx.anchorNumber(), ctx.anchorHash());
  }

  private static boolean isPosted(SealMessage seal, Set<TableEntry> entries) {
    return seal.blocks().stream()
        .map(SealMessage.SealedBlock::leaf)
        .allMatch(leaf ->
            entries.contains(
                new TableEntry(leaf.tick(), leaf.rollupId(), leaf.number(), leaf.blockHash())));
  }

  private void equivocation(Evidence evidence) {
    distrusted.add(new OwnWindow(evidence.operatorId(), evidence.windowSlot()));
    keep(evidence);
  }

  private void keep(Evidence evidence) {
    if (store.record(evidence)) {
      LOG.error(
          "operator {}, window {}: {} ({}): {}; kept as evidence",
          evidence.operatorId(),
          evidence.windowSlot(),
          evidence.fault(),
          evidence.fault().catalogueName(),
          evidence.summary());
    }
  }

  private @Nullable Address signer(Signed<?> signed) {
    return domain.signer(signed);
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }
}
