// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.builder;

import io.lockstep.execution.block.TxOutcome;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.DeadCheck;
import io.lockstep.preconf.signing.OpenTickJournal;
import io.lockstep.preconf.signing.SigningOutcome;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.mempool.BestFirst;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.tick.OpenTick;
import io.lockstep.sequencer.tick.Rollup;
import io.lockstep.sequencer.tick.TickPlan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds one tick after the other while it is this operator's turn: executes what waits, signs a
 * frag over it, seals the tick at its end. Nothing is handed out before the signer has recorded it.
 * Owner: the sequencing thread.
 */
public final class TickBuilder {
  /** A frag closes after this much gas so that the first of a burst do not wait for the last. */
  private static final long FRAG_GAS = 5_000_000;

  private static final int FRAG_TRANSACTIONS = 512;

  /** Transactions that do not fit, after which a frag looks no further: the next one is near. */
  private static final int MISSES = 64;

  /** No transaction needs less gas. */
  private static final long LEAST_GAS = 21_000;

  private final BuilderRules rules;
  private final List<Rollup> rollups;
  private final Map<Long, Mempool> mempools;
  private final CommitmentSigner signer;
  private final CommitmentLedger ledger;

  private @Nullable Open open;

  /** The state of the tick being built. */
  private static final class Open {
    final OpenTick tick;
    final Ctx ctx;
    final WindowRun run;
    final Room room;
    final Map<Long, Deque<Transaction>> first = new LinkedHashMap<>();
    final Map<Long, Deque<Transaction>> asked = new LinkedHashMap<>();
    final Map<Hash32, Unfit> unfit = new LinkedHashMap<>();
    long fragIdx;
    Hash32 prevFragHash = Hash32.ZERO;
    long lastFragAtMs;
    long bytes;
    @Nullable AskedFor unsigned;

    Open(OpenTick tick, Ctx ctx, WindowRun run, Room room, long nowMs) {
      this.tick = tick;
      this.ctx = ctx;
      this.run = run;
      this.room = room;
      this.lastFragAtMs = nowMs - 1_000_000;
    }
  }

  /** What the key's holder was asked to sign and did not: it is asked for this, or nothing. */
  private sealed interface AskedFor {
    record OfFrag(Frag frag, List<FragMessage.Part> parts) implements AskedFor {}

    record OfSeal(
        Seal seal,
        List<BlockLeaf> leaves,
        List<SealMessage.SealedBlock> blocks,
        List<OpenTick.FinishedBlock> finished)
        implements AskedFor {}
  }

  /**
   * How much an open tick may take.
   *
   * @param bytes of transactions, so that all that is unposted fits one posting (protocol §3)
   * @param transactions how many more have room in the exposure at this moment (§6.2)
   */
  public record Room(long bytes, LongSupplier transactions) {}

  /**
   * Why a transaction that was asked for did not find its place.
   *
   * @param mayFitLater whether a later frag or tick may have room for it
   */
  public record Unfit(String why, boolean mayFitLater) {}

  /** What a turn of the builder gave. */
  public sealed interface Step {
    record Nothing() implements Step {}

    /** A frag was signed and recorded: release it once {@code ticket} is durable. */
    record Released(FragMessage frag, long ticket) implements Step {}

    /** The tick was sealed, recorded and is the head: release it once {@code ticket} is durable. */
    record Sealed(SealMessage seal, long ticket) implements Step {}

    /**
     * The key's holder gave no signature: nothing was released, and until {@link #again} gives one
     * nothing else is signed of the tick.
     */
    record Unsigned(String why) implements Step {}

    /** The open tick is to be discarded: it was not signed in time. */
    record GivenUp(String why) implements Step {}

    /** The signer refused: nothing more may be signed; the open tick is to be discarded. */
    record Halted(String why) implements Step {}
  }

  private static final Step NOTHING = new Step.Nothing();

