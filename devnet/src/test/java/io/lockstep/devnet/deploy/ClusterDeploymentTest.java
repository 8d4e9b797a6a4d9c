// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.ClusterDeployment.Endpoints;
import io.lockstep.devnet.deploy.ClusterDeployment.Operator;
import io.lockstep.devnet.deploy.ClusterDeployment.Plan;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.devnet.l1.Validators;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterDeploymentTest {
  private static final int OPERATORS = 3;
  private static final int VALIDATORS = 64;

  @TempDir Path dir;
  private final List<OperatorKeys> keys = OperatorKeys.devnets(OPERATORS);

  @Test
  void deploysAClusterInTheBoxsFirstEpochsAndFindsItAgain() throws Exception {
    Path file = dir.resolve("cluster.json");
    ClusterFile deployed;
    try (L1Box box = L1Box.start(options())) {
      ClusterDeployment deployment = new ClusterDeployment(endpoints(box));
      long genesisSeconds = deployment.genesisSeconds();
      deployed = deployment.ensure(file, plan(genesisSeconds));
      box.goLive();

      // Registrations of epoch 0 count from epoch 3: they are in force when the box goes live.
      assertThat(deployed.deploymentBlock()).isLessThan(BoxOptions.SLOTS_PER_EPOCH);
      assertThat(box.headSlot()).isGreaterThanOrEqualTo(48);
      assertThat(genesisSeconds).isEqualTo(box.clock().genesisSeconds());
      try (L1Client client = new L1Client(box.rpcUri(), box.beaconUri())) {
        L1Sender l1 = new L1Sender(client, Duration.ofSeconds(5));
        Address registry = deployed.operatorRegistry();
        for (long validator = 0; validator < VALIDATORS; validator++) {
          assertThat(view(l1, registry, "operatorOfValidator(uint64)", validator))
              .isEqualTo(UInt256.of(validator % OPERATORS + 1));
        }
        assertThat(view(l1, registry, "operatorCount()")).isEqualTo(UInt256.of(OPERATORS));
        assertThat(l1.balance(registry)).isEqualTo(Wei.ofEther(1_000L * OPERATORS).amount());
        Address poster = keys.get(1).posters().get(1).address();
        assertThat(
                UInt256.ofBigEndian(
                    l1.view(registry, Abi.call("operatorOfPoster(address)", Abi.word(poster)))
                        .toArray()))
            .isEqualTo(UInt256.of(2));
      }
    }

    try (L1Box again = L1Box.start(options())) {
      ClusterDeployment deployment = new ClusterDeployment(endpoints(again));

      ClusterFile found = deployment.ensure(file, plan(deployment.genesisSeconds()));

      assertThat(found.contracts()).isEqualTo(deployed.contracts());
      assertThat(found.rollups()).hasSize(2);
    }
  }

  @Test
  void refusesAClusterFileOfAnotherChain() throws Exception {
    Path file = dir.resolve("cluster.json");
    try (L1Box box = L1Box.start(options())) {
      ClusterDeployment deployment = new ClusterDeployment(endpoints(box));
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

  private static UInt256 view(L1Sender l1, Address contract, String signature, long... arguments)
      throws Exception {
    UInt256[] words = new UInt256[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = Abi.word(arguments[i]);
    }
    return UInt256.ofBigEndian(l1.view(contract, Abi.call(signature, words)).toArray());
  }

  private BoxOptions options() {
    return BoxOptions.of(
            dir.resolve("l1"),
            OperatorKeys.owners(keys),
            genesisSeconds -> L1Genesis.json(genesisSeconds, keys))
        .withPorts(0, 0);
  }

  private static Endpoints endpoints(L1Box box) {
    return new Endpoints(box.rpcUri(), box.beaconUri());
  }

  private Plan plan(long genesisSeconds) {
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < OPERATORS; i++) {
      operators.add(
          new Operator(
              keys.get(i), OperatorKeys.STAKE, Validators.indicesOf(i, OPERATORS, VALIDATORS)));
    }
    return new Plan(
        Preset.DEVNET.parameters(),
        List.of(L2Genesis.json(0, genesisSeconds), L2Genesis.json(1, genesisSeconds)),
        operators,
        DevAccounts.keys().getFirst(),
        ClusterDeployment.MIN_STAKE,
        ClusterDeployment.EXIT_DELAY);
  }
}
