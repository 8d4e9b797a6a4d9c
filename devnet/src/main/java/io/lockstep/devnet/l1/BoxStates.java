// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.SszBytes;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The state after each of the box's beacon blocks, made anew from the chain when it is asked for:
 * serialized as its fork has it, in the minimal preset. What the box has no use for (sync
 * committees, deposits, the SSZ roots of transactions) has its default value; a missed slot keeps
 * the roots of the block before it. Used under the box's lock, or for blocks that no longer change.
 */
final class BoxStates {
  private static final BeaconPreset PRESET = BeaconPreset.MINIMAL;

  /** Source, target and head were timely. */
  private static final byte ALL_FLAGS = 7;

  private final BeaconFork fork;
  private final SszType type;
  private final SlotClock clock;
  private final BeaconDb db;
  private final Validators validators;

  BoxStates(BeaconFork fork, SlotClock clock, BeaconDb db, Validators validators) {
    this.fork = fork;
    this.type = fork.stateType(PRESET);
    this.clock = clock;
    this.db = db;
    this.validators = validators;
  }

  BeaconFork fork() {
    return fork;
  }

  /** The header of a block with its state's root in it. */
  BeaconHeader complete(BeaconHeader header, BlockHeader execution, List<Integer> lookahead) {
    return header.withStateRoot(rootOf(ssz(header, execution, lookahead)));
  }

  /** The block of slot 0 over {@code execution}. */
  BeaconBlock genesis(BlockHeader execution, Proposers proposers) {
    BeaconHeader header =
        new BeaconHeader(0, proposers.at(0), Hash32.ZERO, Hash32.ZERO, Hash32.ZERO);
    return BeaconBlock.of(
        complete(header, execution, proposers.lookahead(0)),
        execution.hash(),
        execution.number(),
        List.of());
  }

  Hash32 rootOf(byte[] state) {
    return SszTree.rootOf(type, state);
  }

  /**
   * The state after a block.
   *
   * @param lookahead the proposers of its epoch and of the next (EIP-7917)
   */
  byte[] ssz(BeaconHeader header, BlockHeader execution, List<Integer> lookahead) {
    List<BeaconBlock> ancestors = ancestors(header);
    long epoch = header.slot() / PRESET.slotsPerEpoch();
    byte[] previous = checkpoint(Math.max(0, epoch - 2), ancestors);
    byte[] justified = checkpoint(Math.max(0, epoch - 1), ancestors);
    byte[] participation = new byte[validators.size()];
    Arrays.fill(participation, ALL_FLAGS);
    Map<String, byte[]> fields = new HashMap<>(payload(header, execution));
    fields.putAll(
        Map.ofEntries(
            Map.entry("genesis_time", SszBytes.uint64(clock.genesisSeconds())),
            Map.entry("genesis_validators_root", validators.registryRoot().toArray()),
            Map.entry("slot", SszBytes.uint64(header.slot())),
            Map.entry("fork", forkField()),
            Map.entry("latest_block_header", header.withStateRoot(Hash32.ZERO).ssz()),
            Map.entry("block_roots", roots(header.slot(), ancestors, false)),
            Map.entry("state_roots", roots(header.slot(), ancestors, true)),
            Map.entry("validators", validators.registry()),
            Map.entry("balances", repeated(Validators.BALANCE_GWEI)),
            Map.entry("randao_mixes", randao(execution.prevRandao())),
            Map.entry("previous_epoch_participation", participation),
            Map.entry("current_epoch_participation", participation),
            Map.entry("previous_justified_checkpoint", previous),
            Map.entry("current_justified_checkpoint", justified),
            Map.entry("finalized_checkpoint", previous),
            Map.entry("inactivity_scores", repeated(0)),
            Map.entry("proposer_lookahead", uint64s(lookahead))));
    return SszBytes.container(type, fields);
  }

  /** From the parent down to the oldest whose root the state still holds. */
  private List<BeaconBlock> ancestors(BeaconHeader header) {
    List<BeaconBlock> out = new ArrayList<>();
    long oldest = header.slot() - PRESET.slotsPerHistoricalRoot();
    BeaconBlock at = db.block(header.parentRoot());
    while (at != null) {
      out.add(at);
      at = at.slot() <= oldest ? null : db.block(at.header().parentRoot());
    }
    return out;
  }