  public TickBuilder(
      BuilderRules rules,
      List<Rollup> rollups,
      Map<Long, Mempool> mempools,
      CommitmentSigner signer,
      CommitmentLedger ledger) {
    this.rules = rules;
    this.rollups = List.copyOf(rollups);
    this.mempools = new LinkedHashMap<>(mempools);
    this.signer = signer;
    this.ledger = ledger;
  }

  /** The tick being built, or null. */
  public @Nullable OpenTick openTick() {
    return open == null ? null : open.tick;
  }

  /** The Ctx of the tick being built, or null. */
  public @Nullable Ctx ctx() {
    return open == null ? null : open.ctx;
  }

  /**
   * Opens a tick on the heads.
   *
   * @param first by rollup, what comes before anything that waits, in this order: it was released
   *     before for this very place
   */
  public void open(
      TickPlan plan,
      Ctx ctx,
      WindowRun run,
      Room room,
      Map<Long, List<Transaction>> first,
      long nowMs) {
    if (open != null) {
      throw new IllegalStateException("tick " + open.tick.plan().tick() + " is still open");
    }
    signer.reserve(plan.tick());
    OpenTick tick = OpenTick.open(plan, rollups);
    if (tick == null) {
      throw new IllegalStateException(
          "the system transaction of tick " + plan.tick() + " does not succeed");
    }
    for (OpenTick.RollupBlock block : tick.blocks()) {
      Mempool mempool = mempools.get(block.rollup().id());
      if (mempool != null) {
        mempool.setHead(block.env().baseFeePerGas(), block.env().gasLimit());
      }
    }
    Open opened = new Open(tick, ctx, run, room, nowMs);
    first.forEach((rollupId, txs) -> opened.first.put(rollupId, new ArrayDeque<>(txs)));
    open = opened;
  }

  /**
   * Opens the tick in which this operator died again, with the frags it had signed; it goes on and
   * is sealed as if nothing had happened.
   *
   * @return why it cannot be: then no tick is open
   */
  public @Nullable String resume(
      TickPlan plan, WindowRun run, OpenTickJournal journal, Room room, long nowMs) {
    if (open != null) {
      throw new IllegalStateException("tick " + open.tick.plan().tick() + " is still open");
    }
    OpenTick tick = OpenTick.open(plan, rollups);
    if (tick == null) {
      return "the system transaction does not succeed";
    }
    Open resumed = new Open(tick, journal.ctx(), run, room, nowMs);
    for (FragMessage frag : journal.frags()) {
      for (FragMessage.Part part : frag.parts()) {
        String fault = repeat(resumed, part);
        if (fault != null) {
          return fault;
        }
      }
      resumed.fragIdx++;
      resumed.prevFragHash = frag.frag().object().identity();
    }
    open = resumed;
    return null;
  }

  private @Nullable String repeat(Open resumed, FragMessage.Part part) {
    OpenTick.RollupBlock block = resumed.tick.block(part.rollupId());
    if (!block.parentHash().equals(part.parentHash())) {
      return "block " + part.number() + " would stand on another parent now";
    }
    Mempool mempool = mempools.get(part.rollupId());
    for (int i = 0; i < part.transactions().size(); i++) {
      Transaction tx = part.transactions().get(i);
      if (!(block.execute(tx) instanceof TxOutcome.Included included)
          || !included.receipt().hash().equals(part.receiptHashes().get(i))) {
        return "transaction " + tx.hash() + " has another outcome now";
      }
      resumed.bytes += tx.encoded().size();
      if (mempool != null) {
        mempool.included(tx);
      }
    }
    return null;
  }

  /** Forgets the open tick and gives back the transactions it had. */
  public Map<Long, List<Transaction>> discard() {
    Map<Long, List<Transaction>> orphans = new LinkedHashMap<>();
    if (open != null) {
      for (OpenTick.RollupBlock block : open.tick.blocks()) {
        orphans.put(block.rollup().id(), List.copyOf(block.body()));
      }
    }
    open = null;
    return orphans;
  }

