// SPDX-License-Identifier: Apache-2.0
package io.lockstep.storage.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeysTest {
  @Test
  void numbersAreOrderedAsUnsigned() {
    long[] rising = {0, 1, 255, 256, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (int i = 1; i < rising.length; i++) {
      assertThat(Arrays.compareUnsigned(Keys.number(rising[i - 1]), Keys.number(rising[i])))
          .isNegative();
      assertThat(Keys.number(Keys.number(rising[i]), 0)).isEqualTo(rising[i]);
    }
  }

  @Test
  void theEndOfAPrefixIsAboveAllItsKeysAndBelowTheNextPrefix() {
    assertThat(Keys.afterPrefix(new byte[] {1, (byte) 0xff, (byte) 0xff})).containsExactly(2);
    assertThat(Keys.afterPrefix(new byte[] {1, 2})).containsExactly(1, 3);
    assertThatThrownBy(() -> Keys.afterPrefix(new byte[] {(byte) 0xff}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void joinsPartsAndKnowsPrefixes() {
    byte[] key = Keys.join(new byte[] {1}, new byte[0], new byte[] {2, 3});

    assertThat(key).containsExactly(1, 2, 3);
    assertThat(Keys.startsWith(key, new byte[] {1, 2})).isTrue();
    assertThat(Keys.startsWith(key, new byte[] {1, 3})).isFalse();
    assertThat(Keys.startsWith(key, new byte[] {1, 2, 3, 4})).isFalse();
  }
}
