// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.junit.jupiter.api.Test;

class SszTest {
  @Test
  void rootOfAnEmptyHeaderIsTheZeroTreeOfDepthThree() {
    BeaconHeader header = new BeaconHeader(0, 0, Hash32.ZERO, Hash32.ZERO, Hash32.ZERO);

    assertThat(header.root())
        .isEqualTo(
            Hash32.fromHex("0xc78009fdf07fc56a11f122370658a353aaa542ed63e44c4bc15ff4cd105ab33c"));
  }

  @Test
  void headerRootFoldsItsFiveFieldsIntoEightLeaves() {
    Hash32 a = Sha256.hash(new byte[] {1});
    Hash32 b = Sha256.hash(new byte[] {2});
    Hash32 c = Sha256.hash(new byte[] {3});
    BeaconHeader header = new BeaconHeader(258, 7, a, b, c);
    Hash32 zero = Hash32.ZERO;

    Hash32 left = Sha256.pair(Sha256.pair(le(258), le(7)), Sha256.pair(a, b));
    Hash32 right = Sha256.pair(Sha256.pair(c, zero), Sha256.pair(zero, zero));

    assertThat(header.root()).isEqualTo(Sha256.pair(left, right));
  }

  @Test
  void listsMixInTheirLength() {
    Hash32 one = Sha256.hash(new byte[] {1});
    Hash32 zero = Hash32.ZERO;
    Hash32 tree = Sha256.pair(Sha256.pair(one, zero), Sha256.pair(zero, zero));

    assertThat(Ssz.list(List.of(one), 2)).isEqualTo(Sha256.pair(tree, le(1)));
  }

  private static Hash32 le(long value) {
    byte[] chunk = new byte[32];
    for (int i = 0; i < 8; i++) {
      chunk[i] = (byte) (value >>> (8 * i));
    }
    return Hash32.of(chunk);
  }
}