  /**
   * The next frag begins with this transaction of the rollup, after others that were asked for;
   * either it is in that frag, or {@link #takeUnfit} tells why not.
   */
  public void ask(long rollupId, Transaction tx) {
    Open current = open;
    if (current == null) {
      throw new IllegalStateException("no tick is open");
    }
    current.asked.computeIfAbsent(rollupId, _ -> new ArrayDeque<>()).add(tx);
  }

  /** Why a transaction that was asked for found no place, once; null when it has not failed. */
  public @Nullable Unfit takeUnfit(Hash32 txHash) {
    return open == null ? null : open.unfit.remove(txHash);
  }

  /** Whether the builder may still choose what comes first in the rollup's open block. */
  public boolean isTopFree(long rollupId) {
    Open current = open;
    return current != null
        && current.tick.block(rollupId).bodySize() == 0
        && current.first.getOrDefault(rollupId, new ArrayDeque<>()).isEmpty()
        && current.asked.getOrDefault(rollupId, new ArrayDeque<>()).isEmpty();
  }

  /** L1 slot that names the open tick's window. */
  public long windowSlot() {
    Open current = open;
    if (current == null) {
      throw new IllegalStateException("no tick is open");
    }
    return current.run.windowSlot();
  }

  /** Whether something of the open tick waits for its signature, see {@link #again}. */
  public boolean isUnsigned() {
    return open != null && open.unsigned != null;
  }

  /**
   * Asks once more for what waits for its signature: for the very same.
   *
   * @param deadCheck as for {@link #seal}
   */
  public Step again(DeadCheck deadCheck) {
    Open current = open;
    AskedFor asked = current == null ? null : current.unsigned;
    if (current == null || asked == null) {
      return NOTHING;
    }
    return switch (asked) {
      case AskedFor.OfFrag frag -> release(current, frag);
      case AskedFor.OfSeal seal -> finish(current, seal, deadCheck);
    };
  }

  /** Whether a frag of the open tick was signed. */
  public boolean hasFrag() {
    return open != null && open.fragIdx > 0;
  }

  /** Whether anything with a transaction was released of the open tick. */
  public boolean hasReleased() {
    return open != null && open.tick.hasTransactions();
  }

  /**
   * Releases a frag when something waits and the last one is long enough ago, or as a heartbeat.
   */
  public Step frag(long nowMs) {
    Open current = open;
    if (current == null
        || current.unsigned != null
        || nowMs - current.lastFragAtMs < rules.fragMinIntervalMs()) {
      return NOTHING;
    }
    List<FragMessage.Part> parts = new ArrayList<>();
    for (OpenTick.RollupBlock block : current.tick.blocks()) {
      FragMessage.Part part = fill(current, block, nowMs);
      if (part != null) {
        parts.add(part);
      }
    }
    boolean heartbeatDue = nowMs - current.lastFragAtMs >= rules.heartbeatMs();
    if (parts.isEmpty() && !heartbeatDue) {
      return NOTHING;
    }
    return release(current, parts, nowMs);
  }

  private Step release(Open current, List<FragMessage.Part> parts, long nowMs) {
    List<TxLeaf> leaves = FragMessage.leaves(parts);
    Frag frag =
        new Frag(
            rules.clusterId(),
            current.run.windowSlot(),
            current.tick.plan().tick(),
            current.fragIdx,
            current.prevFragHash,
            current.ctx.hash(),
            FragMessage.tree(leaves).root(),
            nowMs);
    return release(current, new AskedFor.OfFrag(frag, parts));
  }

  private Step release(Open current, AskedFor.OfFrag asked) {
    int operatorId = current.tick.plan().operatorId();
    Frag frag = asked.frag;
    return switch (signer.sign(frag, current.ctx, operatorId, asked.parts)) {
      case SigningOutcome.Granted<FragMessage> granted -> {
        ledger.put(granted.message());
        current.unsigned = null;
        current.fragIdx++;
        current.prevFragHash = frag.identity();
        current.lastFragAtMs = frag.sentAtMs();
        yield new Step.Released(granted.message(), granted.ticket());
      }
      case SigningOutcome.Unanswered<FragMessage> none -> {
        current.unsigned = asked;
        yield new Step.Unsigned(none.reason());
      }
      case SigningOutcome.Refused<FragMessage> refused -> halt(refused.reason());
    };
  }

