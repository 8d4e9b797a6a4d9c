// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.beacon;

import static io.lockstep.primitives.ssz.SszType.Basic.BOOLEAN;
import static io.lockstep.primitives.ssz.SszType.Basic.UINT256;
import static io.lockstep.primitives.ssz.SszType.Basic.UINT64;
import static io.lockstep.primitives.ssz.SszType.Basic.UINT8;
import static io.lockstep.primitives.ssz.SszType.ByteVector.BYTES32;
import static io.lockstep.primitives.ssz.SszType.field;

import io.lockstep.primitives.ssz.SszBytes;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.ssz.SszType.Bitvector;
import io.lockstep.primitives.ssz.SszType.ByteList;
import io.lockstep.primitives.ssz.SszType.ByteVector;
import io.lockstep.primitives.ssz.SszType.Container;
import io.lockstep.primitives.ssz.SszType.Field;
import io.lockstep.primitives.ssz.SszType.ListOf;
import io.lockstep.primitives.ssz.SszType.ProgressiveContainer;
import io.lockstep.primitives.ssz.SszType.ProgressiveList;
import io.lockstep.primitives.ssz.SszType.Vector;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code BeaconState} and what it is made of. Any thread. Source: consensus-specs, Fulu (and the
 * forks that it stands on) and Gloas as of 1.7.0-alpha.
 */
public final class BeaconTypes {
  private static final long HISTORICAL_ROOTS_LIMIT = 1L << 24;
  public static final long REGISTRY_LIMIT = 1L << 40;
  private static final long PENDING_DEPOSITS_LIMIT = 1L << 27;
  private static final int JUSTIFICATION_BITS = 4;

  private static final ByteVector PUBKEY = new ByteVector(48);
  private static final ByteVector SIGNATURE = new ByteVector(96);
  private static final ByteVector ADDRESS = new ByteVector(20);
  private static final ByteVector VERSION = new ByteVector(4);

  public static final Container CHECKPOINT =
      new Container(List.of(field("epoch", UINT64), field("root", BYTES32)));

  public static final Container FORK =
      new Container(
          List.of(
              field("previous_version", VERSION),
              field("current_version", VERSION),
              field("epoch", UINT64)));

  public static final Container BLOCK_HEADER =
      new Container(
          List.of(
              field("slot", UINT64),
              field("proposer_index", UINT64),
              field("parent_root", BYTES32),
              field("state_root", BYTES32),
              field("body_root", BYTES32)));

  public static final Container VALIDATOR =
      new Container(
          List.of(
              field("pubkey", PUBKEY),
              field("withdrawal_credentials", BYTES32),
              field("effective_balance", UINT64),
              field("slashed", BOOLEAN),
              field("activation_eligibility_epoch", UINT64),
              field("activation_epoch", UINT64),
              field("exit_epoch", UINT64),
              field("withdrawable_epoch", UINT64)));

  private static final Container ETH1_DATA =
      new Container(
          List.of(
              field("deposit_root", BYTES32),
              field("deposit_count", UINT64),
              field("block_hash", BYTES32)));

  private static final Container HISTORICAL_SUMMARY =
      new Container(
          List.of(field("block_summary_root", BYTES32), field("state_summary_root", BYTES32)));

  private static final Container PENDING_DEPOSIT =
      new Container(
          List.of(
              field("pubkey", PUBKEY),
              field("withdrawal_credentials", BYTES32),
              field("amount", UINT64),
              field("signature", SIGNATURE),
              field("slot", UINT64)));

  private static final Container PENDING_PARTIAL_WITHDRAWAL =
      new Container(
          List.of(
              field("validator_index", UINT64),
              field("amount", UINT64),
              field("withdrawable_epoch", UINT64)));

  private static final Container PENDING_CONSOLIDATION =
      new Container(List.of(field("source_index", UINT64), field("target_index", UINT64)));

