// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

class GenerationCacheTest {
  private static final int BOUND = 1_000;

  @Test
  void holdsNoMoreThanItsBound() {
    GenerationCache<Integer, Integer> cache = new GenerationCache<>(BOUND);
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      int key = random.nextInt(10_000);
      assertThat(cache.get(key, k -> -k)).isEqualTo(-key);
      assertThat(cache.size()).isLessThanOrEqualTo(BOUND);
    }
    assertThat(cache.size()).isGreaterThanOrEqualTo(BOUND / 2);
  }

  @Test
  void loadsOnceWhatIsAskedForAgainAndAgain() {
    GenerationCache<Integer, Integer> cache = new GenerationCache<>(BOUND);
    AtomicInteger loads = new AtomicInteger();
    for (int key = 1; key < 100_000; key++) {
      cache.put(key, key);
      cache.get(0, k -> loads.incrementAndGet());
    }
    assertThat(loads).hasValue(1);
    assertThat(cache.contains(0)).isTrue();
    assertThat(cache.contains(1)).isFalse();
  }

  @Test
  void aPutValueReplacesOneOfEitherGeneration() {
    GenerationCache<Integer, String> cache = new GenerationCache<>(4);
    cache.put(1, "first");
    cache.put(2, "turns over");
    cache.put(1, "second");
    assertThat(cache.get(1, k -> "loaded")).isEqualTo("second");
    cache.put(1, "third");
    assertThat(cache.get(1, k -> "loaded")).isEqualTo("third");
  }

  /** A load that began before the writer changed the store and ends after it must not stay. */
  @Test
  void aLoadThatTheWriterOvertookIsNotWhatStays() throws Exception {
    GenerationCache<Integer, String> cache = new GenerationCache<>(BOUND);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService other = Executors.newFixedThreadPool(2)) {
      Future<String> load =
          other.submit(() ->
              cache.get(
                  1,
                  k -> {
                    loading.countDown();
                    await(go);
                    return "before";
                  }));
      loading.await();
      Future<?> put = other.submit(() -> cache.put(1, "after"));
      go.countDown();
      assertThat(load.get()).isIn("before", "after");
      put.get();
    }
    assertThat(cache.get(1, k -> "loaded")).isEqualTo("after");
  }

  /** The store is an array; its writer puts what it wrote, and then no older value may be read. */
  @Test
  void nobodyReadsAnOlderValueThanTheOneThatWasPut() throws Exception {
    int keys = 64;
    AtomicLongArray store = new AtomicLongArray(keys);
    AtomicLongArray published = new AtomicLongArray(keys);
    GenerationCache<Integer, Long> cache = new GenerationCache<>(24);
    CountDownLatch done = new CountDownLatch(1);
    try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
      Future<?>[] all = new Future<?>[3];
      for (int i = 0; i < all.length; i++) {
        Random random = new Random(i);
        all[i] =
            readers.submit(() -> {
              while (done.getCount() > 0) {
                int key = random.nextInt(keys);
                long least = published.get(key);
                assertThat(cache.get(key, store::get)).isGreaterThanOrEqualTo(least);
              }
            });
      }
      Random random = new Random(99);
      for (long version = 1; version < 300_000; version++) {
        int key = random.nextInt(keys);
        store.set(key, version);
        cache.put(key, version);
        published.set(key, version);
      }
      done.countDown();
      for (Future<?> reader : all) {
        reader.get();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
