// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.GenesisHash;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.BeaconParameters;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.ConstructorAbi;
import io.lockstep.l1client.contract.InboxParameters;
import io.lockstep.l1client.contract.InboxReader;
import io.lockstep.l1client.contract.L1MessengerAbi;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Deploys a cluster's contracts on any L1 and registers its operators with their validators; or
 * checks that what a cluster file describes is there. Blocks; one thread.
 */
public final class ClusterDeployment {
  /** What a payer gives an operator's account beyond its stake, when it has too little. */
  private static final Wei FEES = Wei.ofEther(10);

  private final L1Access l1;

  public ClusterDeployment(L1Access l1) {
    this.l1 = l1;
  }

  /** The L1's beacon genesis, Unix seconds: the time of every rollup's genesis. */
  public long genesisSeconds() {
    return l1.spec().clock().genesisSeconds();
  }

  /**
   * Reads the cluster file when there is one and checks it against the chain; else deploys and
   * writes it.
   */
  public ClusterFile ensure(Path file, Plan plan) throws DeployException, IOException {
    if (!Files.exists(file)) {
      ClusterFile cluster = deploy(plan);
      cluster.write(file);
      return cluster;
    }
    ClusterFile cluster;
    try {
      cluster = ClusterFile.read(file);
    } catch (DecodeException e) {
      throw new DeployException(file + ": " + e.getMessage(), e);
    }
    check(file, cluster);
    return cluster;
  }

  /**
   * Deploys the contracts and registers the operators; three rounds of transactions.
   *
   * @throws IllegalArgumentException when the plan's numbers do not fit this L1; they are all named
   */
  public ClusterFile deploy(Plan plan) throws DeployException {
    List<String> problems =
        plan.problems(l1.spec().clock().slotSeconds(), l1.spec().clock().slotsPerEpoch());
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    BeaconParameters beacon = BeaconParameters.of(l1.spec());
    UInt256 cover = cover(plan);
    Round first = new Round(l1.sender());
    fund(first, plan);
    int registryAt =
        create(first, plan, ClusterFile.OPERATOR_REGISTRY, UInt256.ZERO, registry(plan, beacon));
    L1Receipt registryCreated = first.await().get(registryAt);
    Address registry = Round.created(registryCreated);

    Round second = new Round(l1.sender());
    List<Long> ids = plan.rollups().stream().map(Plan::chainId).toList();
    int oracleAt =
        create(
            second,
            plan,
            ClusterFile.LOOKAHEAD_ORACLE,
            UInt256.ZERO,
            ConstructorAbi.oracle(registry, beacon));
    int messengerAt =
        create(
            second, plan, ClusterFile.L1_MESSENGER, cover, ConstructorAbi.messenger(registry, ids));
    Registration registration = new Registration(l1, registry);
    for (Plan.Operator operator : plan.operators()) {
      OperatorKeys keys = operator.keys();
      registration.register(
          second,
          keys.owner(),
          keys.posters().stream().map(SecretKey::address).toList(),
          keys.committer().address(),
          operator.stake());
    }
    List<L1Receipt> mined = second.await();
    Address oracle = Round.created(mined.get(oracleAt));

    Round third = new Round(l1.sender());
    int inboxAt =
        create(
            third,
            plan,
            ClusterFile.CLUSTER_INBOX,
            UInt256.ZERO,
            ConstructorAbi.inbox(
                new InboxParameters(
                    registry,
                    oracle,
                    genesisHead(plan.rollups()),
                    ids,
                    plan.parameters().tickSeconds(),
                    plan.parameters().handoverLeadSeconds(),
                    plan.parameters().openAfterSlots(),
                    plan.stakes().forcedGasPriceWei())));
    claim(third, registration, plan.operators());
    Address inbox = Round.created(third.await().get(inboxAt));

    Map<String, Address> contracts = new LinkedHashMap<>();
    contracts.put(ClusterFile.OPERATOR_REGISTRY, registry);
    contracts.put(ClusterFile.LOOKAHEAD_ORACLE, oracle);
    contracts.put(ClusterFile.CLUSTER_INBOX, inbox);
    contracts.put(ClusterFile.L1_MESSENGER, Round.created(mined.get(messengerAt)));
    return new ClusterFile(
        new ClusterFile.L1(l1.chainId().toLongSaturated(), l1.spec().genesis().validatorsRoot()),
        contracts,
        registryCreated.blockNumber(),
        plan.parameters(),
        plan.rollups().stream()
            .map(genesis -> new ClusterFile.Rollup(Plan.chainId(genesis), genesis))
            .toList());
  }

  /**
   * What the payer has to lock for the rollups' genesis; it must have it before anything is sent.
   */
  private UInt256 cover(Plan plan) throws DeployException {
    BigInteger cover = Plan.coverWei(plan.rollups());
    Address payer = plan.payer().address();
    try {
      BigInteger has = l1.execution().balance(payer, BlockTag.LATEST).toBigInteger();
      require(
          cover.signum() == 0 || has.compareTo(cover) > 0,
          "the rollups' genesis files give accounts %s wei, which L1 must hold; %s, who deploys, has %s: lower the balances or fund it"
              .formatted(cover, payer, has));
      return UInt256.of(cover);
    } catch (L1Exception e) {
      throw new DeployException("the balance of " + payer + ": " + e.text(), e);
    }
  }

