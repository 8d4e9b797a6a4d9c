// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.lockstep.config.ClusterConfig;
import io.lockstep.config.L1Config;
import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OperatorKey;
import io.lockstep.config.StorageConfig;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.config.preset.Preset;
import io.lockstep.config.table.ConfigReader;
import io.lockstep.config.table.ConfigResult;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.node.deploy.ClusterDeployment;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.deploy.Plan;
import io.lockstep.node.doctor.Finding.Level;
import io.lockstep.node.watch.FaultProxy;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every check on a healthy devnet's L1, and each of them failing. */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class DoctorTest {
  private static final List<OperatorKeys> KEYS = OperatorKeys.devnets(1);
  private static final SecretKey STRANGER = SecretKey.of(Hash32.ofWords(0, 0, 0, 77).toArray());

  private final JdkTransport transport = new JdkTransport(2_000);
  private L1Box box;
  private ClusterFile cluster;
  private FaultProxy rpc;
  private FaultProxy beacon;
  private Path dir;

  @BeforeAll
  void startL1(@TempDir Path temp) throws Exception {
    dir = temp;
    box =
        L1Box.start(
            BoxOptions.of(
                    temp.resolve("l1"),
                    OperatorKeys.owners(KEYS),
                    genesisSeconds -> L1Genesis.json(genesisSeconds, KEYS))
                .withPorts(0, 0));
    L1Access l1 = L1Access.open(box.rpcUri(), box.beaconUri(), transport);
    cluster =
        new ClusterDeployment(l1)
            .deploy(
                new Plan(
                    Preset.DEVNET.parameters(),
                    StakeParameters.devnet(BoxOptions.MIN_SLOT_SECONDS),
                    List.of(
                        L2Genesis.json(0, l1.spec().clock().genesisSeconds(), DevAccounts.BALANCE)),
                    List.of(new Plan.Operator(KEYS.getFirst(), OperatorKeys.STAKE, List.of(0L))),
                    DevAccounts.DEPLOYER));
    box.goLive();
    rpc = new FaultProxy(box.rpcUri());
    beacon = new FaultProxy(box.beaconUri());
  }

  @BeforeEach
  void heal() {
    rpc.behave();
    beacon.behave();
  }

  @AfterAll
  void stopL1() {
    rpc.close();
    beacon.close();
    transport.close();
    box.close();
  }

  @Test
  void findsNothingWrongWithAHealthyOperator() {
    assertThat(examine(operator()))
        .noneMatch(finding -> finding.level() == Level.FAIL)
        .extracting(Finding::check)
        .contains(
            "storage.dir",
            "clock",
            "l1",
            "l1.rpc " + rpc.name(),
            "l1.beacon " + beacon.name(),
            "parameters",
            "cluster",
            "parameters on chain",
            "oracle",
            "operator",
            "poster " + KEYS.getFirst().posters().getFirst().address());
  }

  @Test
  void namesEndpointsThatDoNotAnswerAsTheyShould() {
    rpc.always(FaultProxy.Answer.HTML);
    beacon.always(FaultProxy.Answer.HTML);

    assertFails(follower(), "l1.rpc " + rpc.name(), "does not answer as an execution client");
    assertFails(follower(), "l1.beacon " + beacon.name(), "does not answer as a beacon node");
  }

  @Test
  void namesEndpointsOfAnotherChain() {
    rpc.fault(replacing("eth_chainId", "0x384", "0x1"));
    assertFails(follower(), "l1.rpc " + rpc.name(), "is chain 1, expected 900");

    rpc.behave();
    ClusterFile other =
        new ClusterFile(
            new ClusterFile.L1(900, Hash32.ofWords(1, 2, 3, 4)),
            cluster.contracts(),
            cluster.deploymentBlock(),
            cluster.parameters(),
            cluster.rollups());
    assertFails(with(other, null), "l1.beacon " + beacon.name(), "genesis validators root");
  }

  @Test
  void namesClientsThatAreNotInStep() {
    rpc.fault(replacing("eth_syncing", "false", "{\"currentBlock\":\"0x1\"}"));
    assertFails(follower(), "l1.rpc " + rpc.name(), "still synchronizing");

    beacon.fault(at("/node/syncing", "\"is_syncing\":false", "\"is_syncing\":true"));
    assertFails(follower(), "l1.beacon " + beacon.name(), "not in step");
    beacon.fault(at("/node/syncing", "\"el_offline\":false", "\"el_offline\":true"));
    assertFails(follower(), "l1.beacon " + beacon.name(), "execution client is away");
  }

  @Test
  void namesAClockThatIsBehindOrAhead() {
    assertThat(examine(follower(), -60_000))
        .anyMatch(finding ->
            finding.level() == Level.FAIL
                && finding.check().equals("clock")
                && finding.text().startsWith("is behind"));
    assertThat(examine(follower(), 3_600_000))
        .anyMatch(finding -> finding.level() == Level.WARN && finding.check().equals("clock"))
        .anyMatch(
            finding -> finding.level() == Level.WARN && finding.text().startsWith("has a head of"));
  }

  @Test
  void namesClientsThatDoNotSupportWhatIsNeeded() {
    rpc.fault((asked, answering) ->
        asked.isCall("eth_blobBaseFee")
            ? answering.answer().with(error())
            : asked.isCall("eth_config") ? answering.answer().with(error()) : answering.answer());
    List<Finding> findings = examine(follower());
    assertThat(findings)
        .anyMatch(finding ->
            finding.level() == Level.FAIL && finding.text().startsWith("gives no blob base fee"));

    rpc.fault((asked, answering) ->
        asked.isCall("eth_config") ? answering.answer().with(error()) : answering.answer());
    assertThat(examine(follower()))
        .anyMatch(finding ->
            finding.level() == Level.WARN && finding.text().startsWith("has no eth_config"));

    beacon.fault((asked, answering) ->
        asked.path().contains("proposer_lookahead")
            ? new FaultProxy.Answer(404, "application/json", "{\"code\":404,\"message\":\"no\"}")
            : answering.answer());
    assertThat(examine(follower()))
        .anyMatch(finding ->
            finding.level() == Level.WARN
                && finding.text().equals("does not serve the proposer lookahead"));
  }

  @Test
  void namesContractsThatAreNotThere() {
    Map<String, Address> contracts = new HashMap<>(cluster.contracts());
    contracts.put(ClusterFile.CLUSTER_INBOX, Address.ofLong(0x1234));
    assertFails(with(withContracts(contracts), null), "cluster", "no contract is at");

    contracts.put(ClusterFile.CLUSTER_INBOX, cluster.clusterInbox());
    contracts.put(ClusterFile.OPERATOR_REGISTRY, cluster.clusterInbox());
    assertFails(with(withContracts(contracts), null), "cluster", "names the registry");

    contracts.put(ClusterFile.OPERATOR_REGISTRY, cluster.operatorRegistry());
    contracts.put(ClusterFile.LOOKAHEAD_ORACLE, cluster.clusterInbox());
    assertFails(with(withContracts(contracts), null), "cluster", "names the oracle");
  }

  @Test
  void namesParametersThatDoNotFitTheSlots() {
    ProtocolParameters mainnet = Preset.MAINNET.parameters();
    ClusterFile other =
        new ClusterFile(
            cluster.l1(),
            cluster.contracts(),
            cluster.deploymentBlock(),
            mainnet,
            cluster.rollups());

    assertFails(with(other, null), "parameters", "must");
    assertFails(with(other, null), "parameters on chain", "openAfterSlots=64");
  }

  @Test
  void namesKeysThatAreNotRegisteredAndPostersWithoutMeans() {
    OperatorKeys keys = KEYS.getFirst();
    assertFails(
        with(cluster, keys(STRANGER, keys.posters())),
        "operator",
        "no operator is registered with the committer " + STRANGER.address());
    assertFails(
        with(cluster, keys(keys.committer(), List.of(keys.posters().getFirst(), STRANGER))),
        "poster " + STRANGER.address(),
        "is not a poster of operator 1");

    rpc.fault(balance("0x0"));
    assertFails(operator(), "poster " + keys.posters().getFirst().address(), "has no ether");
    rpc.fault(balance("0x5"));
    assertThat(examine(operator()))
        .anyMatch(
            finding -> finding.level() == Level.WARN && finding.check().startsWith("poster "));
  }

  @Test
  void asksTheSignerForTheKeysItShallHold() throws Exception {
    OperatorKeys keys = KEYS.getFirst();
    byte[] held =
        "[\"%s\"]"
            .formatted(keys.committer().publicKey().slice(1, 65).toHex())
            .getBytes(StandardCharsets.US_ASCII);
    HttpServer signer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    signer.createContext(
        "/api/v1/eth1/publicKeys",
        exchange -> {
          exchange.sendResponseHeaders(200, held.length);
          exchange.getResponseBody().write(held);
          exchange.close();
        });
    signer.start();
    URI url = URI.create("http://127.0.0.1:" + signer.getAddress().getPort());
    OperatorKey poster = new OperatorKey.Remote(keys.posters().getFirst().address(), url, 2_000);
    NodeConfig config =
        with(
            cluster,
            new OperatorConfig(
                new OperatorKey.Remote(keys.committer().address(), url, 2_000),
                List.of(poster, new OperatorKey.Held(keys.posters().getLast())),
                null,
                OperatorConfig.Durability.FSYNC,
                0));
    assertThat(examine(config))
        .anyMatch(one -> one.check().equals("signer, committer") && one.level() == Level.OK);
    assertFails(
        config,
        "signer, poster " + poster.address(),
        "does not hold the key of " + poster.address() + ", it holds 1 others");
    signer.stop(0);
    assertFails(config, "signer, committer", "is away");
  }

  @Test
  void namesAFolderThatCannotBeWritten() throws Exception {
    Path file = Files.writeString(dir.resolve("a-file"), "x");
    NodeConfig config = follower();
    assertFails(
        new NodeConfig(
            config.l1(),
            config.cluster(),
            null,
            config.rpc(),
            config.gossip(),
            StorageConfig.in(file),
            config.sequencer(),
            config.posting(),
            config.blobs(),
            config.ops()),
        "storage.dir",
        "cannot be written");
  }

  @Test
  void aLineSaysTheLevelTheCheckAndWhatToDo() {
    assertThat(new Finding(Level.WARN, "clock", "is ahead", "Set it").line())
        .isEqualTo("warn  clock: is ahead. Set it");
    assertThat(new Finding(Level.OK, "clock", "agrees", null).line())
        .isEqualTo("ok    clock: agrees");
  }

  private static String error() {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"not known\"}}";
  }

  private static FaultProxy.Fault replacing(String method, String what, String by) {
    return (asked, answering) ->
        asked.isCall(method)
            ? answering.answer().with(answering.answer().body().replace(what, by))
            : answering.answer();
  }

  private static FaultProxy.Fault balance(String wei) {
    return (asked, answering) -> {
      FaultProxy.Answer answer = answering.answer();
      return asked.isCall("eth_getBalance")
          ? answer.with(answer.body().replaceAll("0x[0-9a-f]+", wei))
          : answer;
    };
  }

  private static FaultProxy.Fault at(String path, String what, String by) {
    return (asked, answering) ->
        asked.path().endsWith(path)
            ? answering.answer().with(answering.answer().body().replace(what, by))
            : answering.answer();
  }

  private void assertFails(NodeConfig config, String check, String text) {
    assertThat(examine(config))
        .filteredOn(finding -> finding.level() == Level.FAIL)
        .anySatisfy(finding -> {
          assertThat(finding.check()).isEqualTo(check);
          assertThat(finding.text()).contains(text);
          assertThat(finding.advice()).isNotEmpty();
        });
  }

  private List<Finding> examine(NodeConfig config) {
    return examine(config, 0);
  }

  private List<Finding> examine(NodeConfig config, long driftMs) {
    return Doctor.examine(config, transport, () -> System.currentTimeMillis() + driftMs);
  }

  private ClusterFile withContracts(Map<String, Address> contracts) {
    return new ClusterFile(
        cluster.l1(),
        contracts,
        cluster.deploymentBlock(),
        cluster.parameters(),
        cluster.rollups());
  }

  private NodeConfig follower() {
    return with(cluster, null);
  }

  private NodeConfig operator() {
    OperatorKeys keys = KEYS.getFirst();
    return with(cluster, keys(keys.committer(), keys.posters()));
  }

  private static OperatorConfig keys(SecretKey committer, List<SecretKey> posters) {
    return OperatorConfig.holding(committer, posters, null, OperatorConfig.Durability.FSYNC, 0);
  }

  private NodeConfig with(ClusterFile file, @Nullable OperatorConfig keys) {
    try {
      Path path = dir.resolve("cluster.json");
      file.write(path);
      Path toml =
          Files.writeString(
              dir.resolve("lockstep.toml"),
              """
              [l1]
              rpc = ["%s"]
              beacon = ["%s"]
              [cluster]
              file = "%s"
              [storage]
              dir = "%s"
              """
                  .formatted(rpc.uri(), beacon.uri(), path, dir.resolve("data")));
      if (!(ConfigReader.readFile(toml) instanceof ConfigResult.Valid valid)) {
        throw new AssertionError("the configuration is not valid");
      }
      NodeConfig read = valid.config();
      return new NodeConfig(
          new L1Config(List.<URI>of(rpc.uri()), List.of(beacon.uri()), 5_000),
          new ClusterConfig(path, file),
          keys,
          read.rpc(),
          read.gossip(),
          read.storage(),
          read.sequencer(),
          read.posting(),
          read.blobs(),
          read.ops());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
