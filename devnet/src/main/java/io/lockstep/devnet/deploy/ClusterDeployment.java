// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.devnet.deploy.L1Sender.Mined;
import io.lockstep.devnet.deploy.L1Sender.Sent;
import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Deploys a cluster's contracts on any L1 and registers its operators, by plain transactions over
 * JSON-RPC; or checks that what a cluster file describes is there. One thread.
 */
public final class ClusterDeployment {
  /** Protocol §8. */
  public static final Wei MIN_STAKE = Wei.ofEther(8);

  /** Protocol §8, devnet: 15 minutes. */
  public static final Duration EXIT_DELAY = Duration.ofMinutes(15);

  /** How long a receipt is waited for on a chain with slots of 12 s. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What a payer gives an operator's account beyond its stake, when it has too little. */
  private static final Wei FEES = Wei.ofEther(10);

  /**
   * An operator to register.
   *
   * @param validators beacon chain indices that it claims
   */
  public record Operator(OperatorKeys keys, Wei stake, List<Long> validators) {
    public Operator {
      validators = List.copyOf(validators);
    }
  }

  /** The L1's endpoints. */
  public record Endpoints(URI rpc, URI beacon) {}

  /**
   * What to deploy.
   *
   * @param rollups genesis files in the cluster's order
   * @param payer creates the contracts, and funds operators that have too little
   */
  public record Plan(
      ProtocolParameters parameters,
      List<JsonNode> rollups,
      List<Operator> operators,
      SecretKey payer,
      Wei minStake,
      Duration exitDelay) {
    public Plan {
      rollups = List.copyOf(rollups);
      operators = List.copyOf(operators);
    }
  }

  private final Supplier<L1Caller> connect;
  private final String where;

  public ClusterDeployment(Endpoints endpoints) {
    this(() -> new L1Client(endpoints.rpc(), endpoints.beacon()), endpoints.beacon().toString());
  }

  /**
   * On an L1 that is reached in another way than over HTTP.
   *
   * @param where names the L1's beacon node in messages
   */
  public ClusterDeployment(Supplier<L1Caller> connect, String where) {
    this.connect = connect;
    this.where = where;
  }

