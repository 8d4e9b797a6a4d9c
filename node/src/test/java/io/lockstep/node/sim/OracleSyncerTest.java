// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.l1client.contract.LookaheadReader;
import io.lockstep.l1client.contract.LookaheadSynced;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.Transport;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.duty.OracleSyncer;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Four operators' syncers on one L1, which is stepped by hand (protocol §1.2.5). */
class OracleSyncerTest {
  /** The epoch of the run's first slot; its proposers and the next epoch's are in the state. */
  private static final Epoch NOW = new Epoch(PreparedL1.FIRST_SLOT / 8);

  private static final Epoch NEXT = new Epoch(NOW.value() + 1);

  /** Validators of operators 2 and 1, one of nobody. */
  private static final List<Integer> PROPOSERS = List.of(5, 4, 5, 4, 5, 4, 5, 0);

  private final List<OracleSyncer> syncers = new ArrayList<>();
  private SteppedBox box;
  private L1Access l1;
  private LookaheadReader oracle;

  @BeforeEach
  void open() throws Exception {
    PreparedL1 prepared = PreparedL1.get();
    box = prepared.open(List.of(PROPOSERS, PROPOSERS, PROPOSERS));
    l1 = L1Access.open(SimL1.RPC, SimL1.BEACON, new Direct(box));
    oracle = new LookaheadReader(l1.execution(), prepared.cluster().lookaheadOracle());
    RegistryReader registry =
        new RegistryReader(l1.execution(), prepared.cluster().operatorRegistry());
    for (int id = 1; id <= PreparedL1.OPERATORS; id++) {
      OperatorKeys keys = prepared.keys().get(id - 1);
      syncers.add(
          new OracleSyncer(
              l1.execution(),
              new BlockProver(l1.beacon(), l1.spec()),
              oracle,
              registry,
              l1.sender(),
              keys.owner(),
              id,
              l1.spec().clock()));
    }
    // So that the newest block's parent lies in the first epoch of the run.
    while (box.currentSlot() <= PreparedL1.FIRST_SLOT) {
      box.produceSlot();
    }
  }

  @AfterEach
  void close() {
    box.close();
  }

  @Test
  void oneOperatorSyncsAnEpochAndTheOthersNeedNot() throws Exception {
    int slots = turnsUntilSynced(NEXT, syncers);

    assertThat(slots).isEqualTo(1);
    assertThat(syncers.stream().mapToLong(OracleSyncer::sent)).containsOnlyOnce(1L);
    assertThat(syncers.get(first(NEXT)).sent()).isEqualTo(1);
    LookaheadSynced synced = oracle.schedule(NEXT, BlockTag.LATEST);
    assertThat(synced).isNotNull();
    for (int slot = 0; slot < 8; slot++) {
      assertThat(synced.operatorAt(slot)).isEqualTo(PreparedL1.operatorOf(PROPOSERS.get(slot)));
    }
    assertThat(synced.fallbackOperatorId()).isBetween(1, PreparedL1.OPERATORS);
  }

  @Test
  void theNextOneFollowsWhenTheFirstIsDead() throws Exception {
    List<OracleSyncer> alive = new ArrayList<>(syncers);
    alive.remove(first(NEXT));

    int slots = turnsUntilSynced(NEXT, alive);

    assertThat(slots).isEqualTo(3);
    assertThat(alive.stream().mapToLong(OracleSyncer::sent).sum()).isEqualTo(1);
  }

  @Test
  void whoHasToPostDoesNotWaitForTheOthers() throws Exception {
    OracleSyncer last = syncers.get((first(NEXT) + 3) % PreparedL1.OPERATORS);

    last.isMissing(NEXT, head(), now(), true);

    assertThat(last.sent()).isEqualTo(1);
    box.produceSlot();
    assertThat(oracle.isSynced(NEXT, BlockTag.LATEST)).isTrue();
  }

  @Test
  void anEpochThatWasOverlookedIsSyncedFromAnOlderBlock() throws Exception {
    while (now().value() < (NEXT.value() + 2) * 8) {
      box.produceSlot();
    }

    syncers.getFirst().isMissing(NOW, head(), now(), true);
    box.produceSlot();

    assertThat(oracle.isSynced(NOW, BlockTag.LATEST)).isTrue();
  }

  @Test
  void aSyncThatAReorgLostIsSentAgain() throws Exception {
    turnsUntilSynced(NEXT, syncers);
    box.reorg(1, true);
    box.produceSlot();
    assertThat(oracle.isSynced(NEXT, BlockTag.LATEST)).isFalse();

    turnsUntilSynced(NEXT, syncers);

    assertThat(oracle.isSynced(NEXT, BlockTag.LATEST)).isTrue();
  }

  @Test
  void nothingIsSentBeforeTheStateFixesTheEpoch() throws Exception {
    Epoch later = new Epoch(NEXT.value() + 1);

    syncers.getFirst().isMissing(later, head(), now(), true);

    assertThat(syncers.getFirst().sent()).isZero();
  }

  /** The place of the operator whose turn it is first: the order is another one in each epoch. */
  private static int first(Epoch epoch) {
    return Math.floorMod(-epoch.value(), PreparedL1.OPERATORS) == 0
        ? PreparedL1.OPERATORS - 1
        : Math.floorMod(-epoch.value(), PreparedL1.OPERATORS) - 1;
  }

  /** Lets all of {@code alive} look once a slot; the slots that it took. */
  private int turnsUntilSynced(Epoch epoch, List<OracleSyncer> alive) throws Exception {
    for (int slots = 0; slots < 12; slots++) {
      if (oracle.isSynced(epoch, BlockTag.LATEST)) {
        alive.forEach(syncer -> syncer.isThere(epoch));
        return slots;
      }
      for (OracleSyncer syncer : alive) {
        syncer.isMissing(epoch, head(), now(), false);
      }
      box.produceSlot();
    }
    throw new AssertionError("epoch " + epoch + " is not synced");
  }

  private L1Block head() throws Exception {
    L1Block head = l1.execution().block(BlockTag.LATEST);
    if (head == null) {
      throw new AssertionError("no head");
    }
    return head;
  }

  private Slot now() {
    return new Slot(box.currentSlot());
  }

  private record Direct(SteppedBox box) implements Transport {
    @Override
    public HttpAnswer exchange(HttpCall call) {
      byte[] body = call.jsonBody();
      if (body != null) {
        return new HttpAnswer(200, "application/json", box.rpc(body));
      }
      HttpReply.Content reply = box.get(call.uri(), call.accept());
      return new HttpAnswer(
          reply.status(), reply.contentType().toLowerCase(Locale.ROOT), reply.body());
    }
  }
}
