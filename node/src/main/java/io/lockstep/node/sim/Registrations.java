// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.OperatorRegistryAbi;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the owners of the operators do with their registration, and what the registry says of an
 * epoch as L1 stands. One thread.
 */
final class Registrations {
  private static final long CALL_GAS = 500_000;
  private static final long TRANSFER_GAS = 21_000;
  private static final UInt256 POSTER_FUNDS_WEI = Wei.ofEther(100).amount();

  private final SteppedBox box;
  private final RegistryReader reader;
  private final Address registry;
  private final List<L1Sender> owners = new ArrayList<>();
  private final L1Sender slasher;
  private final Map<InEpoch, Boolean> eligible = new HashMap<>();
  private final Map<InEpoch, Address> committers = new HashMap<>();
  private Hash32 head = Hash32.ZERO;
  private boolean touched;

  private record InEpoch(int operatorId, long epoch) {}

  Registrations(
      SteppedBox box, ExecutionClient execution, ClusterFile cluster, List<OperatorKeys> keys) {
    this.box = box;
    this.registry = cluster.operatorRegistry();
    this.reader = new RegistryReader(execution, registry);
    long chainId = cluster.l1().chainId();
    keys.forEach(one -> owners.add(new L1Sender(execution, chainId, one.owner())));
    this.slasher = new L1Sender(execution, chainId, PreparedL1.SLASHER);
  }

  /** The operator whose slot it is when this validator proposes in an epoch, or 0. */
  int operatorOf(int validator, long epoch) {
    int operatorId = PreparedL1.operatorOf(validator);
    return operatorId != 0 && isEligible(operatorId, epoch) ? operatorId : 0;
  }

  boolean isEligible(int operatorId, long epoch) {
    refresh();
    return !touched || eligible.computeIfAbsent(new InEpoch(operatorId, epoch), this::readEligible);
  }

  /** Who must have signed what an operator signs in a window that is named by a slot. */
  Address committer(int operatorId, long windowSlot) {
    refresh();
    InEpoch key = new InEpoch(operatorId, windowSlot / BoxOptions.SLOTS_PER_EPOCH);
    return committers.computeIfAbsent(key, this::readCommitter);
  }

  private void refresh() {
    if (!head.equals(box.headHash())) {
      head = box.headHash();
      eligible.clear();
      committers.clear();
    }
  }

  private boolean readEligible(InEpoch key) {
    try {
      return reader.isEligibleAt(key.operatorId, new Epoch(key.epoch), BlockTag.LATEST);
    } catch (L1Exception e) {
      throw new IllegalStateException("the L1 of a run gives no answer", e);
    }
  }

  private Address readCommitter(InEpoch key) {
    try {
      return reader.keysAt(key.operatorId, new Epoch(key.epoch), BlockTag.LATEST).committer();
    } catch (L1Exception e) {
      throw new IllegalStateException("the L1 of a run gives no answer", e);
    }
  }

  /** Gives an operator other keys, and ether to its new posters. */
  void rotate(int operatorId, OperatorKeys fresh) {
    L1Sender owner = owner(operatorId);
    List<Address> posters = fresh.posters().stream().map(SecretKey::address).toList();
    posters.forEach(poster -> owner.send(poster, POSTER_FUNDS_WEI, Bytes.EMPTY, TRANSFER_GAS));
    call(
        owner,
        UInt256.ZERO,
        OperatorRegistryAbi.encodeRotate(operatorId, posters, fresh.committer().address()));
  }

  void exit(int operatorId) {
    call(owner(operatorId), UInt256.ZERO, OperatorRegistryAbi.encodeExit(operatorId));
  }

  void freeze(int operatorId) {
    call(owner(operatorId), UInt256.ZERO, OperatorRegistryAbi.encodeFreeze(operatorId));
  }

  /** Takes all but a little of an operator's stake. */
  void slash(int operatorId) {
    UInt256 most = OperatorKeys.STAKE.amount().subtract(UInt256.of(1));
    call(slasher, UInt256.ZERO, PreparedL1.encodeSlash(operatorId, most));
  }

  /** Brings the stake back that was taken, and the operator with it. */
  void rejoin(int operatorId) {
    call(owner(operatorId), Wei.ofEther(500).amount(), OperatorRegistryAbi.encodeTopUp(operatorId));
    call(owner(operatorId), UInt256.ZERO, OperatorRegistryAbi.encodeRejoin(operatorId));
  }

  private L1Sender owner(int operatorId) {
    return owners.get(operatorId - 1);
  }

  private void call(L1Sender sender, UInt256 value, Bytes data) {
    touched = true;
    sender.send(registry, value, data, CALL_GAS);
  }

  /** To be called after each L1 slot. */
  void slotPassed() {
    if (touched) {
      owners.forEach(L1Sender::step);
      slasher.step();
    }
  }
}
