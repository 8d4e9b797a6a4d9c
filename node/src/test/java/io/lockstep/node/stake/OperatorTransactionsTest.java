// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.stake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.cli.OperatorAction;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.l1client.contract.Operator;
import io.lockstep.l1client.contract.RegistryReader;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.http.Transport;
import io.lockstep.node.deploy.ClusterDeployment;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.deploy.Plan;
import io.lockstep.node.deploy.Registration;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Owners' transactions with the contracts of a live L1. */
@Timeout(180)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorTransactionsTest {
  private static final List<OperatorKeys> KEYS = OperatorKeys.devnets(3);
  private static final OperatorKeys FIRST = KEYS.getFirst();
  private static final OperatorKeys SECOND = KEYS.get(1);
  private static final OperatorKeys THIRD = KEYS.get(2);

  private final JdkTransport transport = new JdkTransport(2_000);
  private L1Box box;
  private L1Access l1;
  private ClusterFile cluster;
  private RegistryReader registry;

  @BeforeAll
  void startL1(@TempDir Path temp) throws Exception {
    box =
        L1Box.start(
            BoxOptions.of(
                    temp.resolve("l1"),
                    OperatorKeys.owners(KEYS),
                    genesisSeconds -> L1Genesis.json(genesisSeconds, KEYS))
                .withPorts(0, 0));
    l1 = L1Access.open(box.rpcUri(), box.beaconUri(), transport);
    cluster =
        new ClusterDeployment(l1)
            .deploy(
                new Plan(
                    Preset.DEVNET.parameters(),
                    StakeParameters.devnet(BoxOptions.MIN_SLOT_SECONDS),
                    List.of(
                        L2Genesis.json(0, l1.spec().clock().genesisSeconds(), DevAccounts.BALANCE)),
                    List.of(new Plan.Operator(FIRST, OperatorKeys.STAKE, List.of(0L))),
                    DevAccounts.DEPLOYER));
    box.goLive();
    registry = new RegistryReader(l1.execution(), cluster.operatorRegistry());
  }

  @AfterAll
  void stopL1() {
    transport.close();
    box.close();
  }

  private List<String> run(SecretKey key, OperatorAction action) throws Exception {
    Registration claims = new Registration(l1, cluster.operatorRegistry());
    return new OperatorTransactions(
            new L1Account(l1.execution(), key),
            cluster,
            (operatorId, validators) -> claims.claim(key, operatorId, validators),
            () -> l1)
        .run(action);
  }

  private static OperatorAction.Register registration(OperatorKeys keys, Long... validators) {
    return new OperatorAction.Register(
        keys.posters().stream().map(SecretKey::address).toList(),
        keys.committer().address(),
        Wei.ofEther(9),
        List.of(validators));
  }

  @Test
  void registersClaimsWithProofsAndIsRunAgainWithoutHarm() throws Exception {
    assertThat(run(SECOND.owner(), registration(SECOND, 1L)))
        .first()
        .asString()
        .startsWith("operator 2 is registered with a stake of");
    assertThat(registry.operatorOfValidator(1, BlockTag.LATEST)).isEqualTo(2);

    assertThat(run(SECOND.owner(), registration(SECOND, 1L, 4L)))
        .containsExactly(
            "operator 2 is registered already",
            "operator 2 has claimed 2 validators, 1 of them now");
    assertThat(registry.operatorOfValidator(4, BlockTag.LATEST)).isEqualTo(2);

    // Validator 2 is somebody else's: no proof helps.
    assertThatThrownBy(() -> run(SECOND.owner(), registration(SECOND, 2L)))
        .hasMessageContaining("NotYourValidator(validatorIndex 2");
  }

  @Test
  void waitsForABeaconNodeThatIsBehindItsExecutionClient() throws Exception {
    AtomicInteger notYet = new AtomicInteger(2);
    Transport behind =
        call ->
            call.uri().getPath().startsWith("/eth/v1/beacon/headers/")
                    && notYet.getAndDecrement() > 0
                ? new HttpAnswer(404, "application/json", new byte[] {'{', '}'})
                : transport.exchange(call);
    L1Access late = L1Access.open(box.rpcUri(), box.beaconUri(), behind);

    new Registration(late, cluster.operatorRegistry()).claim(FIRST.owner(), 1, List.of(3L));

    assertThat(notYet.get()).isNegative();
    assertThat(registry.operatorOfValidator(3, BlockTag.LATEST)).isEqualTo(1);
  }

  @Test
  void saysInTheContractsWordsWhatIsRefused() {
    assertThatThrownBy(() -> run(THIRD.owner(), new OperatorAction.Exit(1)))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessage("NotOwner(operatorId 1, caller " + THIRD.owner().address() + ")");
    assertThatThrownBy(() -> run(FIRST.owner(), new OperatorAction.Withdraw(1)))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessage("NotExited(operatorId 1)");
    assertThatThrownBy(() -> run(FIRST.owner(), new OperatorAction.Rejoin(1)))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessage("StillEligible(operatorId 1)");
    assertThatThrownBy(() -> run(THIRD.owner(), new OperatorAction.Freeze(7)))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessage("UnknownOperator(operatorId 7)");
  }

  @Test
  void rescuesNothingWhileOperatorsAreExpected() {
    assertThatThrownBy(() -> run(THIRD.owner(), new OperatorAction.Rescue()))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessageStartingWith("WindowNotOpen(windowSlot ");
  }

  /** The last: operator 1 is frozen afterwards. */
  @Test
  @Order(Integer.MAX_VALUE)
  void topsUpRotatesAndLeaves() throws Exception {
    assertThat(run(THIRD.owner(), new OperatorAction.TopUp(1, Wei.ofEther(2)))).hasSize(1);
    Operator more = registry.operator(1, BlockTag.LATEST);
    assertThat(more.stake()).isEqualTo(OperatorKeys.STAKE.plus(Wei.ofEther(2)));

    OperatorAction.Rotate rotation =
        new OperatorAction.Rotate(
            1, List.of(Address.ofLong(0x701), Address.ofLong(0x702)), Address.ofLong(0x703));
    run(FIRST.owner(), rotation);
    assertThat(registry.operatorOfCommitter(Address.ofLong(0x703), BlockTag.LATEST)).isEqualTo(1);
    assertThatThrownBy(() ->
            run(
                FIRST.owner(),
                new OperatorAction.Rotate(
                    1,
                    List.of(Address.ofLong(0x711), Address.ofLong(0x712)),
                    Address.ofLong(0x713))))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessageStartingWith("RotationPending(operatorId 1, fromEpoch ");

    run(FIRST.owner(), new OperatorAction.Exit(1));
    assertThat(registry.operator(1, BlockTag.LATEST).exitedAtSeconds()).isPositive();
    assertThatThrownBy(() -> run(FIRST.owner(), new OperatorAction.Withdraw(1)))
        .isInstanceOf(L1Account.Refused.class)
        .hasMessageStartingWith("StakeLocked(operatorId 1, untilTimestamp ");
    run(FIRST.owner(), new OperatorAction.Freeze(1));
    assertThat(registry.operator(1, BlockTag.LATEST).frozenAtSeconds()).isPositive();
  }
}
