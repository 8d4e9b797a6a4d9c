// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeCacheTest {
  private static final long BOUND_BYTES = 1 << 20;

  private static TrieNode.Leaf leaf(long id) {
    return new TrieNode.Leaf(new byte[20], new byte[100], id);
  }

  @Test
  void holdsNoMoreThanItsBoundAndNeverAnotherNode() {
    NodeCache cache = new NodeCache(BOUND_BYTES);
    Random random = new Random(5);
    Set<Long> removed = new HashSet<>();
    for (int i = 0; i < 200_000; i++) {
      long id = 1L + random.nextInt(50_000);
      if (random.nextInt(5) == 0) {
        cache.remove(id);
        removed.add(id);
      } else {
        cache.put(id, leaf(id));
        removed.remove(id);
      }
      long asked = 1L + random.nextInt(50_000);
      TrieNode found = cache.get(asked);
      if (found instanceof TrieNode.Leaf leaf) {
        assertThat(leaf.below()).isEqualTo(asked);
        assertThat(removed).doesNotContain(asked);
      } else {
        assertThat(found).isNull();
      }
    }
    // A leaf of this size takes 248 bytes.
    assertThat(cache.size()).isBetween(BOUND_BYTES / 248 / 4, BOUND_BYTES / 248);
  }

  @Test
  void keepsWhatIsAskedForAgainAndAgain() {
    NodeCache cache = new NodeCache(BOUND_BYTES);
    cache.put(1, leaf(1));
    for (long id = 2; id < 100_000; id++) {
      cache.put(id, leaf(id));
      assertThat(cache.get(1)).isNotNull();
    }
    assertThat(cache.get(2)).isNull();
  }

  @Test
  void aCacheOfNothingHoldsNothing() {
    NodeCache cache = new NodeCache(0);
    cache.put(1, leaf(1));
    cache.put(17, leaf(17));
    assertThat(cache.size()).isLessThanOrEqualTo(1);
  }
}
