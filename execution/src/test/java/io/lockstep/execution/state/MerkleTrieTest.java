// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.TrieProof;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Batched updates, look-ups and proofs against a trie that is built anew each time. */
class MerkleTrieTest {
  private static final long SEED = 4242;

  @Test
  void theEmptyTrieHasItsWellKnownRoot() {
    assertThat(MerkleTrie.rootOf(Map.of())).isEqualTo(Keccak.EMPTY_TRIE_ROOT);
    assertThat(MerkleTrie.rootOf(Map.of(Bytes.of(1), Bytes.EMPTY)))
        .isEqualTo(Keccak.EMPTY_TRIE_ROOT);
  }

  @Test
  void randomBatchesGiveTheSameRootAsBuildingAnew() {
    System.out.println("seed " + SEED);
    // Few and short keys make branches with values, splits and collapses common.
    for (int keyBytes : new int[] {0, 1, 2, 32}) {
      Random random = new Random(SEED + keyBytes);
      InMemoryNodes nodes = new InMemoryNodes();
      Map<Bytes, Bytes> model = new LinkedHashMap<>();
      List<Bytes> pool = new ArrayList<>();
      Hash32 root = Keccak.EMPTY_TRIE_ROOT;
      for (int round = 0; round < 400; round++) {
        Map<Bytes, Bytes> batch = new LinkedHashMap<>();
        boolean shrinking = round % 100 > 60;
        for (int i = random.nextInt(25); i >= 0; i--) {
          Bytes key = key(random, keyBytes, pool);
          Bytes value = random.nextInt(10) < (shrinking ? 8 : 3) ? Bytes.EMPTY : value(random);
          batch.put(key, value);
        }
        List<TrieChange> changes = new ArrayList<>();
        batch.forEach((key, value) -> {
          changes.add(new TrieChange(key.unsafeArray(), value.unsafeArray()));
          if (value.isEmpty()) {
            model.remove(key);
          } else {
            model.put(key, value);
          }
        });

        root = new MerkleTrie(nodes, root).update(changes, nodes).hash();

        assertThat(root).isEqualTo(MerkleTrie.rootOf(model));
        MerkleTrie trie = new MerkleTrie(nodes, root);
        for (Bytes key : batch.keySet()) {
          byte[] found = trie.get(key.unsafeArray());
          assertThat(found == null ? null : Bytes.wrap(found)).isEqualTo(model.get(key));
        }
      }
    }
  }

  @Test
  void theRootDoesNotDependOnHowChangesAreCutIntoBatches() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    Map<Bytes, Bytes> entries = new LinkedHashMap<>();
    for (int i = 0; i < 500; i++) {
      entries.put(key(random, 32, new ArrayList<>()), value(random));
    }
    InMemoryNodes nodes = new InMemoryNodes();
    Hash32 root = Keccak.EMPTY_TRIE_ROOT;
    for (Map.Entry<Bytes, Bytes> entry : entries.entrySet()) {
      root =
          new MerkleTrie(nodes, root)
              .update(
                  List.of(
                      new TrieChange(entry.getKey().unsafeArray(), entry.getValue().unsafeArray())),
                  nodes)
              .hash();
    }

