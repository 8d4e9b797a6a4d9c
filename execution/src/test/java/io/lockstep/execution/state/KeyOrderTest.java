// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
  @Test
  void sortsAsAComparisonOfWholeKeysDoes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      int alphabet = 1 + random.nextInt(256);
      int longest = 1 + random.nextInt(40);
      byte[][] keys = new byte[random.nextInt(run < 190 ? 50 : 20_000)][];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = new byte[random.nextInt(longest + 1)];
        for (int at = 0; at < keys[i].length; at++) {
          keys[i][at] = (byte) random.nextInt(alphabet);
        }
      }
      byte[][] expected = keys.clone();
      Arrays.sort(expected, Arrays::compareUnsigned);

      assertThat(KeyOrder.sorted(Arrays.asList(keys), key -> key))
          .describedAs("seed %d, run %d", seed, run)
          .usingElementComparator(Arrays::compareUnsigned)
          .containsExactly(expected);
    }
  }

  @Test
  void keysThatBeginAlikeAreToldApartByTheirEnds() {
    String same = "00112233445566778899";
    List<String> keys = List.of(same + "ff", same + "0001", "ff", same, same + "00", "", "7f");

    assertThat(KeyOrder.sorted(keys, HexFormat.of()::parseHex))
        .containsExactly("", same, same + "00", same + "0001", same + "ff", "7f", "ff");
  }
}
