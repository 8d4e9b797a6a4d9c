// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.devnet;

import io.lockstep.config.cli.DevnetOptions;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.DevnetFile;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BeaconBox;
import io.lockstep.devnet.l1.BeaconFork;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import io.lockstep.devnet.l1.Validators;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.node.deploy.ClusterDeployment;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.deploy.Plan;
import io.lockstep.node.deploy.Registration;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Wei;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running devnet. */
public final class Devnet implements AutoCloseable {
  private static final int NODE_END_SECONDS = 8;
  private static final long CONNECT_TIMEOUT_MS = 5_000;
  private static final Wei BALANCE_ON_GIVEN_L1 = Wei.ofEther(100);

  private final DevnetOptions options;
  private final DevnetLayout layout;
  private final List<RunningNode> nodes = new ArrayList<>();
  private final Deque<AutoCloseable> others = new ArrayDeque<>();
  private @Nullable DevnetFile file;

  private Devnet(DevnetOptions options) {
    this.options = options;
    this.layout = new DevnetLayout(options);
  }

  /** Brings everything up; nothing is left running when it fails. */
  public static Devnet start(DevnetOptions options) throws DevnetFailure {
    Devnet devnet = new Devnet(options);
    try {
      devnet.startAll();
      return devnet;
    } catch (DevnetFailure e) {
      devnet.close();
      throw e;
    } catch (IOException | DeployException e) {
      devnet.close();
      throw new DevnetFailure(String.valueOf(e.getMessage()), e);
    } catch (L2Genesis.Refused e) {
      devnet.close();
      throw new DevnetFailure(true, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      devnet.close();
      throw new DevnetFailure(true, String.valueOf(e.getMessage()));
    }
  }

  /** What runs where; null with the L1 alone. */
  public @Nullable DevnetFile file() {
    return file;
  }

  public Path directory() {
    return layout.dir();
  }

  /** Endpoints of the L1. */
  public record L1(URI rpc, URI beacon) {}

  private void startAll() throws DevnetFailure, IOException, DeployException, L2Genesis.Refused {
    URI rpc = options.l1Rpc();
    layout.checkPorts(rpc == null, options.l1Beacon() == null);
    Files.createDirectories(layout.dir());
    List<OperatorKeys> keys = OperatorKeys.devnets(options.operators());
    L1Box l1Box = rpc == null ? startBox(keys) : null;
    L1 l1 =
        l1Box == null
            ? new L1(Objects.requireNonNull(rpc), beaconOver(rpc, keys))
            : new L1(l1Box.rpcUri(), l1Box.beaconUri());
    if (options.onlyL1()) {
      if (l1Box != null) {
        l1Box.goLive();
      }
      return;
    }
    ClusterFile cluster = deploy(l1, keys);
    if (l1Box != null) {
      l1Box.goLive();
    }
    for (ClusterFile.Rollup rollup : cluster.rollups()) {
      Files.writeString(
          layout.genesisFile(rollup.chainId()),
          rollup.genesis().toPrettyString(),
          StandardCharsets.UTF_8);
    }
    for (DevnetLayout.Place place : layout.places()) {
      OperatorKeys own = keys.get(Math.min(place.index(), keys.size() - 1));
      layout.writeNode(place, own, l1.rpc, l1.beacon);
    }
    for (DevnetLayout.Place place : layout.places()) {
      nodes.add(
          options.nodes() == DevnetOptions.NodesIn.PROCESSES
              ? RunningNode.child(place)
              : RunningNode.inside(place));
    }
    file = describe(l1, cluster);
    file.write(layout.devnetFile());
  }

  /** The given beacon node, or the box's over the given execution client. */
  private URI beaconOver(URI rpc, List<OperatorKeys> keys) throws IOException {
    URI given = options.l1Beacon();
    if (given != null) {
      return given;
    }
    BeaconBox box = BeaconBox.start(boxOptions(keys), rpc);
    others.push(box);
    return box.beaconUri();
  }

  private L1Box startBox(List<OperatorKeys> keys) throws IOException {
    L1Box box = L1Box.start(boxOptions(keys));
    others.push(box);
    return box;
  }

  private BoxOptions boxOptions(List<OperatorKeys> keys) {
    return BoxOptions.of(
            layout.l1Dir(),
            OperatorKeys.owners(keys),
            genesisSeconds -> L1Genesis.json(genesisSeconds, keys))
        .withPorts(options.l1RpcPort(), options.l1BeaconPort())
        .withSlotSeconds(options.slotSeconds())
        .withFork(BeaconFork.valueOf(options.l1Fork().name()));
  }

  private ClusterFile deploy(L1 l1, List<OperatorKeys> keys)
      throws DeployException, IOException, L2Genesis.Refused, DevnetFailure {
    try (JdkTransport transport = new JdkTransport(CONNECT_TIMEOUT_MS)) {
      L1Access access = L1Access.open(l1.rpc, l1.beacon, transport);
      ClusterDeployment deployment = new ClusterDeployment(access);
      SecretKey payer = options.fundingKey();
      return deployment.ensure(
          layout.clusterFile(),
          new Plan(
              Preset.DEVNET.parameters(),
              StakeParameters.devnet(access.spec().clock().slotSeconds()),
              rollups(deployment.genesisSeconds()),
              operators(access, keys),
              payer == null ? defaultPayer() : payer));
    }
  }

  /** On a given L1 a wallet that development chains fund. */
  private SecretKey defaultPayer() {
    return options.l1Rpc() == null ? DevAccounts.DEPLOYER : DevAccounts.keys().getFirst();
  }

  /** L1 has to lock as much for each wallet, and a given one may not have that. */
  private Wei walletBalance() {
    return options.l1Rpc() == null ? DevAccounts.BALANCE : BALANCE_ON_GIVEN_L1;
  }

  private List<JsonNode> rollups(long genesisSeconds)
      throws IOException, L2Genesis.Refused, DevnetFailure {
    List<JsonNode> rollups = new ArrayList<>();
    for (int i = 0; i < options.rollups(); i++) {
      Path given = options.genesis();
      rollups.add(
          i == 0 && given != null
              ? L2Genesis.merge(readJson(given), genesisSeconds, L2Genesis.DEVNET_TREASURY)
              : L2Genesis.json(i, genesisSeconds, walletBalance()));
    }
    return rollups;
  }

  /** The box's validators are the operators'; of those of a given L1, each claims its own. */
  private List<Plan.Operator> operators(L1Access l1, List<OperatorKeys> keys)
      throws DeployException {
    List<Plan.Operator> operators = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      List<Long> validators = Validators.indicesOf(i, keys.size(), BoxOptions.DEFAULT_VALIDATORS);
      if (options.l1Beacon() != null) {
        validators = Registration.ownedBy(l1, keys.get(i).owner().address(), validators);
      }
      operators.add(new Plan.Operator(keys.get(i), OperatorKeys.STAKE, validators));
    }
    return operators;
  }

