// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.execution.fork.BlobParams;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The box's consensus configuration as {@code /eth/v1/config/…} shows it: minimal preset, every
 * fork up to the box's own at epoch 0.
 */
final class Spec {
  /** Nobody signs in the box. */
  static final String NO_SIGNATURE = "0x" + "00".repeat(96);

  static final String GENESIS_FORK_VERSION = "0x00000900";
  private static final String FAR_FUTURE = Long.toUnsignedString(-1L);

  /** EIP-4844. */
  private static final int FIELD_ELEMENTS_PER_BLOB = 4096;

  private static final List<String> FORKS =
      List.of("ALTAIR", "BELLATRIX", "CAPELLA", "DENEB", "ELECTRA", "FULU", "GLOAS");

  private Spec() {}

  static ObjectNode config(
      BoxOptions options, long chainId, long genesisSeconds, BlobParams blobs) {
    ObjectNode out = BeaconJson.object();
    out.put("CONFIG_NAME", "lockstep-box");
    out.put("PRESET_BASE", "minimal");
    out.put("SECONDS_PER_SLOT", BeaconJson.number(options.slotSeconds()));
    out.put("SLOT_DURATION_MS", BeaconJson.number(options.slotSeconds() * 1000));
    out.put("SLOTS_PER_EPOCH", BeaconJson.number(BoxOptions.SLOTS_PER_EPOCH));
    out.put("MIN_SEED_LOOKAHEAD", "1");
    out.put("MAX_SEED_LOOKAHEAD", "4");
    out.put("SLOTS_PER_HISTORICAL_ROOT", "64");
    out.put("EPOCHS_PER_HISTORICAL_VECTOR", "64");
    out.put("EPOCHS_PER_SLASHINGS_VECTOR", "64");
    out.put("VALIDATOR_REGISTRY_LIMIT", BeaconJson.number(1L << 40));
    out.put("MIN_GENESIS_TIME", BeaconJson.number(genesisSeconds));
    out.put("GENESIS_DELAY", "0");
    out.put("GENESIS_FORK_VERSION", GENESIS_FORK_VERSION);
    for (int i = 0; i < FORKS.size(); i++) {
      out.put(FORKS.get(i) + "_FORK_VERSION", version(i + 1));
      out.put(FORKS.get(i) + "_FORK_EPOCH", i < forksOf(options.fork()) ? "0" : FAR_FUTURE);
    }
    out.put("MAX_BLOBS_PER_BLOCK_ELECTRA", BeaconJson.number(blobs.maxBlobs()));
    ArrayNode schedule = out.putArray("BLOB_SCHEDULE");
    schedule
        .addObject()
        .put("EPOCH", "0")
        .put("MAX_BLOBS_PER_BLOCK", BeaconJson.number(blobs.maxBlobs()));
    out.put("FIELD_ELEMENTS_PER_BLOB", BeaconJson.number(FIELD_ELEMENTS_PER_BLOB));
    out.put("MAX_BLOB_COMMITMENTS_PER_BLOCK", "4096");
    out.put("NUMBER_OF_COLUMNS", "128");
    out.put("MIN_EPOCHS_FOR_BLOB_SIDECARS_REQUESTS", epochs(options));
    out.put("MIN_EPOCHS_FOR_DATA_COLUMN_SIDECARS_REQUESTS", epochs(options));
    out.put("DEPOSIT_CHAIN_ID", BeaconJson.number(chainId));
    out.put("DEPOSIT_NETWORK_ID", BeaconJson.number(chainId));
    out.put("DEPOSIT_CONTRACT_ADDRESS", "0x" + "00".repeat(20));
    return out;
  }

  static ArrayNode forkSchedule(BeaconFork fork) {
    ArrayNode out = BeaconJson.JSON.arrayNode();
    String previous = GENESIS_FORK_VERSION;
    for (int i = 0; i <= forksOf(fork); i++) {
      String current = i == 0 ? GENESIS_FORK_VERSION : version(i);
      out.addObject()
          .put("previous_version", previous)
          .put("current_version", current)
          .put("epoch", "0");
      previous = current;
    }
    return out;
  }

  /** The fork of every state. */
  static ObjectNode fork(BeaconFork fork) {
    return BeaconJson.object()
        .put("previous_version", fork.previousForkVersion())
        .put("current_version", fork.forkVersion())
        .put("epoch", "0");
  }

  /** How many of {@link #FORKS} have happened. */
  private static int forksOf(BeaconFork fork) {
    return FORKS.indexOf(fork.name()) + 1;
  }

  static String version(int fork) {
    return "0x%d0000900".formatted(fork);
  }

  private static String epochs(BoxOptions options) {
    return BeaconJson.number(options.blobRetentionEpochs());
  }
}
