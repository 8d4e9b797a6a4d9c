// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceStoreTest {
  @TempDir Path dir;

  private final Scene scene = new Scene(20261123L);
  private final Ctx ctx = scene.ctx();

  private List<Evidence> oneOfEach() {
    SealMessage seal = scene.sealMessage(9, 100, ctx, 2);
    SealMessage other = scene.sealMessage(9, 100, ctx, 2);
    SealMessage later = scene.sealMessage(9, 101, ctx, 1);
    return List.of(
        new Evidence.TwoSeals(1, seal.seal(), other.seal()),
        new Evidence.TwoFrags(
            2,
            scene.fragMessage(9, 100, 0, ctx, 2).frag(),
            scene.fragMessage(9, 100, 0, ctx, 1).frag()),
        new Evidence.AfterEnd(3, seal.seal(), later.seal()),
        new Evidence.PostedAnother(seal, 7, scene.hash()),
        new Evidence.DerivedToNothing(5, 9, 8, scene.hash(), "blobs: no magic — ¯\\_(ツ)_/¯"));
  }

  @Test
  void givesBackWhatItWasGivenAlsoAfterAReopening() {
    List<Evidence> all = oneOfEach();
    try (RocksStore store = RocksStore.open(dir, EvidenceStore.columns())) {
      EvidenceStore evidence = new EvidenceStore(store);
      all.forEach(item -> assertThat(evidence.record(item)).as(item.summary()).isTrue());
      assertThat(evidence.count()).isEqualTo(all.size());
    }
    try (RocksStore store = RocksStore.open(dir, EvidenceStore.columns())) {
      EvidenceStore evidence = new EvidenceStore(store);
      assertThat(evidence.count()).isEqualTo(all.size());
      assertThat(evidence.list(100)).containsExactlyInAnyOrderElementsOf(all);
      assertThat(evidence.list(2)).hasSize(2);
    }
  }

  @Test
  void keepsOneItemForEachFaultOfAWindow() {
    try (RocksStore store = RocksStore.open(dir, EvidenceStore.columns())) {
      EvidenceStore evidence = new EvidenceStore(store);
      Evidence first = new Evidence.DerivedToNothing(5, 9, 8, scene.hash(), "first");
      assertThat(evidence.record(first)).isTrue();
      assertThat(evidence.record(new Evidence.DerivedToNothing(5, 9, 9, scene.hash(), "second")))
          .isFalse();
      assertThat(evidence.list(10)).containsExactly(first);
    }
  }

  @Test
  void refusesBytesThatAreNoEvidence() {
    for (Evidence item : oneOfEach()) {
      byte[] encoded = EvidenceCodec.encode(item);
      assertThatThrownBy(() -> EvidenceCodec.decode(Arrays.copyOf(encoded, encoded.length - 1)))
          .as(item.summary())
          .isInstanceOf(DecodeException.class);
    }
    assertThatThrownBy(() -> EvidenceCodec.decode(new byte[] {(byte) 0xc1, 0x09}))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("kind 9");
  }

  @Test
  void cutsALongReason() throws DecodeException {
    Evidence longWinded = new Evidence.DerivedToNothing(5, 9, 8, scene.hash(), "ツ".repeat(9_000));
    assertThat(EvidenceCodec.decode(EvidenceCodec.encode(longWinded)))
        .isInstanceOfSatisfying(
            Evidence.DerivedToNothing.class, kept -> assertThat(kept.why()).hasSize(1_024));
  }
}
