// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.heads;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HeadLoopTest {
  @Test
  void stepsWhenWokenAndByItselfOtherwise() throws InterruptedException {
    FakeChain chain = new FakeChain();
    BlockingQueue<L1Event> seen = new LinkedBlockingQueue<>();
    try (StubL1 l1 = new StubL1(chain);
        JdkTransport transport = new JdkTransport(1_000)) {
      HeadTracker tracker =
          new HeadTracker(
              new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT), List.of(), seen::add);
      try (HeadLoop loop = new HeadLoop(tracker, 60_000)) {
        loop.start();
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);
        chain.mineEmpty(1);
        loop.wake();
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);
      }
      HeadTracker polled =
          new HeadTracker(
              new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT), List.of(), seen::add);
      try (HeadLoop loop = new HeadLoop(polled, 20)) {
        loop.start();
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);
        chain.mineEmpty(1);
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isInstanceOf(L1Event.NewBlocks.class);
      }
    }
  }
}