  private static BeaconBlock atOrBefore(long slot, List<BeaconBlock> ancestors) {
    for (BeaconBlock block : ancestors) {
      if (block.slot() <= slot) {
        return block;
      }
    }
    throw new IllegalStateException("the box has no block at or before slot " + slot);
  }

  private static byte[] roots(long slot, List<BeaconBlock> ancestors, boolean ofStates) {
    int size = PRESET.slotsPerHistoricalRoot();
    byte[] out = new byte[size * Hash32.LENGTH_BYTES];
    for (long i = Math.max(0, slot - size); i < slot; i++) {
      BeaconBlock block = atOrBefore(i, ancestors);
      Hash32 root = ofStates ? block.header().stateRoot() : block.root();
      root.write(out, (int) (i % size) * Hash32.LENGTH_BYTES);
    }
    return out;
  }

  /** By the box's rule of finality ({@link BoxView}), along the block's own branch. */
  private static byte[] checkpoint(long epoch, List<BeaconBlock> ancestors) {
    Hash32 root =
        epoch == 0 ? Hash32.ZERO : atOrBefore(epoch * PRESET.slotsPerEpoch(), ancestors).root();
    return SszBytes.container(
        BeaconTypes.CHECKPOINT, Map.of("epoch", SszBytes.uint64(epoch), "root", root.toArray()));
  }

  private byte[] forkField() {
    return SszBytes.container(
        BeaconTypes.FORK,
        Map.of(
            "previous_version", version(fork.previousForkVersion()),
            "current_version", version(fork.forkVersion())));
  }

  private static byte[] version(String hex) {
    return HexFormat.of().parseHex(hex, 2, hex.length());
  }

  private byte[] repeated(long value) {
    ByteBuffer out =
        ByteBuffer.allocate(validators.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (out.hasRemaining()) {
      out.putLong(value);
    }
    return out.array();
  }

  private static byte[] randao(Hash32 mix) {
    byte[] out = new byte[PRESET.epochsPerHistoricalVector() * Hash32.LENGTH_BYTES];
    for (int at = 0; at < out.length; at += Hash32.LENGTH_BYTES) {
      mix.write(out, at);
    }
    return out;
  }

  private static byte[] uint64s(List<Integer> values) {
    ByteBuffer out = ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(out::putLong);
    return out.array();
  }

  /** What the state says of the newest execution block. */
  private Map<String, byte[]> payload(BeaconHeader header, BlockHeader execution) {
    return switch (fork) {
      case FULU -> Map.of("latest_execution_payload_header", payloadHeader(execution));
      case GLOAS ->
          Map.of(
              "latest_block_hash", execution.hash().toArray(),
              "latest_execution_payload_bid", bid(header, execution),
              "execution_payload_availability", allRevealed());
    };
  }

  private static byte[] payloadHeader(BlockHeader execution) {
    return SszBytes.container(
        BeaconTypes.EXECUTION_PAYLOAD_HEADER,
        Map.of(
            "parent_hash", execution.parentHash().toArray(),
            "state_root", execution.stateRoot().toArray(),
            "prev_randao", execution.prevRandao().toArray(),
            "block_number", SszBytes.uint64(execution.number()),
            "gas_limit", SszBytes.uint64(execution.gasLimit()),
            "gas_used", SszBytes.uint64(execution.gasUsed()),
            "timestamp", SszBytes.uint64(execution.timestampSeconds()),
            "extra_data", execution.extraData().toArray(),
            "block_hash", execution.hash().toArray()));
  }

  private static byte[] bid(BeaconHeader header, BlockHeader execution) {
    return SszBytes.container(
        BeaconTypes.EXECUTION_PAYLOAD_BID,
        Map.of(
            "parent_block_hash", execution.parentHash().toArray(),
            "parent_block_root", header.parentRoot().toArray(),
            "block_hash", execution.hash().toArray(),
            "prev_randao", execution.prevRandao().toArray(),
            "gas_limit", SszBytes.uint64(execution.gasLimit()),
            "slot", SszBytes.uint64(header.slot())));
  }

  private static byte[] allRevealed() {
    byte[] bits = new byte[PRESET.slotsPerHistoricalRoot() / Byte.SIZE];
    Arrays.fill(bits, (byte) 0xff);
    return bits;
  }
}
