// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.l1client.http.Json;
import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the beacon API's answers. Total: any JSON gives a value or a DecodeException. */
final class BeaconJson {
  private static final int MAX_SLOTS_PER_EPOCH = 1024;
  private static final int MAX_LOOKAHEAD = 8 * MAX_SLOTS_PER_EPOCH;
  private static final int MAX_STATE_SIZE = 1 << 27;
  private static final int MAX_BLOB_SCHEDULE = 1024;

  /** FAR_FUTURE_EPOCH as {@link Json#decimal} gives it. */
  private static final long NEVER = Long.MAX_VALUE;

  private BeaconJson() {}

  static BeaconGenesis genesis(JsonNode answer) throws DecodeException {
    JsonNode data = Json.field(answer, "data");
    return new BeaconGenesis(
        Json.decimal(data, "genesis_time"),
        Json.hash(data, "genesis_validators_root"),
        Json.bytes(data, "genesis_fork_version"));
  }

  static DepositContract depositContract(JsonNode answer) throws DecodeException {
    JsonNode data = Json.field(answer, "data");
    return new DepositContract(Json.decimal(data, "chain_id"), Json.address(data, "address"));
  }

  static ChainSpec spec(BeaconGenesis genesis, JsonNode answer) throws DecodeException {
    JsonNode data = Json.field(answer, "data");
    long slotsPerEpoch = Json.decimal(data, "SLOTS_PER_EPOCH");
    if (slotsPerEpoch < 1 || slotsPerEpoch > MAX_SLOTS_PER_EPOCH) {
      throw new DecodeException("SLOTS_PER_EPOCH is " + slotsPerEpoch);
    }
    Map<String, Epoch> forks = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : data.properties()) {
      if (entry.getKey().endsWith("_FORK_EPOCH")) {
        long epoch = Json.asDecimal(entry.getValue(), entry.getKey());
        if (epoch != NEVER) {
          String fork = entry.getKey().substring(0, entry.getKey().length() - 11);
          forks.put(fork.toLowerCase(Locale.ROOT), new Epoch(epoch));
        }
      }
    }
    return new ChainSpec(
        textOr(data, "CONFIG_NAME"),
        textOr(data, "PRESET_BASE"),
        preset(data, (int) slotsPerEpoch),
        genesis,
        new SlotClock(genesis.timeSeconds(), slotSeconds(data), (int) slotsPerEpoch),
        Json.optional(data, "DEPOSIT_CHAIN_ID") == null
            ? -1
            : Json.decimal(data, "DEPOSIT_CHAIN_ID"),
        forks,
        blobSchedule(data),
        maxBlobsBeforeSchedule(data));
  }

  /** Sizes that a node does not report are those of the preset that it names. */
  private static BeaconPreset preset(JsonNode data, int slotsPerEpoch) throws DecodeException {
    BeaconPreset base =
        textOr(data, "PRESET_BASE").equals("minimal") ? BeaconPreset.MINIMAL : BeaconPreset.MAINNET;
    return new BeaconPreset(
        slotsPerEpoch,
        size(data, "EPOCHS_PER_ETH1_VOTING_PERIOD", base.epochsPerEth1VotingPeriod()),
        size(data, "SLOTS_PER_HISTORICAL_ROOT", base.slotsPerHistoricalRoot()),
        size(data, "EPOCHS_PER_HISTORICAL_VECTOR", base.epochsPerHistoricalVector()),
        size(data, "EPOCHS_PER_SLASHINGS_VECTOR", base.epochsPerSlashingsVector()),
        size(data, "SYNC_COMMITTEE_SIZE", base.syncCommitteeSize()),
        size(data, "PENDING_PARTIAL_WITHDRAWALS_LIMIT", base.pendingPartialWithdrawalsLimit()),
        size(data, "PENDING_CONSOLIDATIONS_LIMIT", base.pendingConsolidationsLimit()),
        size(data, "PTC_SIZE", base.ptcSize()),
        size(data, "MIN_SEED_LOOKAHEAD", base.lookaheadEpochs() - 1) + 1);
  }

  private static int size(JsonNode data, String key, long base) throws DecodeException {
    long size = Json.optional(data, key) == null ? base : Json.decimal(data, key);
    if (size < 0 || size > MAX_STATE_SIZE) {
      throw new DecodeException(key + " is " + size + ", limit " + MAX_STATE_SIZE);
    }
    return (int) size;
  }

  private static long slotSeconds(JsonNode data) throws DecodeException {
    if (Json.optional(data, "SLOT_DURATION_MS") != null) {
      long ms = Json.decimal(data, "SLOT_DURATION_MS");
      if (ms < 1000 || ms % 1000 != 0) {
        throw new DecodeException("slots of " + ms + " ms: only whole seconds are supported");
      }
      return ms / 1000;
    }
    long seconds = Json.decimal(data, "SECONDS_PER_SLOT");
    if (seconds < 1) {
      throw new DecodeException("SECONDS_PER_SLOT is " + seconds);
    }
    return seconds;
  }

  private static List<ChainSpec.BlobLimit> blobSchedule(JsonNode data) throws DecodeException {
    List<ChainSpec.BlobLimit> limits = new ArrayList<>();
    if (Json.optional(data, "BLOB_SCHEDULE") != null) {
      for (JsonNode entry : Json.array(data, "BLOB_SCHEDULE", MAX_BLOB_SCHEDULE)) {
        limits.add(
            new ChainSpec.BlobLimit(
                new Epoch(Json.decimal(entry, "EPOCH")), small(entry, "MAX_BLOBS_PER_BLOCK")));
      }
      limits.sort(Comparator.comparing(ChainSpec.BlobLimit::epoch));
    }
    return limits;
  }

  private static int maxBlobsBeforeSchedule(JsonNode data) throws DecodeException {
    for (String key : List.of("MAX_BLOBS_PER_BLOCK_ELECTRA", "MAX_BLOBS_PER_BLOCK")) {
      if (Json.optional(data, key) != null) {
        return small(data, key);
      }
    }
    return 6; // EIP-4844 at Cancun, before the constant was reported
  }

  private static int small(JsonNode object, String field) throws DecodeException {
    long value = Json.decimal(object, field);
    if (value > 4096) {
      throw new DecodeException(field + " is " + value + ", limit 4096");
    }
    return (int) value;
  }

  private static String textOr(JsonNode data, String field) throws DecodeException {
    return Json.optional(data, field) == null ? "" : Json.text(data, field);
  }

  static SyncStatus syncing(JsonNode answer) throws DecodeException {
    JsonNode data = Json.field(answer, "data");
    return new SyncStatus(
        new Slot(Json.decimal(data, "head_slot")),
        Json.decimal(data, "sync_distance"),
        Json.truth(data, "is_syncing", false),
        Json.truth(data, "is_optimistic", false),
        Json.truth(data, "el_offline", false));
  }

  static BeaconHeader header(JsonNode answer) throws DecodeException {
    JsonNode data = Json.field(answer, "data");
    JsonNode message = Json.field(Json.field(data, "header"), "message");
    return new BeaconHeader(
        Json.hash(data, "root"),
        Json.truth(data, "canonical", true),
        new Slot(Json.decimal(message, "slot")),
        Json.decimal(message, "proposer_index"),
        Json.hash(message, "parent_root"),
        Json.hash(message, "state_root"),
        Json.hash(message, "body_root"));
  }

  static ProposerDuties duties(Epoch epoch, JsonNode answer) throws DecodeException {
    List<ProposerDuties.Duty> duties = new ArrayList<>();
    for (JsonNode entry : Json.array(answer, "data", MAX_SLOTS_PER_EPOCH)) {
      Bytes pubkey = Json.bytes(entry, "pubkey");
      if (pubkey.size() != 48) {
        throw new DecodeException("pubkey of " + pubkey.size() + " bytes, expected 48");
      }
      duties.add(
          new ProposerDuties.Duty(
              new Slot(Json.decimal(entry, "slot")),
              Json.decimal(entry, "validator_index"),
              pubkey));
    }
    duties.sort(Comparator.comparing(ProposerDuties.Duty::slot));
    return new ProposerDuties(epoch, Json.hash(answer, "dependent_root"), duties);
  }

  /** Checks that the duties are exactly one for each slot of their epoch (genesis has none). */
  static ProposerDuties inEpoch(ProposerDuties duties, int slotsPerEpoch) throws DecodeException {
    long first = duties.epoch().value() * slotsPerEpoch;
    long expected = first;
    for (ProposerDuties.Duty duty : duties.duties()) {
      if (first == 0 && expected == 0 && duty.slot().value() == 1) {
        expected = 1; // slot 0 is the genesis block, some clients leave it out
      }
      if (duty.slot().value() != expected) {
        throw new DecodeException(
            "duties of epoch "
                + duties.epoch()
                + " name slot "
                + duty.slot()
                + ", expected "
                + expected);
      }
      expected++;
    }
    if (expected != first + slotsPerEpoch) {
      throw new DecodeException(
          "duties of epoch " + duties.epoch() + " end before slot " + (first + slotsPerEpoch));
    }
    return duties;
  }

  static List<Long> lookahead(JsonNode answer) throws DecodeException {
    List<Long> indices = new ArrayList<>();
    for (JsonNode index : Json.array(answer, "data", MAX_LOOKAHEAD)) {
      indices.add(Json.asDecimal(index, "validator index"));
    }
    return indices;
  }

  static FinalityCheckpoints finality(JsonNode answer) throws DecodeException {
    JsonNode data = Json.field(answer, "data");
    return new FinalityCheckpoints(
        checkpoint(data, "previous_justified"),
        checkpoint(data, "current_justified"),
        checkpoint(data, "finalized"));
  }

  private static FinalityCheckpoints.Checkpoint checkpoint(JsonNode data, String field)
      throws DecodeException {
    JsonNode value = Json.field(data, field);
    return new FinalityCheckpoints.Checkpoint(
        new Epoch(Json.decimal(value, "epoch")), Json.hash(value, "root"));
  }

  /** What a full beacon block says of its execution block: inside it, or from Gloas in its bid. */
  static ExecutionLink execution(JsonNode answer) throws DecodeException {
    JsonNode body = Json.field(Json.field(Json.field(answer, "data"), "message"), "body");
    JsonNode payload = Json.optional(body, "execution_payload");
    if (payload != null) {
      return new ExecutionLink(
          Json.hash(payload, "block_hash"), Json.hash(payload, "parent_hash"), true);
    }
    JsonNode bid = Json.field(Json.field(body, "signed_execution_payload_bid"), "message");
    return new ExecutionLink(
        Json.hash(bid, "block_hash"), Json.hash(bid, "parent_block_hash"), false);
  }

  /** One event of the stream, or null for a topic that is not ours. */
  static @Nullable BeaconEvent event(String name, String json) throws DecodeException {
    return switch (name) {
      case "head" -> {
        JsonNode data = Json.parse(json);
        yield new BeaconEvent.Head(
            new Slot(Json.decimal(data, "slot")),
            Json.hash(data, "block"),
            hashOrNull(data, "previous_duty_dependent_root"),
            hashOrNull(data, "current_duty_dependent_root"),
            Json.truth(data, "execution_optimistic", false));
      }
      case "head_v2" -> {
        JsonNode data = Json.field(Json.parse(json), "data");
        yield new BeaconEvent.Head(
            new Slot(Json.decimal(data, "slot")),
            Json.hash(data, "block"),
            hashOrNull(data, "current_epoch_dependent_root"),
            hashOrNull(data, "next_epoch_dependent_root"),
            Json.truth(data, "execution_optimistic", false));
      }
      case "block" -> {
        JsonNode data = Json.parse(json);
        yield new BeaconEvent.Head(
            new Slot(Json.decimal(data, "slot")),
            Json.hash(data, "block"),
            null,
            null,
            Json.truth(data, "execution_optimistic", false));
      }
      case "chain_reorg" -> {
        JsonNode data = Json.parse(json);
        yield new BeaconEvent.ChainReorg(
            new Slot(Json.decimal(data, "slot")),
            Json.decimal(data, "depth"),
            Json.hash(data, "old_head_block"),
            Json.hash(data, "new_head_block"));
      }
      case "finalized_checkpoint" -> {
        JsonNode data = Json.parse(json);
        yield new BeaconEvent.FinalizedCheckpoint(
            new Epoch(Json.decimal(data, "epoch")), Json.hash(data, "block"));
      }
      default -> null;
    };
  }

  private static @Nullable Hash32 hashOrNull(JsonNode data, String field) throws DecodeException {
    return Json.optional(data, field) == null ? null : Json.hash(data, field);
  }
}