  public static final Container EXECUTION_PAYLOAD_HEADER =
      new Container(
          List.of(
              field("parent_hash", BYTES32),
              field("fee_recipient", ADDRESS),
              field("state_root", BYTES32),
              field("receipts_root", BYTES32),
              field("logs_bloom", new ByteVector(256)),
              field("prev_randao", BYTES32),
              field("block_number", UINT64),
              field("gas_limit", UINT64),
              field("gas_used", UINT64),
              field("timestamp", UINT64),
              field("extra_data", new ByteList(32)),
              field("base_fee_per_gas", UINT256),
              field("block_hash", BYTES32),
              field("transactions_root", BYTES32),
              field("withdrawals_root", BYTES32),
              field("blob_gas_used", UINT64),
              field("excess_blob_gas", UINT64)));

  private static final Container BUILDER =
      new Container(
          List.of(
              field("pubkey", PUBKEY),
              field("version", UINT8),
              field("execution_address", ADDRESS),
              field("balance", UINT64),
              field("deposit_epoch", UINT64),
              field("withdrawable_epoch", UINT64)));

  private static final Container BUILDER_PENDING_WITHDRAWAL =
      new Container(
          List.of(
              field("fee_recipient", ADDRESS),
              field("amount", UINT64),
              field("builder_index", UINT64)));

  private static final Container BUILDER_PENDING_PAYMENT =
      new Container(
          List.of(
              field("weight", UINT64),
              field("withdrawal", BUILDER_PENDING_WITHDRAWAL),
              field("proposer_index", UINT64)));

  private static final Container WITHDRAWAL =
      new Container(
          List.of(
              field("index", UINT64),
              field("validator_index", UINT64),
              field("address", ADDRESS),
              field("amount", UINT64)));

  public static final ProgressiveContainer EXECUTION_PAYLOAD_BID =
      new ProgressiveContainer(
          List.of(
              field("parent_block_hash", BYTES32),
              field("parent_block_root", BYTES32),
              field("block_hash", BYTES32),
              field("prev_randao", BYTES32),
              field("fee_recipient", ADDRESS),
              field("gas_limit", UINT64),
              field("builder_index", UINT64),
              field("slot", UINT64),
              field("value", UINT64),
              field("execution_payment", UINT64),
              field("blob_kzg_commitments", new ProgressiveList(PUBKEY)),
              field("execution_requests_root", BYTES32)));

  private BeaconTypes() {}

  /** The state from Fulu on (38 fields). */
  public static Container fulu(BeaconPreset preset) {
    List<Field> fields = untilSummaries(preset, false);
    fields.addAll(sinceElectra(preset, false));
    return new Container(fields);
  }

  /** The state from Gloas on (46 fields). */
  public static ProgressiveContainer gloas(BeaconPreset preset) {
    List<Field> fields = untilSummaries(preset, true);
    fields.addAll(sinceElectra(preset, true));
    long ptcEpochs = preset.lookaheadEpochs() + 1L;
    fields.add(field("builders", new ProgressiveList(BUILDER)));
    fields.add(field("next_withdrawal_builder_index", UINT64));
    fields.add(
        field("execution_payload_availability", new Bitvector(preset.slotsPerHistoricalRoot())));
    fields.add(
        field(
            "builder_pending_payments",
            new Vector(BUILDER_PENDING_PAYMENT, 2L * preset.slotsPerEpoch())));
    fields.add(
        field("builder_pending_withdrawals", new ProgressiveList(BUILDER_PENDING_WITHDRAWAL)));
    fields.add(field("latest_execution_payload_bid", EXECUTION_PAYLOAD_BID));
    fields.add(field("payload_expected_withdrawals", new ProgressiveList(WITHDRAWAL)));
    fields.add(
        field(
            "ptc_window",
            new Vector(new Vector(UINT64, preset.ptcSize()), ptcEpochs * preset.slotsPerEpoch())));
    return new ProgressiveContainer(fields);
  }

  /** A {@code BeaconBlockHeader}, serialized. */
  public static byte[] blockHeader(
      long slot, long proposerIndex, Hash32 parentRoot, Hash32 stateRoot, Hash32 bodyRoot) {
    return SszBytes.container(
        BLOCK_HEADER,
        Map.of(
            "slot", SszBytes.uint64(slot),
            "proposer_index", SszBytes.uint64(proposerIndex),
            "parent_root", parentRoot.toArray(),
            "state_root", stateRoot.toArray(),
            "body_root", bodyRoot.toArray()));
  }

