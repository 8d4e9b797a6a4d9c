// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.stake;

import io.lockstep.config.cli.OperatorAction;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Operator;
import io.lockstep.l1client.contract.OperatorRegistryAbi;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the transaction that was asked for and says what came of it, one line a step. One thread;
 * blocks until L1 has them.
 */
public final class OperatorTransactions {
  private final L1Account account;
  private final ClusterFile cluster;
  private final Claims claims;
  private final Rescue rescue;
  private final RegistryReader registry;

  /** Claims validators with proofs. */
  @FunctionalInterface
  public interface Claims {
    void add(int operatorId, List<Long> validators) throws DeployException;
  }

  public OperatorTransactions(
      L1Account account, ClusterFile cluster, Claims claims, Rescue.Beacon beacon) {
    this.account = account;
    this.cluster = cluster;
    this.claims = claims;
    this.rescue = new Rescue(account, cluster, beacon);
    this.registry = new RegistryReader(account.execution(), cluster.operatorRegistry());
  }

  /**
   * What was done, in words.
   *
   * @throws L1Account.Refused when a contract says no
   */
  public List<String> run(OperatorAction action)
      throws L1Exception, L1Account.Refused, DeployException {
    return switch (action) {
      case OperatorAction.Register register -> register(register);
      case OperatorAction.Rotate rotate ->
          registry(
              "operator %d has other keys from the third epoch after"
                  .formatted(rotate.operatorId()),
              OperatorRegistryAbi.encodeRotate(
                  rotate.operatorId(), rotate.posters(), rotate.committer()));
      case OperatorAction.TopUp topUp -> {
        call(topUp.amount().amount(), OperatorRegistryAbi.encodeTopUp(topUp.operatorId()));
        Operator now = registry.operator(topUp.operatorId(), BlockTag.LATEST);
        yield List.of("operator %d has a stake of %s".formatted(topUp.operatorId(), now.stake()));
      }
      case OperatorAction.Exit exit ->
          registry(
              "operator %d leaves; it counts no more from the third epoch after"
                  .formatted(exit.operatorId()),
              OperatorRegistryAbi.encodeExit(exit.operatorId()));
      case OperatorAction.Withdraw withdraw ->
          registry(
              "the stake of operator %d is its owner's again".formatted(withdraw.operatorId()),
              OperatorRegistryAbi.encodeWithdraw(withdraw.operatorId()));
      case OperatorAction.Freeze freeze ->
          registry(
              "operator %d is frozen".formatted(freeze.operatorId()),
              OperatorRegistryAbi.encodeFreeze(freeze.operatorId()));
      case OperatorAction.Rejoin rejoin ->
          registry(
              "operator %d counts again from the third epoch after".formatted(rejoin.operatorId()),
              OperatorRegistryAbi.encodeRejoin(rejoin.operatorId()));
      case OperatorAction.Rescue _ -> rescue.run(account.key());
    };
  }

  private List<String> register(OperatorAction.Register asked)
      throws L1Exception, L1Account.Refused, DeployException {
    int known = registry.operatorOfCommitter(asked.committer(), BlockTag.LATEST);
    String first;
    if (known == 0) {
      Bytes data = OperatorRegistryAbi.encodeRegister(asked.posters(), asked.committer());
      call(asked.stake().amount(), data);
      known = registry.operatorOfCommitter(asked.committer(), BlockTag.LATEST);
      first =
          "operator %d is registered with a stake of %s, owner %s"
              .formatted(known, asked.stake(), account.address());
    } else {
      first = "operator %d is registered already".formatted(known);
    }
    if (asked.validators().isEmpty()) {
      return List.of(first);
    }
    return List.of(first, claim(known, asked.validators()));
  }

  private String claim(int operatorId, List<Long> validators) throws L1Exception, DeployException {
    List<Long> unclaimed = new ArrayList<>();
    for (long index : validators) {
      if (registry.operatorOfValidator(index, BlockTag.LATEST) != operatorId) {
        unclaimed.add(index);
      }
    }
    if (!unclaimed.isEmpty()) {
      claims.add(operatorId, unclaimed);
    }
    return "operator %d has claimed %d validators, %d of them now"
        .formatted(operatorId, validators.size(), unclaimed.size());
  }

  private List<String> registry(String done, Bytes data) throws L1Exception, L1Account.Refused {
    call(UInt256.ZERO, data);
    return List.of(done);
  }

  private void call(UInt256 value, Bytes data) throws L1Exception, L1Account.Refused {
    account.call(cluster.operatorRegistry(), value, data);
  }
}