  /** Executes what waits for one rollup; null when nothing came of it. */
  private FragMessage.@Nullable Part fill(Open current, OpenTick.RollupBlock block, long nowMs) {
    Mempool mempool = mempools.get(block.rollup().id());
    Deque<Transaction> first = current.first.getOrDefault(block.rollup().id(), new ArrayDeque<>());
    Deque<Transaction> asked = current.asked.getOrDefault(block.rollup().id(), new ArrayDeque<>());
    if (mempool == null || (mempool.pendingCount() == 0 && first.isEmpty() && asked.isEmpty())) {
      return null;
    }
    Filling filling = new Filling(current, block);
    while (filling.hasRoom() && !first.isEmpty()) {
      Transaction tx = first.removeFirst();
      filling.offer(tx);
    }
    while (first.isEmpty() && !asked.isEmpty()) {
      Transaction tx = asked.removeFirst();
      if (!filling.hasRoom()) {
        current.unfit.put(tx.hash(), new Unfit("the frag is full", true));
      } else if (!filling.offer(tx)) {
        current.unfit.put(tx.hash(), filling.unfit());
      }
    }
    BestFirst walk = mempool.bestFirst();
    while (filling.hasRoom() && filling.hasExposure()) {
      Transaction tx = walk.next();
      if (tx == null) {
        break;
      }
      if (!filling.offer(tx)) {
        walk.skipSender();
      }
    }
    filling.taken.forEach(mempool::included);
    filling.overtaken.forEach(tx -> mempool.remove(tx.hash()));
    filling.failed.forEach(tx -> mempool.failed(tx, nowMs));
    filling.taken.forEach(tx -> tellBalance(mempool, block, tx));
    if (filling.taken.isEmpty()) {
      return null;
    }
    return new FragMessage.Part(
        block.rollup().id(),
        block.env().number(),
        block.parentHash(),
        filling.firstIndex,
        filling.taken,
        filling.receiptHashes);
  }

  /** One rollup's part of a frag while it is filled. */
  private static final class Filling {
    private final Open open;
    private final OpenTick.RollupBlock block;
    private final long firstIndex;
    private final long mostTransactions;
    private final List<Transaction> taken = new ArrayList<>();
    private final List<Hash32> receiptHashes = new ArrayList<>();
    private final List<Transaction> failed = new ArrayList<>();

    /** Those whose nonce another in the block has used, which is no fault of theirs. */
    private final List<Transaction> overtaken = new ArrayList<>();

    private long gas;
    private int misses;
    private TxOutcome.@Nullable Refused last;

    Filling(Open open, OpenTick.RollupBlock block) {
      this.open = open;
      this.block = block;
      this.firstIndex = block.size();
      this.mostTransactions = open.room.transactions.getAsLong();
    }

    /** Whether one more that bought no coverage can be stood for; else it waits for a posting. */
    boolean hasExposure() {
      return taken.size() < mostTransactions;
    }

    /** Why the transaction that was offered last was not taken. */
    Unfit unfit() {
      TxOutcome.Refused refused = last;
      if (refused == null) {
        return new Unfit("what is unposted fills one posting", true);
      }
      return new Unfit(refused.message(), refused.reason() == TxOutcome.Reason.BLOCK_FULL);
    }

    boolean hasRoom() {
      return taken.size() < FRAG_TRANSACTIONS
          && gas < FRAG_GAS
          && misses < MISSES
          && block.gasLeft() >= LEAST_GAS;
    }

