// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.fabric.FabricAnswer;
import io.lockstep.preconf.fabric.FabricAsk;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs frags, seals and promises with the committer key, and nothing that contradicts what it has
 * signed before: after a kill, loss of power, a restored backup or beside a twin (protocol §2.2,
 * §2.5 F1, §7).
 *
 * <p>Places are ordered: tick, then its frags by index, then its seal. A place at or below the
 * highest one signed is refused unless the very same statement was signed there; then the recorded
 * signature is given again. After the end-of-window seal of a window nothing more of it is signed.
 * Promises count in their window, and each says only what a frag of the open tick says. Ticks are
 * reserved on the disk before they are used. A signature may leave once {@link #durability} has
 * reached its ticket.
 *
 * <p>The key may be held by another process, which signs or does not, in time or not. What it is
 * asked for is written down first and takes its place: after a failure only the very same may be
 * asked for again, else nothing of that tick; after a restart the tick is not gone on with, and a
 * promise's nonce is not used a second time. Owner: the sequencing thread, which waits for the
 * key's holder as long as {@link Signer} allows.
 */
public final class CommitmentSigner {
  /** Ticks that one reservation spends: so many fewer syncs, so many idle ticks after a restart. */
  static final int RESERVED_TICKS = 4;

  /** Seals of the main store that are looked at; a reservation is far shorter. */
  private static final long MOST_COMPARED = 64;

  private final Signer key;
  private final CommitmentDomain domain;
  private final SigningDatabase database;
  private final GroupCommit commits;
  private final SigningWatch watch;
  private final PromiseRule promiseRule = new PromiseRule();
  private @Nullable TickRun run;
  private @Nullable OpenTickJournal unfinished;

  /**
   * @param commits of the same database
   * @param doppelgangerEpochs L1 epochs to listen for another signer with a new, moved or restored
   *     database; 0 listens for none
   * @param nowMs start of this process' signing: what its key signed later and it did not is a
   *     twin's
   */
  public CommitmentSigner(
      Signer key,
      CommitmentDomain domain,
      SigningDatabase database,
      GroupCommit commits,
      int doppelgangerEpochs,
      long nowMs) {
    if (!key.address().equals(database.scope().committer())) {
      throw new IllegalStateException("the signing database is not this key's");
    }
    this.key = key;
    this.domain = domain;
    this.database = database;
    this.commits = commits;
    this.watch = new SigningWatch(database, commits, domain, doppelgangerEpochs, nowMs);
    takeUp();
  }

  /** Looks for the tick in which the last process died. */
  private void takeUp() {
    Place highest = database.highest();
    if (highest == null || highest.seal() || database.absence() != null) {
      return;
    }
    List<FragMessage> frags = database.journalledFrags(highest.tick());
    if (frags.isEmpty()) {
      return;
    }
    TickRun found = TickRun.of(frags);
    boolean isWhole = found != null && found.nextFragIdx() == highest.index() + 1;
    boolean mayContinue = isWhole && highest.tick() > database.state().closedTick();
    run = mayContinue ? found : null;
    if (mayContinue) {
      frags.forEach(promiseRule::signed);
    }
    FragMessage first = frags.getFirst();
    unfinished =
        new OpenTickJournal(
            highest.tick(),
            first.frag().ctx(),
            first.frag().object().windowSlot(),
            first.operatorId(),
            frags,
            mayContinue);
  }

  public Address committer() {
    return key.address();
  }

  /** How far signatures are recorded; what leaves waits for it. Any thread. */
  public Durability durability() {
    return commits;
  }

  /** Runs whenever more is durable, on the thread that syncs; set once, before the first use. */
  public void onDurable(Runnable action) {
    commits.onDurable(action);
  }

  /** The highest tick for which anything was signed, or -1. */
  public long highestTick() {
    Place highest = database.highest();
    return highest == null ? -1 : highest.tick();
  }

  /** Number of the L1 block that the highest signed place stands on, or -1. */
  public long newestAnchor() {
    Place highest = database.highest();
    SigningRecord record = highest == null ? null : database.record(highest);
    return record == null ? -1 : record.ctx().anchorNumber();
  }

  /** Whether the key may sign now. To be asked before a tick is opened. */
  public SigningVerdict verdict(long nowMs) {
    SigningVerdict verdict = watch.verdict(nowMs);
    String trouble = verdict instanceof SigningVerdict.Ready ? key.trouble() : null;
    return trouble == null ? verdict : new SigningVerdict.Away(trouble);
  }

  /** Why the key's holder would not sign now, as far as is known without waiting; or null. */
  public @Nullable String trouble() {
    return key.trouble();
  }

  /** Whether signatures come from another process, so that each one takes its time. */
  public boolean isRemote() {
    return key.isRemote();
  }

  /**
   * Whether a tick with this number can still be opened: nothing at or above it was signed or
   * reserved by an earlier process, and its window has not ended.
   */
  public boolean mayOpen(long tick, long windowSlot) {
    Asked asked = database.absence() == null ? database.unanswered() : null;
    return tick > highestTick()
        && (asked == null || tick > asked.place().tick())
        && tick > database.state().watermark()
        && windowSlot > database.state().lastEopWindowSlot();
  }

  /**
   * Puts on the disk that {@code tick} is used, when that is not there yet; to be called when the
   * tick is opened, so that its first frag does not wait for it.
   *
   * @throws StorageException when the disk fails; nothing is signed any more then
   */
  public void reserve(long tick) {
    if (database.absence() != null || tick <= database.state().reservation()) {
      return;
    }
    write(() -> database.reserve(tick + RESERVED_TICKS - 1));
  }

  /** Writes to the database; when that fails, nothing is signed any more. */
  private void write(Runnable change) {
    try {
      change.run();
    } catch (StorageException e) {
      commits.fail(e);
      throw e;
    }
  }

  /**
   * The tick in which the last process died, to be finished or to be given up; empty when there is
   * none, and once anything higher was signed.
   */
  public Optional<OpenTickJournal> unfinished() {
    OpenTickJournal found = unfinished;
    if (found == null) {
      return Optional.empty();
    }
    return Optional.of(isBegun(found.tick()) && !isRestored() ? found : found.closed());
  }

  /**
   * Compares the newest records with the own messages of the main store: when the database was put
   * back from a backup that is hardly older, only they show it. At start, before anything is
   * signed.
   */
  public void compareWith(CommitmentLedger ledger) {
    if (database.absence() != null) {
      return;
    }
    long first = Math.max(0, highestTick());
    long last = database.state().watermark();
    ledger.frags(first, last).forEach(message -> watch.saw(message.frag()));
    int ticks = (int) Math.clamp(last - first + 1, 0, MOST_COMPARED);
    for (SealMessage message : ledger.seals(first, ticks, Integer.MAX_VALUE)) {
      if (message.tick() <= last) {
        watch.saw(message.seal());
      }
    }
  }

  /** The node has caught up with L1: from now on it hears what others sign. */
  public void caughtUp(long nowMs, long epochMs) {
    watch.caughtUp(nowMs, epochMs);
  }

  /** Whether {@link #restoredPast} is still to be told where the current window ends. */
  public boolean isRestored() {
    return watch.isRestored();
  }

  /** Nothing up to {@code tick}, the end of the current window, is ever signed here. */
  public void restoredPast(long tick) {
    watch.restoredPast(tick);
  }

  /** A frag or seal that was heard or fetched; only what carries this key's signature counts. */
  public void saw(Signed<? extends SignedObject> signed) {
    watch.saw(signed);
  }

  /**
   * Own ticks in a batch on L1: sealed by this key and valid as derivation judges.
   *
   * @param lastTick a sealed one
   */
  public void sawPosted(long windowSlot, long firstTick, long lastTick) {
    watch.sawPosted(windowSlot, firstTick, lastTick);
  }

  /** Signs a frag with what it commits to. */
  public SigningOutcome<FragMessage> sign(
      Frag frag, Ctx ctx, int operatorId, List<FragMessage.Part> parts) {
    Place place = Place.of(frag);
    SigningOutcome<Signed<Frag>> known = repeat(frag, ctx, place, frag.sentAtMs());
    if (known != null) {
      return switch (known) {
        case SigningOutcome.Refused<Signed<Frag>> no -> new SigningOutcome.Refused<>(no.reason());
        case SigningOutcome.Unanswered<Signed<Frag>> none ->
            new SigningOutcome.Unanswered<>(none.reason());
        case SigningOutcome.Granted<Signed<Frag>> yes ->
            new SigningOutcome.Granted<>(
                new FragMessage(yes.message(), operatorId, parts), yes.ticket());
      };
    }
    TickRun before = runFor(frag, frag.tick());
    Bytes preimage = domain.preimage(frag);
    Hash32 digest = Keccak.hash(preimage);
    String obstacle = obstacle(frag, place, digest, before);
    if (obstacle != null) {
      return new SigningOutcome.Refused<>(obstacle);
    }
    reserve(frag.tick());
    Signed<Frag> signed;
    try {
      signed = new Signed<>(frag, ctx, signature(place, digest, preimage));
    } catch (SignerException e) {
      return new SigningOutcome.Unanswered<>(e.text());
    }
    FragMessage message = new FragMessage(signed, operatorId, parts);
    SigningRecord record = record(signed, digest, frag.sentAtMs(), false, List.of());
    long ticket = commit(database.newBatch(), place, record, message.encoded());
    run = before.with(frag);
    promiseRule.signed(message);
    return new SigningOutcome.Granted<>(message, ticket);
  }

  /**
   * Signs a seal with its blocks.
   *
   * @param deadCheck tells whether an earlier seal that gave a number another hash is dead
   */
  public SigningOutcome<SealMessage> sign(
      Seal seal,
      Ctx ctx,
      int operatorId,
      List<SealMessage.SealedBlock> blocks,
      DeadCheck deadCheck) {
    Place place = Place.of(seal);
    SigningOutcome<Signed<Seal>> known = repeat(seal, ctx, place, seal.sealedAtMs());
    if (known != null) {
      return switch (known) {
        case SigningOutcome.Refused<Signed<Seal>> no -> new SigningOutcome.Refused<>(no.reason());
        case SigningOutcome.Unanswered<Signed<Seal>> none ->
            new SigningOutcome.Unanswered<>(none.reason());
        case SigningOutcome.Granted<Signed<Seal>> yes ->
            new SigningOutcome.Granted<>(
                new SealMessage(yes.message(), operatorId, blocks), yes.ticket());
      };
    }
    TickRun before = runFor(seal, seal.tick());
    Bytes preimage = domain.preimage(seal);
    Hash32 digest = Keccak.hash(preimage);
    String obstacle = obstacle(seal, place, digest, before);
    NumberRule numbers = new NumberRule(database, deadCheck);
    List<SigningRecord.SealedNumber> numbered =
        blocks.stream()
            .map(block ->
                new SigningRecord.SealedNumber(
                    block.leaf().rollupId(),
                    block.leaf().number(),
                    block.leaf().blockHash(),
                    block.leaf().parentHash()))
            .toList();
    if (obstacle == null) {
      obstacle = numbers.check(seal.tick(), ctx, numbered);
    }
    if (obstacle != null) {
      return new SigningOutcome.Refused<>(obstacle);
    }
    reserve(seal.tick());
    Signed<Seal> signed;
    try {
      signed = new Signed<>(seal, ctx, signature(place, digest, preimage));
    } catch (SignerException e) {
      return new SigningOutcome.Unanswered<>(e.text());
    }
    SealMessage message = new SealMessage(signed, operatorId, blocks);
    SigningRecord record = record(signed, digest, seal.sealedAtMs(), seal.eop(), numbered);
    KeyValueStore.Batch batch = database.newBatch();
    numbers.write(batch);
    long ticket = commit(batch, place, record, message.encoded());
    run = before.asSealed();
    return new SigningOutcome.Granted<>(message, ticket);
  }

  /** The nonce that the next promise of a window must have. */
  public long nextPromiseNonce(long windowSlot) {
    return database.promises().nextNonce(windowSlot);
  }

  /**
   * Signs a promise about what the open tick's frags hold.
   *
   * @param request whom it is for and what it is about, but for the signature
   */
  public SigningOutcome<PromiseMessage> sign(Promise promise, Ctx ctx, PromiseRequest request) {
    requireOurs(promise, ctx);
    String closed = watch.obstacle();
    if (closed != null) {
      return new SigningOutcome.Refused<>(closed);
    }
    PromiseRecords records = database.promises();
    PromiseMessage recorded = records.get(request.tick(), promise.nonce());
    if (recorded != null) {
      return recorded.promise().object().identity().equals(promise.identity())
              && recorded.requestHash().equals(request.requestHash())
              && Objects.equals(key.address(), domain.signer(recorded.promise()))
          ? new SigningOutcome.Granted<>(recorded, commits.written())
          : new SigningOutcome.Refused<>(
              "something else was promised as %d of tick %d"
                  .formatted(promise.nonce(), request.tick()));
    }
    TickRun current = run;
    String obstacle;
    if (current == null || !isBegun(request.tick())) {
      obstacle = "tick " + request.tick() + " is not open: no frag of it was signed";
    } else if (promise.windowSlot() <= database.state().lastEopWindowSlot()) {
      obstacle = "window " + promise.windowSlot() + " is over";
    } else {
      obstacle = current.obstacle(promise);
    }
    if (obstacle == null) {
      long next = records.nextNonce(promise.windowSlot());
      obstacle = promiseRule.obstacle(promise, ctx, request.tick(), next);
    }
    FabricAsk fabric = request.fabric();
    SecretKey held = key instanceof SecretKey own ? own : null;
    if (obstacle == null && fabric != null) {
      obstacle =
          held == null
              ? "a Fabric commitment is signed over a root of SHA-256, and whoever holds the key"
                  + " signs only what it hashes with Keccak itself"
              : FabricAnswer.obstacle(
                  fabric, promise, request.requestHash(), request.transaction(), domain);
    }
    if (obstacle != null) {
      return new SigningOutcome.Refused<>(obstacle);
    }
    Signed<Promise> signed;
    try {
      signed = new Signed<>(promise, ctx, signature(records, promise));
    } catch (SignerException e) {
      return new SigningOutcome.Unanswered<>(e.text());
    }
    PromiseMessage message =
        new PromiseMessage(
            signed,
            request.operatorId(),
            request.tick(),
            request.requestHash(),
            request.transaction(),
            fabric == null || held == null ? null : signature(fabric, signed, held));
    write(() -> records.commit(message));
    return new SigningOutcome.Granted<>(message, commits.wrote());
  }

  /**
   * What a promise is given for.
   *
   * @param tick the open one
   * @param requestHash names the request
   * @param transaction null when it is about none
   * @param fabric the request that the promise is to answer by a Fabric commitment as well, or null
   */
  public record PromiseRequest(
      int operatorId,
      long tick,
      Hash32 requestHash,
      @Nullable Transaction transaction,
      @Nullable FabricAsk fabric) {
    /** One that no Fabric commitment answers. */
    public PromiseRequest(
        int operatorId, long tick, Hash32 requestHash, @Nullable Transaction transaction) {
      this(operatorId, tick, requestHash, transaction, null);
    }
  }

  private void requireOurs(SignedObject object, Ctx ctx) {
    if (!ctx.hash().equals(object.ctxHash())
        || !object.clusterId().equals(database.scope().clusterId())) {
      throw new IllegalStateException("not the object's ctx, or not this database's cluster");
    }
  }

  /** The answer when nothing may be signed or the place is taken; null when it is free. */
  private <T extends SignedObject> @Nullable SigningOutcome<Signed<T>> repeat(
      T object, Ctx ctx, Place place, long atMs) {
    requireOurs(object, ctx);
    String closed = watch.obstacle();
    if (closed != null) {
      return new SigningOutcome.Refused<>(closed);
    }
    SigningRecord recorded = database.record(place);
    if (recorded == null) {
      return null;
    }
    if (!recorded.identity().equals(object.identity()) || recorded.atMs() != atMs) {
      return new SigningOutcome.Refused<>("something else was signed as " + place);
    }
    Signed<T> signed = new Signed<>(object, ctx, recorded.signature());
    return Objects.equals(key.address(), domain.signer(signed))
        ? new SigningOutcome.Granted<>(signed, commits.written())
        : new SigningOutcome.Refused<>(place + " was signed with another key or domain");
  }

  /** Whether the tick was begun here, or by the last process and may be continued. */
  private boolean isBegun(long tick) {
    return run != null && run.tick() == tick && tick > database.state().closedTick();
  }

  private TickRun runFor(SignedObject object, long tick) {
    TickRun current = run;
    return current != null && isBegun(tick) ? current : TickRun.startingWith(tick, object);
  }

  private @Nullable String obstacle(
      SignedObject object, Place place, Hash32 digest, TickRun before) {
    Asked asked = database.unanswered();
    if (asked != null && asked.takes(place, digest)) {
      return "something else was asked for as " + asked.place() + ", and may be signed";
    }
    boolean begun = isBegun(place.tick());
    Place highest = database.highest();
    if (!begun && place.tick() <= database.state().watermark()) {
      return "tick "
          + place.tick()
          + " is spent: all up to "
          + database.state().watermark()
          + " may have been used before the last start";
    }
    if (highest != null
        && (begun ? place.compareTo(highest) < 0 : place.tick() <= highest.tick())) {
      return place + " lies below what was signed already, up to " + highest;
    }
    if (object.windowSlot() <= database.state().lastEopWindowSlot()) {
      return "window "
          + object.windowSlot()
          + " is over: the end of window "
          + database.state().lastEopWindowSlot()
          + " was signed";
    }
    return before.obstacle(object);
  }

  private long commit(KeyValueStore.Batch batch, Place place, SigningRecord record, Bytes message) {
    write(() -> database.commitPlace(batch, place, record, message));
    if (unfinished != null && place.tick() > unfinished.tick()) {
      unfinished = null;
    }
    if (place.seal() && unfinished != null && place.tick() == unfinished.tick()) {
      unfinished = null;
    }
    return commits.wrote();
  }

  private SigningRecord record(
      Signed<?> signed,
      Hash32 digest,
      long atMs,
      boolean eop,
      List<SigningRecord.SealedNumber> blocks) {
    return new SigningRecord(
        signed.object().identity(),
        atMs,
        signed.signature(),
        digest,
        signed.object().windowSlot(),
        signed.ctx(),
        eop,
        blocks);
  }

  private Signature signature(Place place, Hash32 digest, Bytes preimage) throws SignerException {
    if (key.isRemote()) {
      requireThere();
      write(() -> database.ask(new Asked(place, digest)));
    }
    return key.sign(preimage);
  }

  private Signature signature(PromiseRecords records, Promise promise) throws SignerException {
    if (key.isRemote()) {
      requireThere();
      write(() -> records.ask(promise));
    }
    return key.sign(domain.preimage(promise));
  }

  /** A holder that is known to be away is not asked, so nothing is taken by the question. */
  private void requireThere() throws SignerException {
    String trouble = key.trouble();
    if (trouble != null) {
      throw new SignerException(trouble);
    }
  }

  /** Of the commitment that says what the promise says ({@link FabricAnswer}). */
  private Signature signature(FabricAsk fabric, Signed<Promise> promise, SecretKey held) {
    Hash32 root = FabricAnswer.commitment(promise, fabric.request().hash(), domain).root();
    return Secp256k1.sign(fabric.binding().signingRoot(root), held);
  }
}