    assertThat(root).isEqualTo(MerkleTrie.rootOf(entries));
  }

  @Test
  void anUpdateThatChangesNothingMakesNoNodes() {
    Random random = new Random(SEED);
    InMemoryNodes nodes = new InMemoryNodes();
    List<TrieChange> puts = new ArrayList<>();
    List<TrieChange> absent = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      puts.add(new TrieChange(key(random, 32, new ArrayList<>()).unsafeArray(), new byte[] {1, 2}));
      absent.add(new TrieChange(key(random, 32, new ArrayList<>()).unsafeArray(), new byte[0]));
    }
    Hash32 root = new MerkleTrie(nodes, Keccak.EMPTY_TRIE_ROOT).update(puts, nodes).hash();
    List<Hash32> made = new ArrayList<>();
    MerkleTrie trie = new MerkleTrie(nodes, root);

    TrieSeal.Sink counting =
        hash -> {
          made.add(hash);
          return 0;
        };
    assertThat(trie.update(puts, counting).hash()).isEqualTo(root);
    assertThat(trie.update(absent, counting).hash()).isEqualTo(root);
    assertThat(made).isEmpty();
  }

  @Test
  void proofsShowWhatIsThereAndWhatIsNotAndNothingElseIsTaken() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    InMemoryNodes nodes = new InMemoryNodes();
    Map<Bytes, Bytes> model = new LinkedHashMap<>();
    List<TrieChange> puts = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      model.put(key(random, 32, new ArrayList<>()), value(random));
    }
    model.forEach((k, v) -> puts.add(new TrieChange(k.unsafeArray(), v.unsafeArray())));
    Hash32 root = new MerkleTrie(nodes, Keccak.EMPTY_TRIE_ROOT).update(puts, nodes).hash();
    MerkleTrie trie = new MerkleTrie(nodes, root);

    List<Bytes> keys = new ArrayList<>(model.keySet());
    for (int i = 0; i < 300; i++) {
      Bytes key =
          i % 2 == 0 ? keys.get(random.nextInt(keys.size())) : key(random, 32, new ArrayList<>());
      List<Bytes> proof = trie.prove(key.unsafeArray());
      assertThat(TrieProof.verify(root, key.unsafeArray(), proof)).isEqualTo(model.get(key));

      List<Bytes> shorter = proof.subList(0, proof.size() - 1);
      assertThatThrownBy(() -> TrieProof.verify(root, key.unsafeArray(), shorter))
          .isInstanceOf(DecodeException.class);
      List<Bytes> longer = new ArrayList<>(proof);
      longer.add(proof.getFirst());
      assertThatThrownBy(() -> TrieProof.verify(root, key.unsafeArray(), longer))
          .isInstanceOf(DecodeException.class);
      List<Bytes> flipped = new ArrayList<>(proof);
      int at = random.nextInt(proof.size());
      byte[] bad = proof.get(at).toArray();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      flipped.set(at, Bytes.wrap(bad));
      assertThatThrownBy(() -> TrieProof.verify(root, key.unsafeArray(), flipped))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void theEmptyTrieIsProvedByNoNodes() throws Exception {
    MerkleTrie empty = new MerkleTrie(NodeSource.NONE, Keccak.EMPTY_TRIE_ROOT);

    assertThat(empty.prove(new byte[32])).isEmpty();
    assertThat(TrieProof.verify(Keccak.EMPTY_TRIE_ROOT, new byte[32], List.of())).isNull();
    assertThatThrownBy(() -> TrieProof.verify(Hash32.ZERO, new byte[32], List.of()))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("lacks node");
  }

  @Test
  void proofsFromOutsideAreTotal() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 5000; i++) {
      byte[] junk = new byte[random.nextInt(80)];
      random.nextBytes(junk);
      if (junk.length > 0 && random.nextBoolean()) {
        junk[0] = (byte) (0xc0 + Math.min(junk.length - 1, 55));
      }
      Bytes node = Bytes.wrap(junk);
      assertThatThrownBy(() -> TrieProof.verify(Hash32.ZERO, new byte[32], List.of(node, node)))
          .isInstanceOf(DecodeException.class);
    }
  }

  private static Bytes key(Random random, int keyBytes, List<Bytes> pool) {
    if (!pool.isEmpty() && random.nextBoolean()) {
      return pool.get(random.nextInt(pool.size()));
    }
    byte[] key = new byte[keyBytes == 0 ? random.nextInt(5) : keyBytes];
    random.nextBytes(key);
    for (int i = 0; i < key.length && keyBytes < 32; i++) {
      key[i] &= 0x33;
    }
    pool.add(Bytes.wrap(key));
    return Bytes.wrap(key);
  }

  private static Bytes value(Random random) {
    byte[] value = new byte[1 + random.nextInt(random.nextBoolean() ? 3 : 60)];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }
}
