// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongFunction;
import tools.jackson.databind.JsonNode;

/**
 * How to run an L1 in a box. Immutable.
 *
 * @param dataDir where its chain is kept; a second start goes on with it
 * @param executionPort JSON-RPC; 0 takes a free one
 * @param beaconPort beacon API and levers; 0 takes a free one
 * @param slotSeconds at least {@link #MIN_SLOT_SECONDS}
 * @param validators number of validators
 * @param validatorOwners withdrawal addresses; validator i belongs to owner i modulo their number
 * @param genesis the execution genesis in geth form for a genesis time (Unix seconds), which must
 *     be its timestamp
 * @param warmUpEpochs epochs made at once at the first start
 * @param manual no clock drives it: blocks come by {@link L1Box#produceSlot()} or {@code /box/mine}
 * @param seed of proposers' order and of RANDAO
 * @param blobRetentionEpochs how long blobs are served
 * @param fork the consensus fork of all its blocks
 */
public record BoxOptions(
    Path dataDir,
    String host,
    int executionPort,
    int beaconPort,
    long slotSeconds,
    int validators,
    List<Address> validatorOwners,
    LongFunction<JsonNode> genesis,
    int warmUpEpochs,
    boolean manual,
    Hash32 seed,
    int blobRetentionEpochs,
    InstantSource clock,
    BeaconFork fork) {

  /** Minimal preset. */
  public static final int SLOTS_PER_EPOCH = 8;

  /** The handover lead H of a devnet (protocol §8): a slot must not be shorter. */
  public static final long MIN_SLOT_SECONDS = 2;

  public static final int DEFAULT_EXECUTION_PORT = 18545;
  public static final int DEFAULT_BEACON_PORT = 15052;

  /** Registrations of epoch 0 count from 3; one more for slack and two that are final. */
  public static final int DEFAULT_WARM_UP_EPOCHS = 6;

  public static final int DEFAULT_VALIDATORS = 64;

  /** As the consensus specification has it. */
  public static final int DEFAULT_BLOB_RETENTION_EPOCHS = 4096;

  private static final int MAX_WARM_UP_EPOCHS = 64;
  private static final int MAX_VALIDATORS = 65_536;

  public BoxOptions {
    validatorOwners = List.copyOf(validatorOwners);
    if (slotSeconds < MIN_SLOT_SECONDS) {
      throw new IllegalArgumentException(
          ("a slot of the L1 in a box takes at least %d s, got %d: the handover lead of %d s must"
                  + " fit into a slot")
              .formatted(MIN_SLOT_SECONDS, slotSeconds, MIN_SLOT_SECONDS));
    }
    requireRange("validators", validators, 1, MAX_VALIDATORS);
    requireRange("warm-up epochs", warmUpEpochs, 0, MAX_WARM_UP_EPOCHS);
    requireRange("blob retention epochs", blobRetentionEpochs, 2, Integer.MAX_VALUE);
    if (validatorOwners.isEmpty()) {
      throw new IllegalArgumentException("the box's validators need at least one owner");
    }
  }

  /** A box on loopback with the devnet's usual ports and sizes, driven by the system's clock. */
  public static BoxOptions of(
      Path dataDir, List<Address> validatorOwners, LongFunction<JsonNode> genesis) {
    return new BoxOptions(
        dataDir,
        "127.0.0.1",
        DEFAULT_EXECUTION_PORT,
        DEFAULT_BEACON_PORT,
        MIN_SLOT_SECONDS,
        DEFAULT_VALIDATORS,
        validatorOwners,
        genesis,
        DEFAULT_WARM_UP_EPOCHS,
        false,
        Hash32.ofWords(0x6c6f636b73746570L, 0x20626f7820736565L, 0x6400000000000000L, 1),
        DEFAULT_BLOB_RETENTION_EPOCHS,
        InstantSource.system(),
        BeaconFork.FULU);
  }

  public BoxOptions withPorts(int execution, int beacon) {
    return new BoxOptions(
        dataDir,
        host,
        execution,
        beacon,
        slotSeconds,
        validators,
        validatorOwners,
        genesis,
        warmUpEpochs,
        manual,
        seed,
        blobRetentionEpochs,
        clock,
        fork);
  }

  public BoxOptions withSlotSeconds(long seconds) {
    return new BoxOptions(
        dataDir,
        host,
        executionPort,
        beaconPort,
        seconds,
        validators,
        validatorOwners,
        genesis,
        warmUpEpochs,
        manual,
        seed,
        blobRetentionEpochs,
        clock,
        fork);
  }

  public BoxOptions withWarmUpEpochs(int epochs) {
    return new BoxOptions(
        dataDir,
        host,
        executionPort,
        beaconPort,
        slotSeconds,
        validators,
        validatorOwners,
        genesis,
        epochs,
        manual,
        seed,
        blobRetentionEpochs,
        clock,
        fork);
  }

  /** Stepped by hand; {@code clock} still says how many slots passed while it was off. */
  public BoxOptions stepped(InstantSource clock) {
    return new BoxOptions(
        dataDir,
        host,
        executionPort,
        beaconPort,
        slotSeconds,
        validators,
        validatorOwners,
        genesis,
        warmUpEpochs,
        true,
        seed,
        blobRetentionEpochs,
        clock,
        fork);
  }

  public BoxOptions withBlobRetentionEpochs(int epochs) {
    return new BoxOptions(
        dataDir,
        host,
        executionPort,
        beaconPort,
        slotSeconds,
        validators,
        validatorOwners,
        genesis,
        warmUpEpochs,
        manual,
        seed,
        epochs,
        clock,
        fork);
  }

  public BoxOptions withFork(BeaconFork other) {
    return new BoxOptions(
        dataDir,
        host,
        executionPort,
        beaconPort,
        slotSeconds,
        validators,
        validatorOwners,
        genesis,
        warmUpEpochs,
        manual,
        seed,
        blobRetentionEpochs,
        clock,
        other);
  }

  private static void requireRange(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s of the L1 in a box: %d to %d, got %d".formatted(what, min, max, value));
    }
  }
}