  /** The L1's beacon genesis, Unix seconds: the time of every rollup's genesis. */
  public long genesisSeconds() throws DeployException {
    try (L1Caller client = connect.get()) {
      return client.beacon("/eth/v1/beacon/genesis").path("genesis_time").asLong();
    }
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

  /** Deploys the contracts and registers the operators; three rounds of transactions. */
  public ClusterFile deploy(Plan plan) throws DeployException {
    try (L1Caller client = connect.get()) {
      L1Sender sender = new L1Sender(client, PATIENCE);
      Hash32 validatorsRoot = validatorsRoot(client);
      List<Sent> first = fund(sender, plan);
      Bytes registryCode =
          Abi.creation(
              bytecode("OperatorRegistry"),
              plan.minStake().amount(),
              Abi.word(plan.exitDelay().toSeconds()));
      first.add(
          sender.send(plan.payer(), null, UInt256.ZERO, registryCode, "create OperatorRegistry"));
      Mined registry = sender.await(first).getLast();
      Address registryAddress = created(registry);

      List<Sent> second = new ArrayList<>();
      Bytes inboxCode =
          Abi.creation(
              bytecode("ClusterInbox"),
              Abi.word(registryAddress),
              Abi.word(genesisHead(plan.rollups())));
      second.add(sender.send(plan.payer(), null, UInt256.ZERO, inboxCode, "create ClusterInbox"));
      for (Operator operator : plan.operators()) {
        second.add(register(sender, registryAddress, operator));
      }
      List<Mined> mined = sender.await(second);
      addValidators(sender, registryAddress, plan.operators(), mined.subList(1, mined.size()));

      Map<String, Address> contracts = new LinkedHashMap<>();
      contracts.put(ClusterFile.OPERATOR_REGISTRY, registryAddress);
      contracts.put(ClusterFile.CLUSTER_INBOX, created(mined.getFirst()));
      List<ClusterFile.Rollup> rollups = new ArrayList<>();
      for (JsonNode genesis : plan.rollups()) {
        rollups.add(
            new ClusterFile.Rollup(genesis.path("config").path("chainId").asLong(), genesis));
      }
      return new ClusterFile(
          new ClusterFile.L1(sender.chainId().toLongSaturated(), validatorsRoot),
          contracts,
          registry.blockNumber(),
          plan.parameters(),
          rollups);
    }
  }

  private void check(Path file, ClusterFile cluster) throws DeployException {
    try (L1Caller client = connect.get()) {
      L1Sender l1 = new L1Sender(client, PATIENCE);
      long chainId = l1.chainId().toLongSaturated();
      require(
          chainId == cluster.l1().chainId(),
          "%s is for L1 chain %d, this is %d".formatted(file, cluster.l1().chainId(), chainId));
      Hash32 root = validatorsRoot(client);
      require(
          root.equals(cluster.l1().genesisValidatorsRoot()),
          "%s is for another beacon chain: genesis validators root %s, here %s"
              .formatted(file, cluster.l1().genesisValidatorsRoot(), root));
      Address inbox = cluster.clusterInbox();
      require(
          !l1.code(inbox).isEmpty(),
          "%s: the L1 has no contract at ClusterInbox %s".formatted(file, inbox));
      UInt256 registry = UInt256.ofBigEndian(l1.view(inbox, Abi.call("registry()")).toArray());
      require(
          registry.equals(Abi.word(cluster.operatorRegistry())),
          "%s: ClusterInbox %s belongs to another registry".formatted(file, inbox));
      Hash32 expected =
          ClusterHashes.genesisBatch(
              cluster.l1().chainId(),
              inbox,
              genesisHead(cluster.rollups().stream().map(ClusterFile.Rollup::genesis).toList()));
      Hash32 found = Hash32.of(l1.view(inbox, Abi.call("genesisBatchHash()")).toArray());
      require(
          found.equals(expected),
          "%s: ClusterInbox %s was made for other rollups".formatted(file, inbox));
    }
  }

  private Hash32 validatorsRoot(L1Caller client) throws DeployException {
    JsonNode genesis = client.beacon("/eth/v1/beacon/genesis");
    try {
      return Hash32.fromHex(genesis.path("genesis_validators_root").asString());
    } catch (IllegalArgumentException e) {
      throw new DeployException(where + ": no genesis_validators_root", e);
    }
  }

  private static List<Sent> fund(L1Sender sender, Plan plan) throws DeployException {
    List<Sent> sent = new ArrayList<>();
    for (Operator operator : plan.operators()) {
      Wei need = operator.stake().plus(FEES);
      fund(sender, plan.payer(), operator.keys().owner().address(), need, sent);
      for (SecretKey poster : operator.keys().posters()) {
        fund(sender, plan.payer(), poster.address(), FEES, sent);
      }
    }
    return sent;
  }

  private static void fund(L1Sender sender, SecretKey payer, Address to, Wei need, List<Sent> sent)
      throws DeployException {
    Wei missing = need.minusOrZero(new Wei(sender.balance(to)));
    if (!missing.equals(Wei.ZERO)) {
      sent.add(sender.send(payer, to, missing.amount(), Bytes.EMPTY, "fund " + to));
    }
  }

  private static Sent register(L1Sender sender, Address registry, Operator operator)
      throws DeployException {
    OperatorKeys keys = operator.keys();
    Bytes data =
        Abi.call(
            "register(address[2],address)",
            Abi.word(keys.posters().get(0).address()),
            Abi.word(keys.posters().get(1).address()),
            Abi.word(keys.committer().address()));
    String what = "register operator " + keys.owner().address();
    return sender.send(keys.owner(), registry, operator.stake().amount(), data, what);
  }

  private static void addValidators(
      L1Sender sender, Address registry, List<Operator> operators, List<Mined> registrations)
      throws DeployException {
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < operators.size(); i++) {
      Operator operator = operators.get(i);
      if (operator.validators().isEmpty()) {
        continue;
      }
      List<UInt256> words = new ArrayList<>();
      words.add(operatorId(registrations.get(i)));
      words.add(Abi.word(64));
      words.addAll(Abi.array(operator.validators().stream().map(Abi::word).toList()));
      Bytes data = Abi.call("addValidators(uint32,uint64[])", words.toArray(UInt256[]::new));
      String what = "add validators of " + operator.keys().owner().address();
      sent.add(sender.send(operator.keys().owner(), registry, UInt256.ZERO, data, what));
    }
    sender.await(sent);
  }

  /** The first indexed argument of the only event of a registration. */
  private static UInt256 operatorId(Mined registration) throws DeployException {
    JsonNode id = registration.receipt().path("logs").path(0).path("topics").path(1);
    try {
      return UInt256.of(Hash32.fromHex(id.asString()));
    } catch (IllegalArgumentException e) {
      throw new DeployException("the registration's receipt names no operator: " + id, e);
    }
  }

  /** Hash over the genesis block hashes as ClusterInbox takes it. */
  static Hash32 genesisHead(List<JsonNode> rollups) throws DeployException {
    List<Hash32> hashes = new ArrayList<>();
    for (JsonNode json : rollups) {
      try {
        hashes.add(GenesisHash.of(Genesis.parse(json)));
      } catch (DecodeException e) {
        throw new DeployException("a rollup's genesis: " + e.getMessage(), e);
      }
    }
    return Abi.hashOfArray(hashes);
  }

  private static Bytes bytecode(String contract) {
    String name = "/io/lockstep/contracts/" + contract + ".json";
    return Bytes.fromHex(GenesisJson.resource(name).path("bytecode").asString());
  }

  private static Address created(Mined mined) throws DeployException {
    if (mined.contract() == null) {
      throw new DeployException("the receipt of " + mined.hash() + " names no contract");
    }
    return mined.contract();
  }

  private static void require(boolean holds, String message) throws DeployException {
    if (!holds) {
      throw new DeployException(message);
    }
  }
}
