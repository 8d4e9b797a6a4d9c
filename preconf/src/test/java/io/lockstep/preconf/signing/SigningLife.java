// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A seeded life of one operator's signer, and of everything that can happen to its disk. */
final class SigningLife {
  private static final long TICKS_PER_WINDOW = 8;
  private static final long EPOCH_MS = 16_000;

  private record Waiting(long ticket, Runnable release) {}

  private record Block(long number, Hash32 hash) {}

  private record Backup(MemoryStore store, MemoryStore main, SigningInterchange export) {}

  private final long seed;
  private final KeyValueStore.Durability mode;
  private final SigningScene scene;
  private final Random random;
  private final F1Model model = new F1Model();
  private final Map<String, Integer> happened = new TreeMap<>();
  private final List<Backup> backups = new ArrayList<>();

  private MemoryStore store = new MemoryStore();
  private MemoryStore main = new MemoryStore();
  private long fileKey;
  private long bootId;
  private long nowMs = 1_000_000;
  private int steps;

  private CommitmentSigner signer;
  private SigningDatabase database;
  private GroupCommit commits;
  private final Deque<Waiting> unreleased = new ArrayDeque<>();
  private final Map<Hash32, List<FragMessage.Part>> bodies = new LinkedHashMap<>();
  private final Deque<Block> chain = new ArrayDeque<>();
  private @Nullable Frag last;
  private @Nullable Ctx openCtx;
  private Hash32 anchor;

  SigningLife(long seed, KeyValueStore.Durability mode) {
    this.seed = seed;
    this.mode = mode;
    this.scene = new SigningScene(seed);
    this.random = scene.scene.random();
    this.anchor = scene.scene.hash();
    chain.push(new Block(0, scene.scene.hash()));
    for (int transactions = 0; transactions < 3; transactions++) {
      FragMessage said = scene.scene.fragMessage(0, 1, 0, scene.ctx(), transactions);
      List<FragMessage.Part> parts = transactions == 0 ? List.of() : said.parts();
      bodies.put(FragMessage.tree(FragMessage.leaves(parts)).root(), parts);
    }
    this.database = database();
    this.commits = commits();
    this.signer = signer(database, commits, 0);
    assertThat(signer.verdict(nowMs)).as(at()).isEqualTo(new SigningVerdict.Ready());
  }

  Map<String, Integer> happened() {
    return happened;
  }

