// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WakeLoopTest {
  private final BlockingQueue<String> turns = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> deaths = new LinkedBlockingQueue<>();

  @Test
  void runsATurnForEveryWakeUpHoweverLongItWouldRest() throws InterruptedException {
    try (WakeLoop loop =
        new WakeLoop(
            "test",
            () -> {
              turns.add("turn");
              return 60_000;
            })) {
      loop.start((thread, failure) -> deaths.add(failure));
      assertThat(turns.poll(10, TimeUnit.SECONDS)).isNotNull();
      for (int i = 0; i < 5; i++) {
        loop.wake();
        assertThat(turns.poll(10, TimeUnit.SECONDS)).isNotNull();
      }
      assertThatThrownBy(() -> loop.start((t, e) -> {})).isInstanceOf(IllegalStateException.class);
    }
    assertThat(deaths).isEmpty();
  }

  @Test
  void tellsItsDeath() throws InterruptedException {
    try (WakeLoop loop =
        new WakeLoop(
            "test",
            () -> {
              throw new IllegalStateException("disk failed");
            })) {
      loop.start((thread, failure) -> deaths.add(failure));
      assertThat(deaths.poll(10, TimeUnit.SECONDS)).hasMessage("disk failed");
    }
  }

  @Test
  void endsATurnThatWaits() throws InterruptedException {
    WakeLoop loop =
        new WakeLoop(
            "test",
            () -> {
              turns.add("in");
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                turns.add("interrupted");
                Thread.currentThread().interrupt();
              }
              return 1;
            });
    loop.start((thread, failure) -> deaths.add(failure));
    assertThat(turns.poll(10, TimeUnit.SECONDS)).isEqualTo("in");
    loop.close();
    assertThat(turns.poll(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
  }
}
