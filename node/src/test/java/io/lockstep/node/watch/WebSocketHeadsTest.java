// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.NewHeads;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.loop.Pacer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JSON-RPC and new heads over WebSocket. */
@Timeout(60)
class WebSocketHeadsTest {
  private final JdkTransport transport = new JdkTransport(1_000);
  private final Semaphore hints = new Semaphore(0);
  private final AtomicReference<Throwable> death = new AtomicReference<>();

  @TempDir private Path dir;

  @AfterEach
  void close() {
    transport.close();
    assertThat(death.get()).isNull();
  }

  private L1Box box(String name) throws Exception {
    List<OperatorKeys> operators = OperatorKeys.devnets(2);
    return L1Box.start(
        BoxOptions.of(
                dir.resolve(name),
                OperatorKeys.owners(operators),
                time -> L1Genesis.json(time, operators))
            .withPorts(0, 0)
            .withWarmUpEpochs(0)
            .stepped(InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L))));
  }

  private ExecutionClient client(URI... urls) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (URI url : urls) {
      endpoints.add(new Endpoint("ws://" + url.getAuthority()));
    }
    return new ExecutionClient(
        new EndpointPool(endpoints, System::nanoTime), transport, new HttpOptions(2_000, 1 << 20));
  }

  private NewHeads started(ExecutionClient execution, long silenceMs) {
    NewHeads heads = new NewHeads(execution, silenceMs, 500, Pacer.SYSTEM);
    heads.start(hints::release, (thread, failure) -> death.set(failure));
    return heads;
  }

  private void awaitHint() throws InterruptedException {
    assertThat(hints.tryAcquire(20, TimeUnit.SECONDS)).as("a hint").isTrue();
  }

  @Test
  void callsAndHeadsShareAConnection() throws Exception {
    try (L1Box box = box("a")) {
      ExecutionClient execution = client(box.rpcUri());
      assertThat(execution.chainId().toLongSaturated()).isEqualTo(L1Genesis.CHAIN_ID);
      try (NewHeads _ = started(execution, 60_000)) {
        awaitHint(); // the subscription is open
        for (int i = 1; i <= 3; i++) {
          box.produceSlot();
          awaitHint();
          L1Block latest = execution.block(BlockTag.LATEST);
          assertThat(latest).isNotNull();
          assertThat(latest.number()).isEqualTo(i);
        }
        assertThatThrownBy(() -> execution.raw("eth_noSuchThing"))
            .isInstanceOfSatisfying(
                L1Exception.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(L1Exception.Kind.NODE_ERROR));
      }
    }
  }

  @Test
  void goesToTheNextEndpointWhenAConnectionBreaks() throws Exception {
    try (L1Box second = box("b")) {
      ExecutionClient execution;
      NewHeads heads;
      try (L1Box first = box("a")) {
        execution = client(first.rpcUri(), second.rpcUri());
        heads = started(execution, 60_000);
        awaitHint();
        first.produceSlot();
        awaitHint();
      }
      try (heads) {
        awaitHint(); // open at the second
        second.produceSlots(1);
        awaitHint();
        second.produceSlots(1);
        awaitHint();
        L1Block latest = execution.block(BlockTag.LATEST);
        assertThat(latest).isNotNull();
        assertThat(latest.number()).isEqualTo(2);
        assertThat(execution.pool().statuses().getFirst().failuresInARow()).isPositive();
      }
    }
  }

  @Test
  void opensAnewWhatFallsSilent() throws Exception {
    try (L1Box box = box("a")) {
      ExecutionClient execution = client(box.rpcUri());
      try (NewHeads _ = started(execution, 300)) {
        awaitHint();
        awaitHint(); // opened again, without a block
        box.produceSlot();
        awaitHint();
      }
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    URI gone;
    try (L1Box box = box("a")) {
      gone = box.rpcUri();
    }
    assertThatThrownBy(() -> client(gone).chainId())
        .isInstanceOfSatisfying(
            L1Exception.class,
            failure -> assertThat(failure.kind()).isEqualTo(L1Exception.Kind.UNREACHABLE));
  }
}
