// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signer over real stores in a folder: the main one in {@code db}, its own in {@code signing}.
 */
final class SigningRig implements AutoCloseable {
  final SigningScene scene;
  final Path dir;
  final KeyValueStore.Durability mode;
  final int epochs;
  final long nowMs;
  final @Nullable Signer holder;
  final RocksStore main;
  final SigningDatabase database;
  final GroupCommit commits;
  final CommitmentSigner signer;

  /** Identity of the newest frag granted here. */
  private Hash32 lastFrag = Hash32.ZERO;

  private long lastTick = -1;
  private long nextIndex;

  /** How a rig is opened. */
  record Options(KeyValueStore.Durability mode, int epochs, long nowMs, @Nullable Signer holder) {
    static final Options PLAIN = new Options(KeyValueStore.Durability.PROCESS, 0, 0, null);

    Options withEpochs(int listened) {
      return new Options(mode, listened, nowMs, holder);
    }

    Options withMode(KeyValueStore.Durability durability) {
      return new Options(durability, epochs, nowMs, holder);
    }

    Options at(long startMs) {
      return new Options(mode, epochs, startMs, holder);
    }

    /** The scene's key is held by this one. */
    Options heldBy(Signer signer) {
      return new Options(mode, epochs, nowMs, signer);
    }
  }

  private SigningRig(SigningScene scene, Path dir, Options options) throws SigningDatabaseRefused {
    this.scene = scene;
    this.dir = dir;
    this.mode = options.mode;
    this.epochs = options.epochs;
    this.nowMs = options.nowMs;
    List<Column> columns = new ArrayList<>(SigningDatabase.mainColumns());
    columns.addAll(CommitmentLedger.columns());
    main = RocksStore.open(dir.resolve("db"), columns);
    try {
      database = SigningDatabase.open(dir.resolve("signing"), main, scene.scope(), mode);
    } catch (SigningDatabaseRefused | RuntimeException e) {
      main.close();
      throw e;
    }
    commits =
        mode == KeyValueStore.Durability.FSYNC
            ? GroupCommit.fsync(database)
            : GroupCommit.process();
    holder = options.holder;
    signer =
        new CommitmentSigner(
            holder == null ? scene.scene.key() : holder,
            scene.scene.domain(),
            database,
            commits,
            epochs,
            nowMs);
  }

  /** A signer that is ready when its database is new. */
  static SigningRig open(SigningScene scene, Path dir) {
    SigningRig rig = open(scene, dir, Options.PLAIN);
    assertThat(rig.signer.verdict(0)).isEqualTo(new SigningVerdict.Ready());
    return rig;
  }

  static SigningRig open(SigningScene scene, Path dir, Options options) {
    try {
      return new SigningRig(scene, dir, options);
    } catch (SigningDatabaseRefused e) {
      throw new AssertionError(e);
    }
  }

  static SigningRig tryOpen(SigningScene scene, Path dir) throws SigningDatabaseRefused {
    return new SigningRig(scene, dir, Options.PLAIN);
  }

  SigningRig reopened() {
    return reopened(new Options(mode, epochs, nowMs, holder));
  }

  /** Closed and opened again; what was granted last is still known. */
  SigningRig reopened(Options options) {
    close();
    SigningRig next = open(scene, dir, options);
    next.lastFrag = lastFrag;
    next.lastTick = lastTick;
    next.nextIndex = nextIndex;
    return next;
  }

  Frag frag(long window, long tick, long index, Hash32 previous, Ctx ctx) {
    return scene.frag(window, tick, index, previous, ctx, SigningScene.emptyRoot(), random());
  }

  private long random() {
    return scene.scene.random().nextInt(1_000_000);
  }

  /** Signs the next frag of a tick. */
  Frag grantFrag(long window, long tick, Ctx ctx) {
    if (tick != lastTick) {
      lastTick = tick;
      nextIndex = 0;
      lastFrag = Hash32.ZERO;
    }
    Frag frag = frag(window, tick, nextIndex, lastFrag, ctx);
    granted(sign(frag, ctx));
    nextIndex++;
    lastFrag = frag.identity();
    return frag;
  }

  List<SealMessage.SealedBlock> newBlocks(long tick) {
    return scene.blocks(tick, tick, scene.scene.hash(), scene.scene.hash());
  }

  Seal seal(long window, long tick, Ctx ctx, boolean eop) {
    return scene.seal(window, tick, ctx, newBlocks(tick), eop);
  }

  Seal grantSeal(long window, long tick, Ctx ctx, boolean eop) {
    List<SealMessage.SealedBlock> blocks = newBlocks(tick);
    Seal seal = scene.seal(window, tick, ctx, blocks, eop);
    granted(sign(seal, ctx, blocks));
    return seal;
  }

  SigningOutcome<FragMessage> sign(Frag frag, Ctx ctx) {
    return signer.sign(frag, ctx, SigningScene.OPERATOR, List.of());
  }

  SigningOutcome<SealMessage> sign(Seal seal, Ctx ctx, List<SealMessage.SealedBlock> blocks) {
    return sign(seal, ctx, blocks, DeadCheck.NONE);
  }

  SigningOutcome<SealMessage> sign(
      Seal seal, Ctx ctx, List<SealMessage.SealedBlock> blocks, DeadCheck deadCheck) {
    return signer.sign(seal, ctx, SigningScene.OPERATOR, blocks, deadCheck);
  }

  <M> M granted(SigningOutcome<M> outcome) {
    assertThat(outcome).isInstanceOf(SigningOutcome.Granted.class);
    M message = ((SigningOutcome.Granted<M>) outcome).message();
    Signed<?> signed =
        switch (message) {
          case FragMessage frag -> frag.frag();
          case SealMessage seal -> seal.seal();
          case PromiseMessage promise -> promise.promise();
          default -> throw new AssertionError(message);
        };
    assertThat(scene.scene.domain().signer(signed)).isEqualTo(scene.scene.key().address());
    return message;
  }

  void refuse(Frag frag, Ctx ctx, String why) {
    assertThat(reason(sign(frag, ctx))).contains(why);
  }

  void refuse(Seal seal, Ctx ctx, String why) {
    assertThat(reason(sign(seal, ctx, newBlocks(seal.tick())))).contains(why);
  }

  static @Nullable String reason(SigningOutcome<?> outcome) {
    return switch (outcome) {
      case SigningOutcome.Granted<?> _ -> "granted";
      case SigningOutcome.Refused<?> no -> no.reason();
      case SigningOutcome.Unanswered<?> none -> "unanswered: " + none.reason();
    };
  }

  long rollup() {
    return Scene.FIRST_ROLLUP;
  }

  @Override
  public void close() {
    commits.close();
    database.close();
    main.close();
  }
}
