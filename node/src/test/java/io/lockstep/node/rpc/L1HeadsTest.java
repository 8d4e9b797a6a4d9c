// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.heads.L1Event;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

class L1HeadsTest {
  private final L1Heads heads = new L1Heads();

  private static BlockRef ref(long number, long branch) {
    return new BlockRef(
        number, Hash32.ofWords(0, 0, branch, number), Hash32.ZERO, 1_000 + 12 * number);
  }

  private static L1Block block(long number, long branch) {
    return new L1Block(
        ref(number, branch),
        Hash32.ZERO,
        Hash32.ZERO,
        Hash32.ZERO,
        UInt256.ZERO,
        30_000_000,
        0,
        0,
        0);
  }

  @Test
  void knowsWhatWasSeenAndWhatWasRead() {
    assertThat(heads.known()).isEqualTo(new L1Heads.Known(null, null, null, null));
    L1Event first = new L1Event.NewBlocks(List.of(block(1, 0), block(2, 0)));
    heads.onEvent(first);
    assertThat(heads.known()).isEqualTo(new L1Heads.Known(null, ref(2, 0), null, null));

    heads.onRead(first);
    heads.onEvent(new L1Event.Safe(ref(2, 0)));
    heads.onEvent(new L1Event.Finalized(ref(1, 0)));

    assertThat(heads.known())
        .isEqualTo(new L1Heads.Known(ref(2, 0), ref(2, 0), ref(2, 0), ref(1, 0)));
  }

  @Test
  void goesBackWithAReorg() {
    L1Event first = new L1Event.NewBlocks(List.of(block(1, 0), block(2, 0), block(3, 0)));
    heads.onEvent(first);
    heads.onRead(first);
    heads.onEvent(new L1Event.Safe(ref(2, 0)));
    L1Event shorter = new L1Event.Reorg(ref(1, 0), List.of(ref(2, 0), ref(3, 0)), List.of());

    heads.onEvent(shorter);

    assertThat(heads.known()).isEqualTo(new L1Heads.Known(ref(1, 0), ref(1, 0), ref(1, 0), null));
    heads.onRead(shorter);
    L1Event other = new L1Event.NewBlocks(List.of(block(2, 1)));
    heads.onEvent(other);
    heads.onRead(other);
    assertThat(heads.known()).isEqualTo(new L1Heads.Known(ref(2, 1), ref(2, 1), ref(1, 0), null));
  }
}
