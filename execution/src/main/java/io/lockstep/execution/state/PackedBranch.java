// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.state.TrieNode.Branch;
import io.lockstep.execution.state.TrieNode.Ref;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.column.Keys;
import org.jspecify.annotations.Nullable;

/**
 * A branch without a value, all of whose children are stored nodes, in the very bytes in which it
 * lies in the store: the RLP, then the ids of the children. Nearly all branches are of this kind. A
 * child is read in place, and one is changed in a copy of the bytes, so neither reading nor
 * rebuilding a branch takes its other children apart. Immutable by convention, any thread.
 */
final class PackedBranch implements Branch {
  private static final int HASH_ITEM_BYTES = 1 + Hash32.LENGTH_BYTES;
  private static final byte HASH_ITEM = (byte) 0xa0;
  private static final byte EMPTY_ITEM = (byte) 0x80;

  private final byte[] stored;
  private final int rlpBytes;
  private final int firstItem;

  /** Bit {@code i} is set where there is a child {@code i}. */
  private final int mask;

  private PackedBranch(byte[] stored, int rlpBytes, int firstItem, int mask) {
    this.stored = stored;
    this.rlpBytes = rlpBytes;
    this.firstItem = firstItem;
    this.mask = mask;
  }

  /**
   * Takes a stored node over as it is; null when it is of another kind.
   *
   * @param rlpBytes the length of its RLP, a list whose outer length is right
   */
  static @Nullable PackedBranch of(byte[] stored, int rlpBytes) {
    int firstItem = firstItem(stored[0]);
    int at = firstItem;
    int mask = 0;
    for (int i = 0; i < WIDTH; i++) {
      if (at >= rlpBytes) {
        return null;
      }
      if (stored[at] == HASH_ITEM) {
        mask |= 1 << i;
        at += HASH_ITEM_BYTES;
      } else if (stored[at] == EMPTY_ITEM) {
        at++;
      } else {
        return null;
      }
    }
    boolean fits =
        at + 1 == rlpBytes
            && stored[at] == EMPTY_ITEM
            && stored.length == rlpBytes + Integer.bitCount(mask) * Long.BYTES;
    return fits ? new PackedBranch(stored, rlpBytes, firstItem, mask) : null;
  }

  private static int firstItem(byte head) {
    int lengthBytes = (head & 0xff) - 0xf7;
    return 1 + Math.max(0, lengthBytes);
  }

  @Override
  public @Nullable TrieNode child(int nibble) {
    if (((mask >>> nibble) & 1) == 0) {
      return null;
    }
    int before = before(nibble);
    long id = Keys.number(stored, rlpBytes + before * Long.BYTES);
    return TrieCodec.ref(Hash32.read(stored, hashAt(nibble, before)), id);
  }

  @Override
  public byte @Nullable [] value() {
    return null;
  }

  /** The bytes in which it lies in the store; nobody changes them. */
  byte[] stored() {
    return stored;
  }

  /** How many of the {@link #stored} bytes are its RLP. */
  int rlpBytes() {
    return rlpBytes;
  }

  /**
   * The same with other children in the places of some.
   *
   * @param changed null where the child stays; only where there is one
   */
  PackedBranch with(@Nullable Ref[] changed) {
    byte[] copy = stored.clone();
    for (int i = 0; i < WIDTH; i++) {
      Ref ref = changed[i];
      if (ref != null) {
        int before = before(i);
        ref.hash().write(copy, hashAt(i, before));
        Keys.number(copy, rlpBytes + before * Long.BYTES, TrieCodec.storedId(ref));
      }
    }
    return new PackedBranch(copy, rlpBytes, firstItem, mask);
  }

  private int before(int nibble) {
    return Integer.bitCount(mask & ((1 << nibble) - 1));
  }

  private int hashAt(int nibble, int before) {
    return firstItem + nibble + before * Hash32.LENGTH_BYTES + 1;
  }
}
