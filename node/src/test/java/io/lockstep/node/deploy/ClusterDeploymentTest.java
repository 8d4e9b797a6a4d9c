// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BeaconFork;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.devnet.l1.Validators;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterDeploymentTest {
  private static final int OPERATORS = 3;
  private static final int VALIDATORS = 64;

  @TempDir Path dir;
  private final JdkTransport transport = new JdkTransport(2_000);
  private final List<OperatorKeys> keys = OperatorKeys.devnets(OPERATORS);

  @AfterEach
  void close() {
    transport.close();
  }

  @ParameterizedTest
  @EnumSource(BeaconFork.class)
  void deploysAClusterInTheBoxsFirstEpochsAndFindsItAgain(BeaconFork fork) throws Exception {
    Path file = dir.resolve("cluster.json");
    ClusterFile deployed;
    try (L1Box box = L1Box.start(options().withFork(fork))) {
      L1Access l1 = access(box);
      ClusterDeployment deployment = new ClusterDeployment(l1);
      deployed = deployment.ensure(file, plan(deployment.genesisSeconds()));
      box.goLive();

      // Registrations of epoch 0 count from epoch 3: they are in force when the box goes live.
      assertThat(deployed.deploymentBlock()).isLessThan(BoxOptions.SLOTS_PER_EPOCH);
      assertThat(box.headSlot()).isGreaterThanOrEqualTo(48);
      assertThat(deployment.genesisSeconds()).isEqualTo(box.clock().genesisSeconds());
      RegistryReader registry = new RegistryReader(l1.execution(), deployed.operatorRegistry());
      for (long validator = 0; validator < VALIDATORS; validator++) {
        assertThat(registry.operatorOfValidator(validator, BlockTag.LATEST))
            .isEqualTo((int) (validator % OPERATORS) + 1);
      }
      assertThat(registry.operatorCount(BlockTag.LATEST)).isEqualTo(OPERATORS);
      assertThat(l1.execution().balance(deployed.operatorRegistry(), BlockTag.LATEST))
          .isEqualTo(Wei.ofEther(1_000L * OPERATORS).amount());
      Address poster = keys.get(1).posters().get(1).address();
      assertThat(registry.operatorOfPoster(poster, BlockTag.LATEST)).isEqualTo(2);
      assertThat(registry.isEligibleAt(2, new Epoch(2), BlockTag.LATEST)).isFalse();
      assertThat(registry.isEligibleAt(2, new Epoch(3), BlockTag.LATEST)).isTrue();
      assertThat(registry.mayPost(2, poster, new Epoch(3), BlockTag.LATEST)).isTrue();
      assertThat(registry.mayPost(1, poster, new Epoch(3), BlockTag.LATEST)).isFalse();
    }

    try (L1Box again = L1Box.start(options().withFork(fork))) {
      ClusterDeployment deployment = new ClusterDeployment(access(again));

      ClusterFile found = deployment.ensure(file, plan(deployment.genesisSeconds()));

      assertThat(found.contracts()).isEqualTo(deployed.contracts());
      assertThat(found.rollups()).hasSize(2);
    }
  }

  @Test
  void refusesAClusterFileOfAnotherChain() throws Exception {
    Path file = dir.resolve("cluster.json");
    try (L1Box box = L1Box.start(options())) {
      ClusterDeployment deployment = new ClusterDeployment(access(box));
      ClusterFile cluster = deployment.deploy(plan(deployment.genesisSeconds()));
      new ClusterFile(
              new ClusterFile.L1(1, cluster.l1().genesisValidatorsRoot()),
              cluster.contracts(),
              cluster.deploymentBlock(),
              cluster.parameters(),
              cluster.rollups())
          .write(file);
      assertThatThrownBy(() -> deployment.ensure(file, plan(0)))
          .isInstanceOf(DeployException.class)
          .hasMessageContaining("is for L1 chain 1, this is 900");

      new ClusterFile(
              cluster.l1(),
              cluster.contracts(),
              cluster.deploymentBlock(),
              cluster.parameters(),
              cluster.rollups().subList(0, 1))
          .write(file);
      assertThatThrownBy(() -> deployment.ensure(file, plan(0)))
          .isInstanceOf(DeployException.class)
          .hasMessageContaining("was made for other rollups");
    }
  }

  @Test
  void locksOnL1WhatAccountsHaveFromGenesisOn() throws Exception {
    try (L1Box box = L1Box.start(options())) {
      L1Access l1 = access(box);
      ClusterDeployment deployment = new ClusterDeployment(l1);
      Plan plan = plan(deployment.genesisSeconds());
      Plan withoutMeans =
          new Plan(
              plan.parameters(),
              plan.stakes(),
              plan.rollups(),
              List.of(),
              DevAccounts.keys().getFirst());
      assertThatThrownBy(() -> deployment.deploy(withoutMeans))
          .isInstanceOf(DeployException.class)
          .hasMessageContaining("which L1 must hold");

      ClusterFile cluster = deployment.deploy(plan);

      UInt256 wallets = DevAccounts.BALANCE.amount().multiply(UInt256.of(2L * DevAccounts.COUNT));
      assertThat(l1.execution().balance(cluster.l1Messenger(), BlockTag.LATEST)).isEqualTo(wallets);
    }
  }

  @Test
  void refusesToClaimAValidatorOfAnotherOwner() throws Exception {
    try (L1Box box = L1Box.start(options())) {
      ClusterDeployment deployment = new ClusterDeployment(access(box));
      Plan plan =
          new Plan(
              Preset.DEVNET.parameters(),
              StakeParameters.devnet(2),
              List.of(L2Genesis.json(0, deployment.genesisSeconds(), DevAccounts.BALANCE)),
              List.of(new Plan.Operator(keys.getFirst(), OperatorKeys.STAKE, List.of(1L))),
              DevAccounts.DEPLOYER);

      assertThatThrownBy(() -> deployment.deploy(plan))
          .isInstanceOf(DeployException.class)
          .hasMessageContaining("add validators of " + keys.getFirst().owner().address());
    }
  }

  /** Protocol §8, each constraint broken alone, on the slots of a devnet. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // tick, lead, graceMs, cap, open | exit, challenge, evidence, answer | what is said
        "3|3|1000|7|16|900|300|120|16|tickSeconds 3 must divide the L1's slot of 2",
        "1|3|1000|7|16|900|300|120|16|handoverLeadSeconds 3 must not exceed the L1's slot of 2",
        "2|3|1000|7|16|900|300|120|16|tickSeconds 2 must divide handoverLeadSeconds 3",
        "1|2|1000|8|16|900|300|120|16|windowCapSlots 8 must be the L1's slots per epoch less one",
        "1|1|1000|7|16|900|300|120|16|graceMs 1000 must be below handoverLeadSeconds 1",
        "1|2|1500|7|16|900|300|120|16|graceMs 1500 must not exceed tickSeconds 1",
        "1|2|1000|7|13|900|300|120|16|openAfterSlots 13 must be at least twice windowCapSlots 7",
        "1|2|1000|7|16|572|300|120|16|exitDelaySeconds 572 must be above",
        "1|2|1000|7|16|99999|300|8175|16|must be below 8191",
        "1|2|1000|7|16|99999|300|2049|16|evidenceSlots 2049 must not exceed 2048",
      })
  void namesEachNumberThatTheProtocolForbids(
      int tick,
      int lead,
      int graceMs,
      int cap,
      int open,
      long exit,
      long challenge,
      long evidence,
      long answer,
      String message) {
    Plan plan =
        new Plan(
            new ProtocolParameters(tick, lead, graceMs, cap, 2, 96, open, 8),
            new StakeParameters(
                Wei.ofEther(8), exit, challenge, evidence, answer, null, UInt256.ONE),
            List.of(L2Genesis.json(0, 0, DevAccounts.BALANCE)),
            List.of(),
            DevAccounts.DEPLOYER);

    assertThat(plan.problems(2, 8)).anyMatch(problem -> problem.contains(message));
  }

  private L1Access access(L1Box box) throws Exception {
    return L1Access.open(box.rpcUri(), box.beaconUri(), transport);
  }

  private BoxOptions options() {
    return BoxOptions.of(
            dir.resolve("l1"),
            OperatorKeys.owners(keys),
            genesisSeconds -> L1Genesis.json(genesisSeconds, keys))
        .withPorts(0, 0);
  }

  private Plan plan(long genesisSeconds) {
    List<Plan.Operator> operators = new ArrayList<>();
    for (int i = 0; i < OPERATORS; i++) {
      operators.add(
          new Plan.Operator(
              keys.get(i), OperatorKeys.STAKE, Validators.indicesOf(i, OPERATORS, VALIDATORS)));
    }
    return new Plan(
        Preset.DEVNET.parameters(),
        StakeParameters.devnet(2),
        List.of(
            L2Genesis.json(0, genesisSeconds, DevAccounts.BALANCE),
            L2Genesis.json(1, genesisSeconds, DevAccounts.BALANCE)),
        operators,
        DevAccounts.DEPLOYER);
  }
}
