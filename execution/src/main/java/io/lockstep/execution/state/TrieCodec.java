// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Extension;
import io.lockstep.execution.state.TrieNode.Leaf;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RLP of trie nodes; children below 32 bytes stand inside their parent. Pure. */
final class TrieCodec {
  /** A node with a shorter encoding stands in its parent, not in the store. */
  static final int HASHED_FROM_BYTES = 32;

  private static final byte[] EMPTY = new byte[0];

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
      case Branch branch -> {
        out.startList();
        for (TrieNode child : branch.children()) {
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

  static TrieNode decode(byte[] rlp) throws DecodeException {
    RlpReader whole = RlpReader.over(rlp);
    RlpReader in = whole.list();
    whole.end();
    List<byte[]> items = new ArrayList<>(Branch.WIDTH + 1);
    while (in.hasNext() && items.size() <= Branch.WIDTH) {
      items.add(in.rawItem());
    }
    in.end();
    return switch (items.size()) {
      case 2 -> shortNode(items.get(0), items.get(1));
      case Branch.WIDTH + 1 -> branch(items);
      default -> throw new DecodeException("a trie node of " + items.size() + " items");
    };
  }

  private static TrieNode shortNode(byte[] compactItem, byte[] second) throws DecodeException {
    byte[] compact = RlpReader.over(compactItem).bytes();
    byte[] path = Nibbles.fromCompact(compact);
    if (Nibbles.isLeaf(compact)) {
      return new Leaf(path, RlpReader.over(second).bytes());
    }
    TrieNode child = child(second);
    if (child == null || path.length == 0) {
      throw new DecodeException("a trie extension without a path or a child");
    }
    return new Extension(path, child);
  }

  private static TrieNode branch(List<byte[]> items) throws DecodeException {
    @Nullable TrieNode[] children = new TrieNode[Branch.WIDTH];
    for (int i = 0; i < Branch.WIDTH; i++) {
      children[i] = child(items.get(i));
    }
    byte[] value = RlpReader.over(items.get(Branch.WIDTH)).bytes();
    return new Branch(children, value.length == 0 ? null : value);
  }

  private static @Nullable TrieNode child(byte[] item) throws DecodeException {
    RlpReader in = RlpReader.over(item);
    if (in.nextIsList()) {
      if (item.length >= HASHED_FROM_BYTES) {
        throw new DecodeException("a trie node of " + item.length + " bytes inside another");
      }
      return decode(item);
    }
    return item.length == 1 && (item[0] & 0xff) == 0x80 ? null : new Ref(in.hash());
  }
}
