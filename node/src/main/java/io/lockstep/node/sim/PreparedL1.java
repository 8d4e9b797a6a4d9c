// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.config.preset.Preset;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.Transport;
import io.lockstep.node.deploy.ClusterDeployment;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.node.deploy.Plan;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An L1 on which a cluster is deployed and its operators registered, made once in a process; every
 * run begins with a copy. Immutable.
 */
final class PreparedL1 {
  static final int OPERATORS = 4;

  /** Who may take stake in a simulation; an account that nobody else uses. */
  static final SecretKey SLASHER = DevAccounts.keys().get(4);

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
   * A box of its own, its head a little more than an epoch before {@link #FIRST_SLOT}.
   *
   * @param proposers of each epoch of the run, from its first on
   */
  SteppedBox open(List<List<Integer>> proposers) {
    SteppedBox box =
        SteppedBox.open(options(keys, LAST_SHARED_SLOT), disk.copy().open(), new HashProofs());
    for (int i = 0; i < proposers.size(); i++) {
      box.proposers(FIRST_EPOCH + i, proposers.get(i));
    }
    return box;
  }

  /** Call data of {@code OperatorRegistry.slash}. */
  static Bytes encodeSlash(int operatorId, UInt256 amountWei) {
    byte[] out = new byte[4 + 2 * 32];
    byte[] selector =
        Keccak.hash("slash(uint32,uint256)".getBytes(StandardCharsets.US_ASCII)).toArray();
    System.arraycopy(selector, 0, out, 0, 4);
    ByteBuffer.wrap(out).putInt(32, operatorId);
    System.arraycopy(amountWei.toArray(), 0, out, 36, 32);
    return Bytes.wrap(out);
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
    List<Plan.Operator> operators = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      List<Long> validators = new ArrayList<>();
      for (long v = i; v < BoxOptions.DEFAULT_VALIDATORS; v += keys.size()) {
        if (isRegistered(v)) {
          validators.add(v);
        }
      }
      operators.add(new Plan.Operator(keys.get(i), OperatorKeys.STAKE, validators));
    }
    L1Access l1 = L1Access.open(SimL1.RPC, SimL1.BEACON, new InProcess(box));
    return new ClusterDeployment(l1)
        .deploy(
            new Plan(
                Preset.DEVNET.parameters(),
                stakes(),
                List.of(L2Genesis.json(0, GENESIS_SECONDS, DevAccounts.BALANCE)),
                operators,
                DevAccounts.DEPLOYER));
  }

  private static StakeParameters stakes() {
    StakeParameters usual = StakeParameters.devnet(BoxOptions.MIN_SLOT_SECONDS);
    return new StakeParameters(
        usual.minStake(),
        usual.exitDelaySeconds(),
        usual.challengeSeconds(),
        usual.evidenceSlots(),
        usual.answerSlots(),
        SLASHER.address(),
        usual.forcedGasPriceWei());
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
  private record InProcess(SteppedBox box) implements Transport {
    @Override
    public HttpAnswer exchange(HttpCall call) {
      byte[] body = call.jsonBody();
      if (body == null) {
        HttpReply.Content reply = box.get(call.uri(), call.accept());
        return new HttpAnswer(
            reply.status(), reply.contentType().toLowerCase(Locale.ROOT), reply.body());
      }
      byte[] answer = box.rpc(body);
      if (holds(body, "eth_getTransactionReceipt") && holds(answer, "\"result\":null")) {
        box.produceSlot();
        answer = box.rpc(body);
      }
      return new HttpAnswer(200, "application/json", answer);
    }

    private static boolean holds(byte[] json, String part) {
      return new String(json, StandardCharsets.UTF_8).contains(part);
    }
  }
}
