// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.contract.OperatorRegistryAbi;
import io.lockstep.l1client.contract.ProvenHeader;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.contract.ValidatorClaim;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Registers operators and claims their validators with proofs from the beacon node's state
 * (protocol §1.1.2). Blocks; one thread.
 */
public final class Registration {
  /** Proofs of so many validators are some 80 KiB: pools take 128. */
  private static final int CLAIMS_A_TRANSACTION = 48;

  private static final long BEACON_BEHIND_MS = 12_000;
  private static final long ASK_AGAIN_MS = 200;

  private final L1Access l1;
  private final Address registry;
  private final RegistryReader reader;

  public Registration(L1Access l1, Address registry) {
    this.l1 = l1;
    this.registry = registry;
    this.reader = new RegistryReader(l1.execution(), registry);
  }

  /** Sends a registration. */
  void register(Round round, SecretKey owner, List<Address> posters, Address committer, Wei stake)
      throws DeployException {
    round.send(
        owner,
        registry,
        stake.amount(),
        OperatorRegistryAbi.encodeRegister(posters, committer),
        "register operator " + owner.address());
  }

  /** The number of the operator with this committer. */
  int operatorId(Address committer) throws DeployException {
    try {
      int id = reader.operatorOfCommitter(committer, BlockTag.LATEST);
      if (id == 0) {
        throw new DeployException("no operator is registered with the committer " + committer);
      }
      return id;
    } catch (L1Exception e) {
      throw new DeployException("registry " + registry + ": " + e.text(), e);
    }
  }

  /**
   * Sends the claims of several operators' validators, proven from one state.
   *
   * @param validators by operator
   */
  void addValidators(
      Round round, Map<Integer, List<Long>> validators, Map<Integer, SecretKey> owners)
      throws DeployException {
    List<Long> all = validators.values().stream().flatMap(List::stream).toList();
    if (all.isEmpty()) {
      return;
    }
    L1Block block = newest();
    BlockProofs proofs = prove(block, all);
    ProvenHeader header = new ProvenHeader(block.timestampSeconds(), proofs.header());
    for (Map.Entry<Integer, List<Long>> entry : validators.entrySet()) {
      List<ValidatorClaim> claims = new ArrayList<>();
      for (long index : entry.getValue()) {
        ValidatorClaim claim = proofs.claim(index);
        if (claim == null) {
          throw new DeployException("the beacon chain has no validator " + index);
        }
        claims.add(claim);
      }
      SecretKey owner = owners.get(entry.getKey());
      if (owner == null) {
        throw new IllegalArgumentException("no owner of operator " + entry.getKey());
      }
      for (int from = 0; from < claims.size(); from += CLAIMS_A_TRANSACTION) {
        int to = Math.min(claims.size(), from + CLAIMS_A_TRANSACTION);
        Bytes data =
            OperatorRegistryAbi.encodeAddValidators(
                entry.getKey(), header, claims.subList(from, to));
        round.send(owner, registry, UInt256.ZERO, data, "add validators of " + owner.address());
      }
    }
  }

  /** Claims validators of one operator and waits until they are claimed. */
  public void claim(SecretKey owner, int operatorId, List<Long> validators) throws DeployException {
    Round round = new Round(l1.sender());
    addValidators(round, Map.of(operatorId, validators), Map.of(operatorId, owner));
    var _ = round.await();
  }

  private L1Block newest() throws DeployException {
    try {
      L1Block block = l1.execution().block(BlockTag.LATEST);
      if (block == null) {
        throw new DeployException("the L1 has no block yet");
      }
      return block;
    } catch (L1Exception e) {
      throw new DeployException("the newest L1 block: " + e.text(), e);
    }
  }

  /** A beacon node comes to a block a moment after its execution client: it is waited for. */
  private BlockProofs prove(L1Block block, List<Long> validators) throws DeployException {
    BlockProver prover = new BlockProver(l1.beacon(), l1.spec());
    long deadlineNanos = System.nanoTime() + BEACON_BEHIND_MS * 1_000_000;
    try {
      while (true) {
        BlockProofs proofs = prover.proveBefore(block, validators);
        if (proofs != null) {
          return proofs;
        }
        if (System.nanoTime() - deadlineNanos > 0) {
          throw new DeployException(
              ("the beacon node serves no state from before L1 block %d within %d s:"
                      + " proofs of validators need one")
                  .formatted(block.number(), BEACON_BEHIND_MS / 1_000));
        }
        Thread.sleep(ASK_AGAIN_MS);
      }
    } catch (L1Exception e) {
      throw new DeployException(
          "the beacon state from before L1 block " + block.number() + ": " + e.text(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeployException("interrupted before the claims of validators were sent", e);
    }
  }

  /**
   * Those of {@code candidates} whose withdrawal credentials name {@code owner}; one that the
   * beacon chain does not have is left out.
   */
  public static List<Long> ownedBy(L1Access l1, Address owner, List<Long> candidates)
      throws DeployException {
    try {
      BlockProofs proofs = new BlockProver(l1.beacon(), l1.spec()).prove(BlockId.HEAD, candidates);
      if (proofs == null) {
        throw new DeployException("the beacon node does not serve the state of its head");
      }
      List<Long> owned = new ArrayList<>();
      for (long index : candidates) {
        ValidatorClaim claim = proofs.claim(index);
        if (claim != null
            && Address.read(claim.withdrawalCredentials().toArray(), 12).equals(owner)) {
          owned.add(index);
        }
      }
      return owned;
    } catch (L1Exception e) {
      throw new DeployException("the state of the beacon node's head: " + e.text(), e);
    }
  }
}
