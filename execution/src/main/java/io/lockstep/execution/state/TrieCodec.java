// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.OpenBranch;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RLP of trie nodes; children below 32 bytes stand inside their parent. As stored, the ids of what
 * the RLP names by hash follow it: of each hashed child in order, with a mark at those of leaves,
 * or of the trie below a leaf. Pure.
 */
final class TrieCodec {
  /** A node with a shorter encoding stands in its parent, not in the store. */
  static final int HASHED_FROM_BYTES = 32;

  private static final byte[] EMPTY = new byte[0];
  private static final long LEAF = Long.MIN_VALUE;

  private TrieCodec() {}

  /** Encodes a node whose children are references or short nodes. */
  static byte[] encode(TrieNode node) {
    RlpWriter out = new RlpWriter(node instanceof Branch ? 560 : 160);
    write(out, node);
    return out.toArray();
  }

  private static void write(RlpWriter out, TrieNode node) {
    switch (node) {
      case Ref ref -> out.hash(ref.hash());
      case Leaf leaf ->
          out.startList().bytes(Nibbles.toCompact(leaf.path(), true)).bytes(leaf.value()).endList();
      case Extension extension -> {
        out.startList().bytes(Nibbles.toCompact(extension.path(), false));
        write(out, extension.child());
        out.endList();
      }
      case PackedBranch packed -> out.raw(Arrays.copyOf(packed.stored(), packed.rlpBytes()));
      case Branch branch -> {
        out.startList();
        for (int i = 0; i < Branch.WIDTH; i++) {
          TrieNode child = branch.child(i);
          if (child == null) {
            out.bytes(EMPTY);
          } else {
            write(out, child);
          }
        }
        out.bytes(branch.value() == null ? EMPTY : branch.value()).endList();
      }
    }
  }

  /** The form in which a node lies in the store. */
  static byte[] stored(byte[] rlp, TrieNode node) {
    long[] ids = new long[Branch.WIDTH];
    int count = 0;
    switch (node) {
      case Leaf leaf when leaf.below() != 0 -> ids[count++] = leaf.below();
      case Extension(byte[] path, Ref child) -> ids[count++] = storedId(child);
      case Branch branch -> {
        for (int i = 0; i < Branch.WIDTH; i++) {
          if (branch.child(i) instanceof Ref ref) {
            ids[count++] = storedId(ref);
          }
        }
      }
      default -> {}
    }
    byte[] stored = Arrays.copyOf(rlp, rlp.length + count * Long.BYTES);
    for (int i = 0; i < count; i++) {
      Keys.number(stored, rlp.length + i * Long.BYTES, ids[i]);
    }
    return stored;
  }

  /** An id as it stands behind its parent, where its first bit says whether it is a leaf's. */
  static long storedId(Ref ref) {
    return ref.leaf() ? ref.id() | LEAF : ref.id();
  }

  static Ref ref(Hash32 hash, long storedId) {
    return new Ref(hash, storedId & ~LEAF, storedId < 0);
  }

  /** Reads the stored form of the node with this hash. */
  static TrieNode decodeStored(Hash32 hash, byte[] stored) throws DecodeException {
    byte[] rlp = RlpReader.over(stored).rawItem();
    if (!Keccak.hash(rlp).equals(hash)) {
      throw new DecodeException("a trie node that hashes to " + Keccak.hash(rlp));
    }
    PackedBranch packed = PackedBranch.of(stored, rlp.length);
    if (packed != null) {
      return packed;
    }
    Ids ids = new Ids(stored, rlp.length);
    TrieNode node = decode(rlp, ids);
    if (node instanceof Leaf(byte[] path, byte[] value, long none) && ids.hasNext()) {
      node = new Leaf(path, value, ids.next());
    }
    ids.end();
    return node;
  }

  /** Reads a node without ids. */
  static TrieNode decode(byte[] rlp) throws DecodeException {
    return decode(rlp, new Ids(EMPTY, Integer.MAX_VALUE));
  }

  /** The ids behind a stored node's RLP; where there is no store, zeros without end. */
  private static final class Ids {
    private final byte[] stored;
    private int at;

    Ids(byte[] stored, int from) {
      this.stored = stored;
      this.at = from;
    }

    boolean hasNext() {
      return at < stored.length;
    }

    long next() throws DecodeException {
      if (at == Integer.MAX_VALUE) {
        return 0;
      }
      if (stored.length - at < Long.BYTES) {
        throw new DecodeException("a trie node without the id of a child");
      }
      long id = Keys.number(stored, at);
      at += Long.BYTES;
      return id;
    }

    void end() throws DecodeException {
      if (at != stored.length) {
        throw new DecodeException("a trie node with more ids than children");
      }
    }
  }

  private static TrieNode decode(byte[] rlp, Ids ids) throws DecodeException {
    RlpReader whole = RlpReader.over(rlp);
    RlpReader in = whole.list();
    whole.end();
    List<byte[]> items = new ArrayList<>(Branch.WIDTH + 1);
    while (in.hasNext() && items.size() <= Branch.WIDTH) {
      items.add(in.rawItem());
    }
    in.end();
    return switch (items.size()) {
      case 2 -> shortNode(items.get(0), items.get(1), ids);
      case Branch.WIDTH + 1 -> branch(items, ids);
      default -> throw new DecodeException("a trie node of " + items.size() + " items");
    };
  }

  private static TrieNode shortNode(byte[] compactItem, byte[] second, Ids ids)
      throws DecodeException {
    byte[] compact = RlpReader.over(compactItem).bytes();
    byte[] path = Nibbles.fromCompact(compact);
    if (Nibbles.isLeaf(compact)) {
      return new Leaf(path, RlpReader.over(second).bytes(), 0);
    }
    TrieNode child = child(second, ids);
    if (child == null || path.length == 0) {
      throw new DecodeException("a trie extension without a path or a child");
    }
    return new Extension(path, child);
  }

  private static TrieNode branch(List<byte[]> items, Ids ids) throws DecodeException {
    @Nullable TrieNode[] children = new TrieNode[Branch.WIDTH];
    for (int i = 0; i < Branch.WIDTH; i++) {
      children[i] = child(items.get(i), ids);
    }
    byte[] value = RlpReader.over(items.get(Branch.WIDTH)).bytes();
    return new OpenBranch(children, value.length == 0 ? null : value);
  }

  private static @Nullable TrieNode child(byte[] item, Ids ids) throws DecodeException {
    RlpReader in = RlpReader.over(item);
    if (in.nextIsList()) {
      if (item.length >= HASHED_FROM_BYTES) {
        throw new DecodeException("a trie node of " + item.length + " bytes inside another");
      }
      return decode(item, ids);
    }
    return item.length == 1 && (item[0] & 0xff) == 0x80 ? null : ref(in.hash(), ids.next());
  }
}
