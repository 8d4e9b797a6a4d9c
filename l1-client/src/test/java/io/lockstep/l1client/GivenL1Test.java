// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.BeaconEvents;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.beacon.ProposerDuties;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

/**
 * Reads an L1 that runs already and checks that what its two clients say fits together: for real
 * clients, and for the L1 in a box. LOCKSTEP_L1_RPC and LOCKSTEP_L1_BEACON name its endpoints.
 */
@Timeout(180)
class GivenL1Test {
  private final JdkTransport transport = new JdkTransport(2_000);
  private ExecutionClient execution;
  private BeaconClient beacon;

  @BeforeEach
  void connect() {
    execution = new ExecutionClient(pool("LOCKSTEP_L1_RPC"), transport, HttpOptions.DEFAULT);
    beacon = new BeaconClient(pool("LOCKSTEP_L1_BEACON"), transport, HttpOptions.DEFAULT);
  }

  private static EndpointPool pool(String variable) {
    String url = System.getenv(variable);
    if (url == null) {
      throw new TestAbortedException("skipped: no L1 is given (" + variable + ")");
    }
    return new EndpointPool(List.of(new Endpoint(url)), System::nanoTime);
  }

  @AfterEach
  void close() {
    transport.close();
  }

  private static <T> T present(@Nullable T value) {
    assertThat(value).isNotNull();
    return value;
  }

  @Test
  void itsTwoClientsTellOneChain() throws L1Exception {
    ChainSpec spec = beacon.spec();
    assertThat(beacon.syncing().isReady()).isTrue();
    BeaconHeader head = present(beacon.header(BlockId.HEAD));
    L1Block block =
        present(execution.blockByHash(present(beacon.executionBlockHash(BlockId.of(head.root())))));

    assertThat(spec.clock().slotAt(block.timestampSeconds())).isEqualTo(head.slot());
    assertThat(block.parentBeaconBlockRoot()).isEqualTo(head.parentRoot());
    assertThat(beacon.blockRoot(BlockId.of(head.slot()))).isEqualTo(head.root());
    assertThat(present(execution.block(BlockTag.LATEST)).number())
        .isGreaterThanOrEqualTo(block.number());
    assertThat(beacon.finality(BlockId.HEAD)).isNotNull();
  }

  @Test
  void itsBlocksAreProposedByThoseWhoseDutyItIs() throws L1Exception {
    ChainSpec spec = beacon.spec();
    int slotsPerEpoch = spec.clock().slotsPerEpoch();
    BeaconHeader head = present(beacon.header(BlockId.HEAD));
    Epoch epoch = spec.clock().epochOf(head.slot());
    ProposerDuties current = beacon.proposerDuties(epoch, slotsPerEpoch);
    ProposerDuties next = beacon.proposerDuties(epoch.plus(1), slotsPerEpoch);

    assertThat(next.duties()).hasSize(slotsPerEpoch);
    assertThat(present(current.at(head.slot())).validatorIndex()).isEqualTo(head.proposerIndex());
    Slot first = spec.clock().firstSlotOf(epoch);
    for (long s = first.value(); s < head.slot().value(); s++) {
      BeaconHeader header = beacon.header(BlockId.of(new Slot(s)));
      ProposerDuties.Duty duty = current.at(new Slot(s));
      if (header != null && duty != null && s > 0) {
        assertThat(duty.validatorIndex()).isEqualTo(header.proposerIndex());
      }
    }
  }

  @Test
  void itsHeadsAreToldInOrder() throws L1Exception, InterruptedException {
    ChainSpec spec = beacon.spec();
    BlockingQueue<BeaconEvent> hints = new LinkedBlockingQueue<>();
    List<L1Event> events = new ArrayList<>();
    HeadTracker heads = new HeadTracker(execution, List.of(), events::add);
    long slotMs = spec.clock().slotSeconds() * 1000;
    BeaconEvents.Options options = new BeaconEvents.Options(4_000, 5 * slotMs, 100, slotMs);
    try (BeaconEvents stream =
        new BeaconEvents(beacon.pool(), transport.client(), options, hints::add)) {
      stream.start();
      int seen = 0;
      while (seen < 4) {
        BeaconEvent hint = hints.poll(6 * slotMs, TimeUnit.MILLISECONDS);
        assertThat(hint).as("an event within six slots").isNotNull();
        assertThat(hint).isNotInstanceOf(BeaconEvent.Lost.class);
        if (hint instanceof BeaconEvent.Head) {
          seen++;
        }
        while (heads.step()) {
          // until nothing waits
        }
      }
    }
    List<BlockRef> told = new ArrayList<>();
    for (L1Event event : events) {
      switch (event) {
        case L1Event.NewBlocks added -> added.blocks().forEach(b -> told.add(b.ref()));
        case L1Event.Reorg reorg -> told.clear();
        case L1Event.Safe safe -> assertThat(safe.block().number()).isNotNegative();
        case L1Event.Finalized f -> assertThat(f.block().number()).isNotNegative();
        default -> throw new AssertionError("unexpected " + event);
      }
    }
    assertThat(told).hasSizeGreaterThanOrEqualTo(3);
    for (int i = 1; i < told.size(); i++) {
      assertThat(told.get(i).parentHash()).isEqualTo(told.get(i - 1).hash());
    }
  }
}
