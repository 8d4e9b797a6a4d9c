// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.signing.Durability;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleasesTest {
  private final HeldDisk disk = new HeldDisk();
  private final Releases releases = new Releases(disk);
  private final List<String> left = new ArrayList<>();

  /** A disk whose sync is held back until the test lets it go. */
  private static final class HeldDisk implements Durability {
    long durable;
    boolean failed;

    @Override
    public long written() {
      return Long.MAX_VALUE;
    }

    @Override
    public long durable() {
      return durable;
    }

    @Override
    public boolean hasFailed() {
      return failed;
    }
  }

  private void leave(String what) {
    releases.add(() -> left.add(what));
  }

  @Test
  void whatNeedsNoSignatureLeavesAtOnce() {
    leave("head");
    assertThat(left).containsExactly("head");
  }

  @Test
  void nothingLeavesBeforeTheSignatureItShowsIsDurable() {
    releases.signed(1);
    leave("receipt");
    leave("frag");
    releases.flush();
    assertThat(left).isEmpty();

    disk.durable = 1;
    releases.flush();
    assertThat(left).containsExactly("receipt", "frag");
  }

  @Test
  void whatComesLaterKeepsItsPlaceBehindWhatWaits() {
    leave("first");
    releases.signed(1);
    leave("frag 1");
    releases.signed(2);
    leave("frag 2");
    leave("status");

    disk.durable = 1;
    releases.flush();
    assertThat(left).containsExactly("first", "frag 1");

    disk.durable = 2;
    releases.flush();
    assertThat(left).containsExactly("first", "frag 1", "frag 2", "status");
  }

  @Test
  void whatADeadDiskHeldNeverLeavesAndTheRestGoesOn() {
    releases.signed(1);
    leave("frag");
    disk.failed = true;
    releases.flush();
    leave("status");
    assertThat(left).containsExactly("status");
  }

  @Test
  void saysWhenTooMuchWaits() {
    releases.signed(1);
    for (int i = 0; i < 255; i++) {
      leave("frag");
    }
    assertThat(releases.isBackedUp()).isFalse();
    leave("frag");
    assertThat(releases.isBackedUp()).isTrue();
    disk.durable = 1;
    assertThat(releases.flush()).isEqualTo(256);
    assertThat(releases.isBackedUp()).isFalse();
  }
}