    /** Executes a transaction; false when it has no place here now. */
    boolean offer(Transaction tx) {
      last = null;
      if (open.bytes + tx.encoded().size() > open.room.bytes) {
        misses++;
        return false;
      }
      switch (block.execute(tx)) {
        case TxOutcome.Included included -> {
          taken.add(tx);
          receiptHashes.add(included.receipt().hash());
          gas += included.gasUsed();
          open.bytes += tx.encoded().size();
          return true;
        }
        case TxOutcome.Refused no -> {
          misses++;
          last = no;
          switch (no.reason()) {
            case BLOCK_FULL, NONCE_TOO_HIGH, FEE_CAP_BELOW_BASE_FEE -> {}
            case NONCE_TOO_LOW -> overtaken.add(tx);
            case MALFORMED,
                INSUFFICIENT_FUNDS,
                BLOB_FEE_CAP_BELOW_BLOB_BASE_FEE,
                INTRINSIC_GAS_TOO_LOW,
                GAS_LIMIT_TOO_HIGH,
                SENDER_HAS_CODE ->
                failed.add(tx);
          }
          return false;
        }
      }
    }
  }

  /** What a sender has waiting must be affordable in the state that its last transaction left. */
  private static void tellBalance(
      Mempool mempool, OpenTick.RollupBlock block, Transaction included) {
    Address sender = included.sender();
    AccountState account = sender == null ? null : block.state().account(sender);
    if (sender != null && account != null && mempool.hasSender(sender)) {
      mempool.onStateChange(sender, account.nonce(), account.balance());
    }
  }

  /**
   * Seals the open tick: its blocks become the heads.
   *
   * @param exposureWei coverage of all own promises not posted, this tick's included
   * @param deadCheck tells which earlier seals of this operator no longer bind
   */
  public Step seal(boolean eop, UInt256 exposureWei, DeadCheck deadCheck, long nowMs) {
    Open current = open;
    if (current == null) {
      throw new IllegalStateException("no tick is open");
    }
    List<OpenTick.FinishedBlock> finished =
        current.tick.blocks().stream().map(OpenTick.RollupBlock::finish).toList();
    long tick = current.tick.plan().tick();
    List<BlockLeaf> leaves =
        finished.stream()
            .map(block ->
                new BlockLeaf(
                    tick,
                    block.rollup().id(),
                    block.header().number(),
                    block.hash(),
                    block.header().parentHash()))
            .toList();
    MerkleTree tree = current.run.treeWith(leaves);
    Seal seal =
        new Seal(
            rules.clusterId(),
            current.run.windowSlot(),
            tick,
            tree.root(),
            current.ctx.hash(),
            exposureWei,
            Hash32.ZERO,
            eop,
            nowMs);
    List<SealMessage.SealedBlock> blocks = new ArrayList<>();
    for (int i = 0; i < finished.size(); i++) {
      blocks.add(
          new SealMessage.SealedBlock(
              leaves.get(i),
              tree.path(current.run.nextIndex() + i),
              finished.get(i).header().gasLimit(),
              finished.get(i).body()));
    }
    return finish(current, new AskedFor.OfSeal(seal, leaves, blocks, finished), deadCheck);
  }

  private Step finish(Open current, AskedFor.OfSeal asked, DeadCheck deadCheck) {
    int operatorId = current.tick.plan().operatorId();
    return switch (signer.sign(asked.seal, current.ctx, operatorId, asked.blocks, deadCheck)) {
      case SigningOutcome.Granted<SealMessage> granted -> {
        ledger.put(granted.message());
        asked.finished.forEach(OpenTick.FinishedBlock::append);
        current.run.add(asked.leaves);
        open = null;
        yield new Step.Sealed(granted.message(), granted.ticket());
      }
      case SigningOutcome.Unanswered<SealMessage> none -> {
        current.unsigned = asked;
        yield new Step.Unsigned(none.reason());
      }
      case SigningOutcome.Refused<SealMessage> refused -> halt(refused.reason());
    };
  }

  private static Step halt(String why) {
    return new Step.Halted(why);
  }
}