  /** The type of a state's {@code validators}. */
  public static SszType validators(SszType state) {
    return list(VALIDATOR, REGISTRY_LIMIT, state instanceof ProgressiveContainer);
  }

  private static List<Field> untilSummaries(BeaconPreset preset, boolean progressive) {
    Vector roots = new Vector(BYTES32, preset.slotsPerHistoricalRoot());
    Container committee =
        new Container(
            List.of(
                field("pubkeys", new Vector(PUBKEY, preset.syncCommitteeSize())),
                field("aggregate_pubkey", PUBKEY)));
    long votes = (long) preset.epochsPerEth1VotingPeriod() * preset.slotsPerEpoch();
    List<Field> fields = new ArrayList<>();
    fields.add(field("genesis_time", UINT64));
    fields.add(field("genesis_validators_root", BYTES32));
    fields.add(field("slot", UINT64));
    fields.add(field("fork", FORK));
    fields.add(field("latest_block_header", BLOCK_HEADER));
    fields.add(field("block_roots", roots));
    fields.add(field("state_roots", roots));
    fields.add(field("historical_roots", new ListOf(BYTES32, HISTORICAL_ROOTS_LIMIT)));
    fields.add(field("eth1_data", ETH1_DATA));
    fields.add(field("eth1_data_votes", new ListOf(ETH1_DATA, votes)));
    fields.add(field("eth1_deposit_index", UINT64));
    fields.add(field("validators", list(VALIDATOR, REGISTRY_LIMIT, progressive)));
    fields.add(field("balances", list(UINT64, REGISTRY_LIMIT, progressive)));
    fields.add(field("randao_mixes", new Vector(BYTES32, preset.epochsPerHistoricalVector())));
    fields.add(field("slashings", new Vector(UINT64, preset.epochsPerSlashingsVector())));
    fields.add(field("previous_epoch_participation", list(UINT8, REGISTRY_LIMIT, progressive)));
    fields.add(field("current_epoch_participation", list(UINT8, REGISTRY_LIMIT, progressive)));
    fields.add(field("justification_bits", new Bitvector(JUSTIFICATION_BITS)));
    fields.add(field("previous_justified_checkpoint", CHECKPOINT));
    fields.add(field("current_justified_checkpoint", CHECKPOINT));
    fields.add(field("finalized_checkpoint", CHECKPOINT));
    fields.add(field("inactivity_scores", list(UINT64, REGISTRY_LIMIT, progressive)));
    fields.add(field("current_sync_committee", committee));
    fields.add(field("next_sync_committee", committee));
    fields.add(
        progressive
            ? field("latest_block_hash", BYTES32)
            : field("latest_execution_payload_header", EXECUTION_PAYLOAD_HEADER));
    fields.add(field("next_withdrawal_index", UINT64));
    fields.add(field("next_withdrawal_validator_index", UINT64));
    fields.add(
        field("historical_summaries", new ListOf(HISTORICAL_SUMMARY, HISTORICAL_ROOTS_LIMIT)));
    return fields;
  }

  private static List<Field> sinceElectra(BeaconPreset preset, boolean progressive) {
    return List.of(
        field("deposit_requests_start_index", UINT64),
        field("deposit_balance_to_consume", UINT64),
        field("exit_balance_to_consume", UINT64),
        field("earliest_exit_epoch", UINT64),
        field("consolidation_balance_to_consume", UINT64),
        field("earliest_consolidation_epoch", UINT64),
        field("pending_deposits", list(PENDING_DEPOSIT, PENDING_DEPOSITS_LIMIT, progressive)),
        field(
            "pending_partial_withdrawals",
            list(PENDING_PARTIAL_WITHDRAWAL, preset.pendingPartialWithdrawalsLimit(), progressive)),
        field(
            "pending_consolidations",
            list(PENDING_CONSOLIDATION, preset.pendingConsolidationsLimit(), progressive)),
        field("proposer_lookahead", new Vector(UINT64, preset.lookaheadSlots())));
  }

  private static SszType list(SszType element, long limit, boolean progressive) {
    return progressive ? new ProgressiveList(element) : new ListOf(element, limit);
  }
}