  private void count(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  private String at() {
    return "seed %d, %s, step %d".formatted(seed, mode, steps);
  }

  private long tick() {
    return nowMs / 1_000;
  }

  private static long windowOf(long tick) {
    return tick / TICKS_PER_WINDOW;
  }

  // --- one step ---

  void step() {
    steps++;
    switch (random.nextInt(60)) {
      case 0 -> restart("killed");
      case 1 -> losePower();
      case 2 -> backup();
      case 3 -> putBackSigningAlone();
      case 4 -> putBackEverything();
      case 5 -> twin();
      case 6 -> {
        model.kill(anchor);
        anchor = scene.scene.hash();
        count("anchor died");
      }
      case 7, 8, 9, 10 -> repeat();
      case 11, 12, 13 -> wild();
      case 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25 -> sync();
      case 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39 -> seal();
      default -> frag();
    }
    if (random.nextInt(8) == 0) {
      nowMs += random.nextInt(1_500);
    }
    release();
  }

  private void sync() {
    if (mode == KeyValueStore.Durability.FSYNC) {
      var _ = commits.step();
    }
  }

  private void release() {
    while (!unreleased.isEmpty() && unreleased.peek().ticket <= commits.durable()) {
      unreleased.pop().release.run();
    }
  }

  // --- what the loop asks for ---

  private Ctx ctxOf(long tick) {
    Hash32 windowParent = Keccak.hash(new AbiWords(1).uint(windowOf(tick)).toArray());
    return new Ctx(7, anchor, windowParent, random.nextInt(4) == 0 ? Ctx.PROVISIONAL : 0);
  }

  /** The next frag of the tick that is open, or the first one of the tick that is now. */
  private void frag() {
    long tick = tick();
    OpenTickJournal journal = signer.unfinished().orElse(null);
    Frag before = last;
    Ctx ctx = openCtx;
    if (journal != null && journal.mayContinue() && random.nextInt(2) == 0) {
      before = journal.frags().getLast().frag().object();
      ctx = journal.ctx();
      count("continued");
    }
    boolean goesOn = before != null && ctx != null && random.nextInt(20) != 0;
    Ctx under = goesOn && ctx != null ? ctx : ctxOf(tick);
    Frag frag =
        goesOn && before != null
            ? scene.frag(
                before.windowSlot(),
                before.tick(),
                before.fragIdx() + 1,
                before.identity(),
                under,
                root(),
                nowMs)
            : scene.frag(windowOf(tick), tick, 0, Hash32.ZERO, under, root(), nowMs);
    ask(frag, under);
  }

  private List<FragMessage.Part> body(Frag frag) {
    return bodies.getOrDefault(frag.bodyRoot(), List.of());
  }

  /** Anything at all. */
  private void wild() {
    long tick = tick() + random.nextInt(6) - 3;
    Ctx ctx = ctxOf(tick);
    long window = windowOf(tick) + (random.nextInt(5) == 0 ? random.nextInt(3) - 1 : 0);
    if (random.nextBoolean()) {
      Hash32 previous = random.nextBoolean() || last == null ? Hash32.ZERO : last.identity();
      ask(scene.frag(window, tick, random.nextInt(3), previous, ctx, root(), nowMs), ctx);
    } else {
      Block head = chain.getFirst();
      List<SealMessage.SealedBlock> blocks =
          scene.blocks(
              tick,
              Math.max(1, head.number + random.nextInt(4) - 2),
              scene.scene.hash(),
              head.hash);
      ask(scene.seal(window, tick, ctx, blocks, random.nextInt(4) == 0), ctx, blocks);
    }
  }

  private Hash32 root() {
    return List.copyOf(bodies.keySet()).get(random.nextInt(bodies.size()));
  }

  private void seal() {
    Frag open = last;
    Ctx ctx = openCtx;
    OpenTickJournal journal = signer.unfinished().orElse(null);
    if (journal != null && journal.mayContinue() && random.nextInt(2) == 0) {
      open = journal.frags().getLast().frag().object();
      ctx = journal.ctx();
      count("continued");
    }
    if (open == null || ctx == null) {
      return;
    }
    while (chain.size() > 1 && random.nextInt(6) == 0) {
      chain.pop();
    }
    Block head = chain.getFirst();
    Hash32 hash = scene.scene.hash();
    List<SealMessage.SealedBlock> blocks =
        scene.blocks(open.tick(), head.number + 1, hash, head.hash);
    boolean eop = random.nextInt(10) == 0;
    Seal seal = scene.seal(open.windowSlot(), open.tick(), ctx, blocks, eop);
    if (ask(seal, ctx, blocks)) {
      chain.push(new Block(head.number + 1, hash));
    }
    last = null;
    openCtx = null;
    if (random.nextBoolean()) {
      nowMs += 1_000;
    }
  }

  private void ask(Frag frag, Ctx ctx) {
    signer.reserve(frag.tick());
    switch (signer.sign(frag, ctx, SigningScene.OPERATOR, body(frag))) {
      case SigningOutcome.Granted<FragMessage> granted -> {
        count("granted");
        last = frag;
        openCtx = ctx;
        ledger().put(granted.message());
        unreleased.add(new Waiting(granted.ticket(), () -> model.release(granted.message(), at())));
      }
      case SigningOutcome.Refused<FragMessage> _ -> {
        count("refused");
        last = null;
      }
      case SigningOutcome.Unanswered<FragMessage> _ -> {
        count("unanswered");
        last = null;
      }
    }
  }

  private boolean ask(Seal seal, Ctx ctx, List<SealMessage.SealedBlock> blocks) {
    return switch (signer.sign(seal, ctx, SigningScene.OPERATOR, blocks, model::isDead)) {
      case SigningOutcome.Granted<SealMessage> granted -> {
        count("granted");
        ledger().put(granted.message());
        unreleased.add(new Waiting(granted.ticket(), () -> model.release(granted.message(), at())));
        yield true;
      }
      case SigningOutcome.Refused<SealMessage> _ -> {
        count("refused");
        yield false;
      }
      case SigningOutcome.Unanswered<SealMessage> _ -> {
        count("unanswered");
        yield false;
      }
    };
  }

  /** Something released is asked for again. */
  private void repeat() {
    if (model.released().isEmpty()) {
      return;
    }
    Signed<?> old = model.released().get(random.nextInt(model.released().size()));
    if (old.object() instanceof Frag frag
        && signer.sign(frag, old.ctx(), SigningScene.OPERATOR, body(frag))
            instanceof SigningOutcome.Granted<FragMessage> granted) {
      assertThat(granted.message().frag()).as(at()).isEqualTo(old);
      count("repeated");
    }
  }

  // --- what happens to the process and its disk ---

  private Lease lease(String directory) {
    return new Lease(
        "host",
        "machine",
        directory,
        Long.toString(fileKey),
        Long.toString(bootId),
        mode == KeyValueStore.Durability.FSYNC);
  }

  private SigningDatabase database() {
    return database(store, main, lease("/data"));
  }

  private SigningDatabase database(MemoryStore of, MemoryStore mainStore, Lease lease) {
    try {
      return SigningDatabaseOpening.over(of, mainStore, scene.scope(), lease);
    } catch (SigningDatabaseRefused e) {
      throw new AssertionError(at(), e);
    }
  }

  private GroupCommit commits() {
    return mode == KeyValueStore.Durability.FSYNC
        ? GroupCommit.fsync(database)
        : GroupCommit.process();
  }

  private CommitmentLedger ledger() {
    return new CommitmentLedger(main, scene.scene.domain());
  }

  private CommitmentSigner signer(SigningDatabase of, GroupCommit durability, int epochs) {
    return new CommitmentSigner(
        scene.scene.key(), scene.scene.domain(), of, durability, epochs, nowMs);
  }

  /** The process dies; what it had not released never leaves. */
  private void restart(String how) {
    count(how);
    unreleased.clear();
    last = null;
    openCtx = null;
    nowMs += 1 + random.nextInt(3_000);
    database = database();
    commits = commits();
    signer = signer(database, commits, 1);
    var _ = database.completeLedger(ledger());
    signer.compareWith(ledger());
    bringUp();
  }

  /** What a node does until it signs again; whoever runs it does what the verdict says. */
  private void bringUp() {
    signer.caughtUp(nowMs, EPOCH_MS);
    hearAll();
    for (int attempt = 0; attempt < 12; attempt++) {
      if (signer.isRestored()) {
        signer.restoredPast((windowOf(tick()) + 1) * TICKS_PER_WINDOW - 1);
      }
      switch (signer.verdict(nowMs)) {
        case SigningVerdict.Ready _ -> {
          return;
        }
        case SigningVerdict.Waiting _, SigningVerdict.Away _ -> nowMs += EPOCH_MS;
        case SigningVerdict.Refusing _ -> {
          mend();
          signer.caughtUp(nowMs, EPOCH_MS);
          hearAll();
        }
      }
    }
    throw new AssertionError(at() + ": does not come up: " + signer.verdict(nowMs));
  }

  private void hearAll() {
    model.released().forEach(signer::saw);
    for (Signed<?> signed : model.released()) {
      if (signed.object() instanceof Seal seal) {
        signer.sawPosted(seal.windowSlot(), seal.tick(), seal.tick());
      }
    }
  }

  private void mend() {
    if (!backups.isEmpty() && random.nextBoolean()) {
      count("imported");
      SigningInterchange export = backups.get(random.nextInt(backups.size())).export;
      var _ = SigningDatabaseTool.take(database, export);
    } else {
      count("renewed");
      SigningDatabaseTool.renew(database);
    }
    new KnownDatabase(database.id(), database.state().reservation())
        .write(main, KeyValueStore.Durability.FSYNC);
    nowMs += random.nextInt(2_000);
    database = database();
    commits = commits();
    signer = signer(database, commits, 1);
  }

  private void losePower() {
    bootId++;
    store = store.afterPowerLoss(random);
    main = main.afterPowerLoss(random);
    restart("lost power");
  }

  private void backup() {
    backups.add(new Backup(store.copy(), main.copy(), SigningDatabaseTool.interchange(database)));
  }

  private void putBackSigningAlone() {
    if (!backups.isEmpty()) {
      store = backups.get(random.nextInt(backups.size())).store.copy();
      restart("put back signing alone");
    }
  }

  private void putBackEverything() {
    if (!backups.isEmpty()) {
      Backup backup = backups.get(random.nextInt(backups.size()));
      store = backup.store.copy();
      main = backup.main.copy();
      fileKey++;
      restart("put back everything");
    }
  }

  /** A copy of the folder is started beside the original, which goes on signing. */
  private void twin() {
    SigningDatabase copy = database(store.copy(), main.copy(), lease("/copy"));
    CommitmentSigner other = signer(copy, GroupCommit.process(), 1);
    other.caughtUp(nowMs, EPOCH_MS);
    long untilMs = nowMs + EPOCH_MS;
    int before = model.news();
    for (int i = 0; i < 40 && nowMs < untilMs - 2_000; i++) {
      frag();
      seal();
      sync();
      release();
      nowMs += 200;
      if (other.isRestored()) {
        other.restoredPast(windowOf(tick() + 2 * TICKS_PER_WINDOW) * TICKS_PER_WINDOW);
      }
      assertThat(other.verdict(nowMs)).as(at()).isNotEqualTo(new SigningVerdict.Ready());
    }
    if (model.news() > before) {
      model.released().subList(before, model.news()).forEach(other::saw);
      assertThat(other.verdict(untilMs + EPOCH_MS))
          .as(at())
          .isInstanceOf(SigningVerdict.Refusing.class);
      count("a twin refused");
    }
  }
}
