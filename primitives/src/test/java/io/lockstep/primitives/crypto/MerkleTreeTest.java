// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  private final Samples samples = new Samples(SEED);

  private List<byte[]> leaves(int count) {
    return IntStream.range(0, count).mapToObj(_ -> samples.array(192)).toList();
  }

  @Test
  void leadsEveryLeafToTheRoot() {
    assertThat(new MerkleTree(List.of()).root()).isEqualTo(Hash32.ZERO);
    for (int size = 1; size <= 40; size++) {
      List<byte[]> leaves = leaves(size);
      MerkleTree tree = new MerkleTree(leaves);
      for (int i = 0; i < size; i++) {
        assertThat(tree.path(i)).hasSizeLessThanOrEqualTo(6);
        assertThat(MerkleTree.fold(leaves.get(i), tree.path(i)))
            .as("leaf %d of %d, seed %d", i, size, SEED)
            .isEqualTo(tree.root());
      }
    }
  }

  @Test
  void leadsNothingElseToTheRoot() {
    for (int size = 1; size <= 40; size++) {
      List<byte[]> leaves = leaves(size);
      MerkleTree tree = new MerkleTree(leaves);
      int at = samples.random().nextInt(size);
      byte[] changed = leaves.get(at).clone();
      changed[samples.random().nextInt(changed.length)] ^=
          (byte) (1 << samples.random().nextInt(8));
      assertThat(MerkleTree.fold(changed, tree.path(at)))
          .as("leaf %d of %d, seed %d", at, size, SEED)
          .isNotEqualTo(tree.root());
      List<Hash32> path = tree.path(at);
      for (int step = 0; step < path.size(); step++) {
        List<Hash32> other = new ArrayList<>(path);
        other.set(step, Hash32.of(samples.array(32)));
        assertThat(MerkleTree.fold(leaves.get(at), other)).isNotEqualTo(tree.root());
        other.remove(step);
        assertThat(MerkleTree.fold(leaves.get(at), other)).isNotEqualTo(tree.root());
        if (step > 0) {
          List<Hash32> swapped = new ArrayList<>(path);
          swapped.set(step, path.get(step - 1));
          swapped.set(step - 1, path.get(step));
          assertThat(MerkleTree.fold(leaves.get(at), swapped)).isNotEqualTo(tree.root());
        }
      }
      List<Hash32> longer = new ArrayList<>(path);
      longer.add(tree.root());
      assertThat(MerkleTree.fold(leaves.get(at), longer)).isNotEqualTo(tree.root());
    }
  }

  @Test
  void doesNotLetAnInnerNodePassForALeaf() {
    List<byte[]> leaves = leaves(4);
    MerkleTree tree = new MerkleTree(leaves);
    Hash32 left = MerkleTree.leafHash(leaves.get(0));
    Hash32 right = MerkleTree.leafHash(leaves.get(1));
    byte[] inner = new byte[64];
    (left.compareTo(right) <= 0 ? left : right).write(inner, 0);
    (left.compareTo(right) <= 0 ? right : left).write(inner, 32);
    List<Hash32> upper = tree.path(0).subList(1, 2);
    assertThat(MerkleTree.fold(inner, upper)).isNotEqualTo(tree.root());
    assertThat(MerkleTree.fold(Keccak.hash(inner).toArray(), upper)).isNotEqualTo(tree.root());
    assertThat(MerkleTree.fold(Keccak.hash(leaves.get(0)).toArray(), tree.path(0)))
        .isNotEqualTo(tree.root());
  }

  @Test
  void doesNotGiveTwoListsOneRoot() {
    List<byte[]> three = leaves(3);
    List<byte[]> doubled = List.of(three.get(0), three.get(1), three.get(2), three.get(2));
    assertThat(new MerkleTree(three).root()).isNotEqualTo(new MerkleTree(doubled).root());
    assertThat(new MerkleTree(three).root())
        .isNotEqualTo(new MerkleTree(three.subList(0, 2)).root());
  }

  @Test
  void isWhatOpenZeppelinVerifies() {
    // keccak(keccak(0x01)) and keccak(keccak(0x02)) as a sorted pair, computed by hand.
    byte[] one = {1};
    byte[] two = {2};
    Hash32 a = Keccak.hash(Keccak.hash(one).toArray());
    Hash32 b = Keccak.hash(Keccak.hash(two).toArray());
    Hash32 expected =
        a.compareTo(b) < 0
            ? Keccak.hashAll(a.toArray(), b.toArray())
            : Keccak.hashAll(b.toArray(), a.toArray());
    assertThat(new MerkleTree(List.of(one, two)).root()).isEqualTo(expected);
    assertThat(new MerkleTree(List.of(two, one)).root()).isEqualTo(expected);
  }
}
