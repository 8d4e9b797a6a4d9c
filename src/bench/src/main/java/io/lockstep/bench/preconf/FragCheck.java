// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a careful wallet does with a frag before it believes it: the cluster, the Ctx, the EIP-712
 * signature of a known committer, and that the leaves are the signed ones (protocol §2.2). Any
 * thread.
 */
final class FragCheck {
  private final CommitmentDomain domain;
  private final Hash32 clusterId;
  private final Set<Address> committers;

  FragCheck(CommitmentDomain domain, Hash32 clusterId, Set<Address> committers) {
    this.domain = domain;
    this.clusterId = clusterId;
    this.committers = Set.copyOf(committers);
  }

  /**
   * Checks one notification of the stream of frags.
   *
   * @return the leaves, all covered by the signature
   * @throws DecodeException saying why the frag is not to be believed
   */
  List<TxLeaf> leaves(JsonNode node) throws DecodeException {
    Signed<?> signed = CommitmentJson.readSigned(domain, node);
    if (!(signed.object() instanceof Frag frag)) {
      throw new DecodeException("not a frag");
    }
    if (!frag.clusterId().equals(clusterId)) {
      throw new DecodeException("a frag of another cluster");
    }
    if (!signed.ctx().hash().equals(frag.ctxHash())) {
      throw new DecodeException("ctx does not hash to the signed ctxHash");
    }
    Address signer = domain.signer(signed);
    if (signer == null || !committers.contains(signer)) {
      throw new DecodeException("signed by nobody known: " + signer);
    }
    List<TxLeaf> leaves = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (JsonNode item : node.path("leaves")) {
      TxLeaf leaf = CommitmentJson.readTxLeaf(item);
      leaves.add(leaf);
      contents.add(leaf.words());
    }
    if (!new MerkleTree(contents).root().equals(frag.bodyRoot())) {
      throw new DecodeException("the leaves do not lead to the signed bodyRoot");
    }
    return leaves;
  }
}
