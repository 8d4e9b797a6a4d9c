// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.ssz;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * A Merkle branch: a node and the siblings on its way up to the root. Immutable.
 *
 * @param gindex where the node stands under the root
 * @param siblings from the bottom up
 */
public record Branch(long gindex, Hash32 leaf, List<Hash32> siblings) {
  public Branch {
    siblings = List.copyOf(siblings);
    if (siblings.size() != Gindex.depth(gindex)) {
      throw new IllegalArgumentException(
          siblings.size() + " siblings for the generalized index " + gindex);
    }
  }

  /** The root that the branch leads to. */
  public Hash32 root() {
    Hash32 node = leaf;
    long at = gindex;
    for (Hash32 sibling : siblings) {
      node = (at & 1) == 0 ? Sha256.pair(node, sibling) : Sha256.pair(sibling, node);
      at >>= 1;
    }
    return node;
  }

  /** This branch made longer by one that leads from this one's root further up. */
  public Branch then(Branch above) {
    if (!above.leaf.equals(root())) {
      throw new IllegalArgumentException("the upper branch does not begin where the lower ends");
    }
    List<Hash32> all = new ArrayList<>(siblings);
    all.addAll(above.siblings);
    return new Branch(Gindex.concat(above.gindex, gindex), leaf, all);
  }
}