  private static JsonNode readJson(Path path) throws IOException, DevnetFailure {
    try {
      return JsonMapper.builder().build().readTree(Files.readString(path, StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      throw new DevnetFailure(true, path + " is not JSON: " + e.getOriginalMessage());
    }
  }

  private DevnetFile describe(L1 l1, ClusterFile cluster) {
    List<DevnetFile.Node> described = new ArrayList<>();
    List<DevnetLayout.Place> places = layout.places();
    for (int i = 0; i < places.size(); i++) {
      DevnetLayout.Place place = places.get(i);
      described.add(
          new DevnetFile.Node(
              place.name(),
              place.role(),
              place.rpc(),
              place.ws(),
              place.ops(),
              place.gossip(),
              nodes.get(i).pid(),
              place.config(),
              place.dataDir()));
    }
    return new DevnetFile(
        new DevnetFile.L1(l1.rpc, l1.beacon, cluster.l1().chainId()),
        layout.clusterFile(),
        cluster.contracts(),
        cluster.rollups().stream()
            .map(rollup ->
                new DevnetFile.Rollup(rollup.chainId(), layout.genesisFile(rollup.chainId())))
            .toList(),
        described,
        DevAccounts.keys());
  }

  /** Ends the nodes, all at once so that it takes no longer than the slowest, then the L1. */
  @Override
  public void close() {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      nodes.forEach(node -> executor.execute(node::close));
      executor.shutdown();
      if (!executor.awaitTermination(NODE_END_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    nodes.clear();
    while (!others.isEmpty()) {
      try {
        others.pop().close();
      } catch (Exception e) {
        System.err.println("lockstep: " + e.getMessage());
      }
    }
  }
}