  private static Bytes registry(Plan plan, BeaconParameters beacon) {
    StakeParameters stakes = plan.stakes();
    return ConstructorAbi.registry(
        stakes.minStake(), stakes.exitDelaySeconds(), stakes.slasher(), beacon);
  }

  private static int create(
      Round round, Plan plan, String contract, UInt256 valueWei, Bytes arguments)
      throws DeployException {
    return round.send(
        plan.payer(),
        null,
        valueWei,
        Artefacts.creation(contract, arguments),
        "create " + contract);
  }

  private static void claim(Round round, Registration registration, List<Plan.Operator> operators)
      throws DeployException {
    Map<Integer, List<Long>> validators = new LinkedHashMap<>();
    Map<Integer, SecretKey> owners = new LinkedHashMap<>();
    for (Plan.Operator operator : operators) {
      int id = registration.operatorId(operator.keys().committer().address());
      validators.put(id, operator.validators());
      owners.put(id, operator.keys().owner());
    }
    registration.addValidators(round, validators, owners);
  }

  private void fund(Round round, Plan plan) throws DeployException {
    for (Plan.Operator operator : plan.operators()) {
      Wei need = operator.stake().plus(FEES);
      fund(round, plan.payer(), operator.keys().owner().address(), need);
      for (SecretKey poster : operator.keys().posters()) {
        fund(round, plan.payer(), poster.address(), FEES);
      }
    }
  }

  private void fund(Round round, SecretKey payer, Address to, Wei need) throws DeployException {
    try {
      Wei missing = need.minusOrZero(new Wei(l1.execution().balance(to, BlockTag.LATEST)));
      if (!missing.equals(Wei.ZERO)) {
        round.send(payer, to, missing.amount(), Bytes.EMPTY, "fund " + to);
      }
    } catch (L1Exception e) {
      throw new DeployException("the balance of " + to + ": " + e.text(), e);
    }
  }

  private void check(Path file, ClusterFile cluster) throws DeployException {
    long chainId = l1.chainId().toLongSaturated();
    require(
        chainId == cluster.l1().chainId(),
        "%s is for L1 chain %d, this is %d".formatted(file, cluster.l1().chainId(), chainId));
    Hash32 root = l1.spec().genesis().validatorsRoot();
    require(
        root.equals(cluster.l1().genesisValidatorsRoot()),
        "%s is for another beacon chain: genesis validators root %s, here %s"
            .formatted(file, cluster.l1().genesisValidatorsRoot(), root));
    Address inbox = cluster.clusterInbox();
    InboxReader reader = new InboxReader(l1.execution(), inbox);
    try {
      require(
          !l1.execution().code(inbox, BlockTag.LATEST).isEmpty(),
          "%s: the L1 has no contract at ClusterInbox %s".formatted(file, inbox));
      require(
          reader.registry(BlockTag.LATEST).equals(cluster.operatorRegistry()),
          "%s: ClusterInbox %s belongs to another registry".formatted(file, inbox));
      Hash32 expected =
          ClusterInboxAbi.genesisBatchHash(
              ClusterInboxAbi.clusterId(l1.chainId(), inbox),
              genesisHead(cluster.rollups().stream().map(ClusterFile.Rollup::genesis).toList()));
      require(
          reader.genesisBatchHash(BlockTag.LATEST).equals(expected),
          "%s: ClusterInbox %s was made for other rollups".formatted(file, inbox));
      requireCover(file, cluster);
    } catch (L1Exception e) {
      throw new DeployException("ClusterInbox " + inbox + ": " + e.text(), e);
    }
  }

  /** Other genesis files are refused before; this one's cover was never there or is short. */
  private void requireCover(Path file, ClusterFile cluster) throws DeployException, L1Exception {
    BigInteger spendable =
        Plan.coverWei(cluster.rollups().stream().map(ClusterFile.Rollup::genesis).toList());
    Address messenger = cluster.l1Messenger();
    CallRequest question = CallRequest.view(messenger, L1MessengerAbi.GENESIS_COVER);
    try {
      UInt256 cover =
          UInt256.of(ClusterInboxAbi.decodeWord(l1.execution().call(question, BlockTag.LATEST)));
      require(
          cover.toBigInteger().compareTo(spendable) >= 0,
          "%s: L1Messenger %s holds %s wei for genesis balances of %s"
              .formatted(file, messenger, cover, spendable));
    } catch (DecodeException e) {
      throw new DeployException("L1Messenger " + messenger + ": " + e.getMessage(), e);
    }
  }

  /** Hash over the genesis block hashes as ClusterInbox takes it. */
  private static Hash32 genesisHead(List<JsonNode> rollups) throws DeployException {
    List<Hash32> hashes = new ArrayList<>();
    for (JsonNode json : rollups) {
      hashes.add(GenesisHash.of(Plan.parsed(json)));
    }
    return ClusterInboxAbi.headOf(hashes);
  }

  private static void require(boolean holds, String message) throws DeployException {
    if (!holds) {
      throw new DeployException(message);
    }
  }
}
