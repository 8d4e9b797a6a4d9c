// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.ClusterDeployment;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Caller;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.types.Slot;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * An L1 on which a cluster is deployed and its operators registered, made once in a process; every
 * run begins with a copy. Immutable.
 */
final class PreparedL1 {
  static final int OPERATORS = 4;

  /** The slot of the last block that all runs share; the proposers of epoch 5 are still open. */
  private static final long LAST_SHARED_SLOT = 30;

  /** The first slot of a run. */
  static final long FIRST_SLOT = 40;

  private static final long FIRST_EPOCH = FIRST_SLOT / BoxOptions.SLOTS_PER_EPOCH;
  private static final long GENESIS_SECONDS = 1_900_000_000;

  /** Every n-th validator belongs to nobody, so that windows have more than one slot. */
  private static final int UNREGISTERED = 4;

  private static final int SPARSE_ONE_IN = 4;
  private static final int REGISTERED_ONE_IN = 40;

  private static final Object LOCK = new Object();
  private static volatile @Nullable PreparedL1 shared;

  private final SimDisk disk;
  private final ClusterFile cluster;
  private final List<OperatorKeys> keys;

  private PreparedL1(SimDisk disk, ClusterFile cluster, List<OperatorKeys> keys) {
    this.disk = disk;
    this.cluster = cluster;
    this.keys = keys;
  }

  /** The one of this process; the first caller makes it, which takes seconds. */
  static PreparedL1 get() {
    PreparedL1 ready = shared;
    if (ready == null) {
      synchronized (LOCK) {
        ready = shared;
        if (ready == null) {
          ready = make();
          shared = ready;
        }
      }
    }
    return ready;
  }

  ClusterFile cluster() {
    return cluster;
  }

  List<OperatorKeys> keys() {
    return keys;
  }

  /**
   * A box of its own, its head shortly before {@link #FIRST_SLOT}.
   *
   * @param proposers of each epoch of the run, from its first on
   */
  SteppedBox open(List<List<Integer>> proposers) {
    SteppedBox box =
        SteppedBox.open(options(keys, LAST_SHARED_SLOT), disk.copy().open(), new HashProofs());
    for (int i = 0; i < proposers.size(); i++) {
      box.proposers(FIRST_EPOCH + i, proposers.get(i));
    }
    while (box.currentSlot() < FIRST_SLOT - 1) {
      box.produceSlot();
    }
    return box;
  }

  private static boolean isRegistered(long validator) {
    return validator / OPERATORS % UNREGISTERED != 0;
  }

  /** The operator whose validator it is, or 0. */
  static int operatorOf(int validator) {
    return isRegistered(validator) ? validator % OPERATORS + 1 : 0;
  }

  /**
   * Draws the proposers of an epoch. In one of so many epochs most slots belong to nobody, so that
   * windows are long or there is only the fallback.
   */
  static List<Integer> proposers(SplittableRandom random) {
    boolean sparse = random.nextInt(SPARSE_ONE_IN) == 0;
    List<Integer> order = new ArrayList<>();
    while (order.size() < BoxOptions.SLOTS_PER_EPOCH) {
      int validator = random.nextInt(BoxOptions.DEFAULT_VALIDATORS);
      if (!sparse || !isRegistered(validator) || random.nextInt(REGISTERED_ONE_IN) == 0) {
        order.add(validator);
      }
    }
    return order;
  }

  private static PreparedL1 make() {
    List<OperatorKeys> keys = OperatorKeys.devnets(OPERATORS);
    SimDisk disk = new SimDisk();
    SteppedBox box = SteppedBox.open(options(keys, 0), disk.open(), new HashProofs());
    ClusterFile cluster;
    try {
      cluster = deploy(box, keys);
    } catch (DeployException e) {
      throw new IllegalStateException("the simulation's cluster cannot be deployed", e);
    }
    while (box.currentSlot() < LAST_SHARED_SLOT) {
      box.produceSlot();
    }
    box.close();
    return new PreparedL1(disk.copy(), cluster, keys);
  }

  private static ClusterFile deploy(SteppedBox box, List<OperatorKeys> keys)
      throws DeployException {
    List<ClusterDeployment.Operator> operators = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      List<Long> validators = new ArrayList<>();
      for (long v = i; v < BoxOptions.DEFAULT_VALIDATORS; v += keys.size()) {
        if (isRegistered(v)) {
          validators.add(v);
        }
      }
      operators.add(new ClusterDeployment.Operator(keys.get(i), OperatorKeys.STAKE, validators));
    }
    return new ClusterDeployment(() -> new InProcess(box), "the simulation's L1")
        .deploy(
            new ClusterDeployment.Plan(
                Preset.DEVNET.parameters(),
                List.of(L2Genesis.json(0, GENESIS_SECONDS)),
                operators,
                DevAccounts.keys().getFirst(),
                ClusterDeployment.MIN_STAKE,
                ClusterDeployment.EXIT_DELAY));
  }

  private static BoxOptions options(List<OperatorKeys> keys, long slot) {
    Instant now = Instant.ofEpochSecond(GENESIS_SECONDS + slot * BoxOptions.MIN_SLOT_SECONDS);
    return BoxOptions.of(
            Path.of("simulated"),
            OperatorKeys.owners(keys),
            genesisSeconds -> L1Genesis.json(genesisSeconds, keys))
        .withWarmUpEpochs(0)
        .stepped(() -> now);
  }

  /** When a slot begins, Unix milliseconds. */
  static long startMs(SteppedBox box, long slot) {
    return box.clock().startSeconds(new Slot(slot)) * 1000;
  }

  /** Calls the box on the thread that deploys; whoever waits for a receipt makes a slot pass. */
  private record InProcess(SteppedBox box) implements L1Caller {
    @Override
    public JsonNode call(String method, JsonNode... params) throws DeployException {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      for (JsonNode param : params) {
        list.add(param);
      }
      try {
        JsonNode result = box.call(method, list);
        if (method.equals("eth_getTransactionReceipt") && result.isNull()) {
          box.produceSlot();
          return box.call(method, list);
        }
        return result;
      } catch (RpcError e) {
        throw new DeployException(method + ": " + e.text(), e);
      }
    }

    @Override
    public JsonNode beacon(String path) {
      byte[] body = box.get(URI.create(path), "application/json").body();
      return JsonMapper.shared().readTree(body).path("data");
    }

    @Override
    public void close() {}
  }
}
