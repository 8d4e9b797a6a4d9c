// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.Optional;

/**
 * What can be said of a commitment or a promise without any chain: that its parts belong together
 * and who signed it. Whether the signer is staked, and whether the promise was kept, is asked of L1
 * afterwards.
 */
public final class CommitmentCheck {
  private CommitmentCheck() {}

  /**
   * Finds the first disagreement within what somebody holds.
   *
   * @return why it is not genuine, or empty when every fact in it is covered by the signature of
   *     {@link Held#committer()}
   */
  public static Optional<String> disagreement(
      CommitmentDomain domain, Hash32 clusterId, Held held) {
    SignedObject object = held.signed().object();
    if (!object.clusterId().equals(clusterId)) {
      return Optional.of("clusterId is " + object.clusterId() + ", the cluster's is " + clusterId);
    }
    if (!held.signed().ctx().hash().equals(object.ctxHash())) {
      return Optional.of("ctx does not hash to the signed ctxHash");
    }
    Optional<String> signer = signerFault(domain, held.signed(), held.committer(), "");
    if (signer.isPresent()) {
      return signer;
    }
    return switch (held) {
      case Commitment commitment -> placeFault(domain, commitment);
      case HeldPromise promise ->
          promise.said() instanceof PromiseBody.Inclusion inclusion
                  && inclusion.lastTick() != promise.signed().object().deadlineTick()
              ? Optional.of("the body's last tick is not the deadline")
              : Optional.empty();
    };
  }

  private static Optional<String> placeFault(CommitmentDomain domain, Commitment commitment) {
    Hash32 root = MerkleTree.fold(commitment.leaf().words(), commitment.path());
    if (!root.equals(commitment.signed().object().bodyRoot())) {
      return Optional.of("leaf and path do not lead to the signed bodyRoot");
    }
    Commitment.SealProof seal = commitment.seal();
    return seal == null ? Optional.empty() : sealFault(domain, commitment, seal);
  }

  private static Optional<String> sealFault(
      CommitmentDomain domain, Commitment commitment, Commitment.SealProof proof) {
    Seal seal = proof.signed().object();
    Frag frag = commitment.signed().object();
    Optional<String> signer = signerFault(domain, proof.signed(), commitment.committer(), "seal: ");
    if (signer.isPresent()) {
      return signer;
    }
    if (!seal.clusterId().equals(frag.clusterId()) || seal.windowSlot() != frag.windowSlot()) {
      return Optional.of("seal: of another cluster or window");
    }
    if (!seal.ctxHash().equals(frag.ctxHash())) {
      return Optional.of("seal: signed under another ctx");
    }
    if (seal.tick() != frag.tick()) {
      return Optional.of("seal: of tick " + seal.tick() + ", the frag is of " + frag.tick());
    }
    if (!MerkleTree.fold(proof.leaf().words(), proof.path()).equals(seal.blocksRoot())) {
      return Optional.of("seal: leaf and path do not lead to the signed blocksRoot");
    }
    TxLeaf leaf = commitment.leaf();
    if (proof.leaf().tick() != seal.tick()
        || proof.leaf().rollupId() != leaf.rollupId()
        || proof.leaf().number() != leaf.number()
        || !proof.leaf().parentHash().equals(leaf.parentHash())) {
      return Optional.of("seal: its block is not the one that the leaf names");
    }
    return Optional.empty();
  }

  private static Optional<String> signerFault(
      CommitmentDomain domain, Signed<?> signed, Address committer, String prefix) {
    Address signer = domain.signer(signed);
    if (signer == null) {
      return Optional.of(prefix + "the signature is not a signature");
    }
    return signer.equals(committer)
        ? Optional.empty()
        : Optional.of(prefix + "signed by " + signer + ", not by the committer " + committer);
  }
}
