// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is asked for, in whatever order: what comes out contradicts nothing. */
class CommitmentSignerPropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  @TempDir Path dir;

  /** What has left the signer, as a slasher would collect it. */
  private static final class Evidence {
    private final Map<String, Bytes> signatureAtPlace = new HashMap<>();
    private final Map<String, Hash32> statementAtPlace = new HashMap<>();
    private final Map<Long, Long> lastTickOfWindow = new HashMap<>();

    /** Takes in something signed; true when it is new. */
    boolean add(SignedObject object, Bytes signature, String at) {
      String place;
      long tick;
      boolean eop = false;
      switch (object) {
        case Frag frag -> {
          tick = frag.tick();
          place = tick + " frag " + frag.fragIdx();
        }
        case Seal seal -> {
          tick = seal.tick();
          place = tick + " seal";
          eop = seal.eop();
        }
        default -> throw new IllegalStateException("no such thing is signed here");
      }
      Hash32 earlier = statementAtPlace.putIfAbsent(place, object.structHash());
      assertThat(earlier == null || earlier.equals(object.structHash()))
          .as("%s: two statements at %s", at, place)
          .isTrue();
      Bytes earlierBytes = signatureAtPlace.putIfAbsent(place, signature);
      assertThat(earlierBytes == null || earlierBytes.equals(signature)).as(at).isTrue();
      Long ended = lastTickOfWindow.get(object.windowSlot());
      assertThat(ended == null || tick <= ended)
          .as("%s: tick %d of window %d after its end", at, tick, object.windowSlot())
          .isTrue();
      if (eop) {
        lastTickOfWindow.put(object.windowSlot(), tick);
      }
      return earlier == null;
    }
  }

  @Test
  void neverSignsTwoStatementsForOnePlaceNorPastTheEndOfAWindow() {
    for (int run = 0; run < 12; run++) {
      long seed = SEED + run;
      Scene scene = new Scene(seed);
      Random random = scene.random();
      // Few roots, contexts and moments: requests often coincide with earlier ones.
      List<Hash32> roots = List.of(scene.hash(), scene.hash());
      List<Ctx> contexts = List.of(scene.ctx(), scene.ctx());
      Evidence evidence = new Evidence();
      int news = 0;
      int repetitions = 0;
      int refusals = 0;
      Path path = dir.resolve("run" + run);
      RocksStore store = RocksStore.open(path, CommitmentSigner.columns());
      CommitmentSigner signer = signer(scene, store);
      for (int step = 0; step < 600; step++) {
        if (random.nextInt(60) == 0) {
          store.close();
          store = RocksStore.open(path, CommitmentSigner.columns());
          signer = signer(scene, store);
        }
        String at = "run %d, step %d, seed %d".formatted(run, step, seed);
        long tick = Math.max(0, step / 20 + random.nextInt(4) - 2);
        long window = tick / 8 + (random.nextInt(10) == 0 ? random.nextInt(3) - 1 : 0);
        Ctx ctx = contexts.get(random.nextInt(2));
        Hash32 root = roots.get(random.nextInt(2));
        long atMs = random.nextInt(2);
        SigningOutcome<?> outcome;
        SignedObject asked;
        if (random.nextInt(3) > 0) {
          Frag frag =
              new Frag(
                  scene.clusterId(),
                  window,
                  tick,
                  random.nextInt(4),
                  Hash32.ZERO,
                  ctx.hash(),
                  root,
                  atMs);
          asked = frag;
          outcome = signer.sign(frag, ctx, (_, _) -> {});
        } else {
          boolean eop = random.nextInt(8) == 0;
          Seal seal =
              new Seal(
                  scene.clusterId(),
                  window,
                  tick,
                  root,
                  ctx.hash(),
                  io.lockstep.primitives.uint.UInt256.ZERO,
                  Hash32.ZERO,
                  eop,
                  atMs);
          asked = seal;
          outcome = signer.sign(seal, ctx, (_, _) -> {});
        }
        switch (outcome) {
          case SigningOutcome.Granted<?> granted -> {
            Signed<?> signed = granted.signed();
            assertThat(signed.object()).as(at).isEqualTo(asked);
            assertThat(scene.domain().signer(signed)).as(at).isEqualTo(scene.key().address());
            if (evidence.add(asked, signed.signature().toBytes(), at)) {
              news++;
            } else {
              repetitions++;
            }
          }
          case SigningOutcome.Refused<?> refused -> {
            assertThat(refused.reason()).as(at).isNotBlank();
            refusals++;
          }
        }
      }
      store.close();
      assertThat(news).as("signed, seed %d", seed).isGreaterThan(10);
      assertThat(repetitions).as("repeated, seed %d", seed).isPositive();
      assertThat(refusals).as("refused, seed %d", seed).isPositive();
    }
  }

  private static CommitmentSigner signer(Scene scene, KeyValueStore store) {
    return new CommitmentSigner(
        scene.key(), scene.domain(), store, KeyValueStore.Durability.PROCESS);
  }
}
