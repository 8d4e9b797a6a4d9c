// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.proof;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BeaconHeader;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.beacon.BeaconPreset;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.Gindex;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes proofs from the state that a beacon node serves, in one pass over its bytes. The node is
 * not trusted: the state must hash to the root in the header, and the header to the block's root.
 * Any thread; blocks for as long as the state takes to arrive.
 */
public final class BlockProver {
  private static final int INDICES_A_CHUNK = 4;

  private final BeaconClient beacon;
  private final ChainSpec spec;

  public BlockProver(BeaconClient beacon, ChainSpec spec) {
    this.beacon = beacon;
    this.spec = spec;
  }

  /**
   * Proofs from one block.
   *
   * @return null when no endpoint knows the block or its state
   */
  public @Nullable BlockProofs prove(BlockId block, List<Long> validatorIndices)
      throws L1Exception {
    BeaconHeader header = beacon.header(block);
    if (header == null) {
      return null;
    }
    Epoch epoch = spec.clock().epochOf(header.slot());
    SszType state = stateType(spec.preset(), spec.isActive("gloas", epoch));
    Wanted wanted = new Wanted(state, spec.preset(), validatorIndices);
    SszTree.Proven inState =
        beacon.state(
            BlockId.of(header.stateRoot()),
            (ssz, lengthBytes) -> {
              SszTree.Proven proven = SszTree.read(state, ssz, lengthBytes, wanted.all());
              if (!proven.root().equals(header.stateRoot())) {
                throw new DecodeException(
                    "the state of slot %s has the root %s, its block says %s"
                        .formatted(header.slot(), proven.root(), header.stateRoot()));
              }
              return proven;
            });
    return inState == null ? null : wanted.proofs(header, inState, inBlock(header));
  }

  /**
   * Proofs from the beacon block whose root EIP-4788 keeps under an execution block's time. An
   * execution client that knows nothing of a beacon chain names none: then the beacon block of that
   * time says what came before it.
   *
   * @return null when no endpoint knows that block or its state
   */
  public @Nullable BlockProofs proveBefore(L1Block block, List<Long> validatorIndices)
      throws L1Exception {
    Hash32 named = block.parentBeaconBlockRoot();
    if (!named.equals(Hash32.ZERO)) {
      return prove(BlockId.of(named), validatorIndices);
    }
    BeaconHeader own = beacon.header(BlockId.of(spec.clock().slotAt(block.timestampSeconds())));
    return own == null ? null : prove(BlockId.of(own.parentRoot()), validatorIndices);
  }

  private static SszType stateType(BeaconPreset preset, boolean gloas) {
    return gloas ? BeaconTypes.gloas(preset) : BeaconTypes.fulu(preset);
  }

  /** Slot and state root in the block, whose root the header must have. */
  private static SszTree.Proven inBlock(BeaconHeader header) throws L1Exception {
    byte[] ssz =
        BeaconTypes.blockHeader(
            header.slot().value(),
            header.proposerIndex(),
            header.parentRoot(),
            header.stateRoot(),
            header.bodyRoot());
    try {
      SszTree.Proven proven =
          SszTree.of(
              BeaconTypes.BLOCK_HEADER, ssz, List.of(blockField("slot"), blockField("state_root")));
      if (!proven.root().equals(header.root())) {
        throw new DecodeException(
            "the header of slot %s hashes to %s, not to its block's root %s"
                .formatted(header.slot(), proven.root(), header.root()));
      }
      return proven;
    } catch (DecodeException e) {
      throw new L1Exception(Kind.BAD_ANSWER, String.valueOf(e.getMessage()), e);
    }
  }

  private static long blockField(String name) {
    return Gindex.ofField(BeaconTypes.BLOCK_HEADER, name);
  }

  /** The nodes that are asked for, and what is made of their branches. */
  private static final class Wanted {
    private static final List<String> VALIDATOR_FIELDS =
        List.of("pubkey", "withdrawal_credentials", "slashed", "exit_epoch");

    private final List<Long> lookahead = new ArrayList<>();
    private final Map<Long, List<Long>> validators = new HashMap<>();

    Wanted(SszType state, BeaconPreset preset, List<Long> validatorIndices) {
      SszType slots = new SszType.Vector(SszType.Basic.UINT64, preset.lookaheadSlots());
      long lookaheadAt = Gindex.ofField(state, "proposer_lookahead");
      for (int slot = 0; slot < preset.lookaheadSlots(); slot += INDICES_A_CHUNK) {
        lookahead.add(Gindex.concat(lookaheadAt, Gindex.ofElement(slots, slot)));
      }
      long registryAt = Gindex.ofField(state, "validators");
      SszType registry = BeaconTypes.validators(state);
      for (long index : validatorIndices) {
        long validator = Gindex.concat(registryAt, Gindex.ofElement(registry, index));
        validators.put(
            index,
            VALIDATOR_FIELDS.stream()
                .map(name -> Gindex.concat(validator, Gindex.ofField(BeaconTypes.VALIDATOR, name)))
                .toList());
      }
    }

    List<Long> all() {
      List<Long> out = new ArrayList<>(lookahead);
      validators.values().forEach(out::addAll);
      return out;
    }

    BlockProofs proofs(BeaconHeader header, SszTree.Proven inState, SszTree.Proven inBlock) {
      Branch up = inBlock.branch(blockField("state_root"));
      Map<Long, ValidatorProof> proven = new HashMap<>();
      validators.forEach((index, fields) -> {
        if (inState.branches().containsKey(fields.getFirst())) {
          List<Branch> branches =
              fields.stream().map(field -> inState.branch(field).then(up)).toList();
          proven.put(
              index,
              new ValidatorProof(
                  index, branches.get(0), branches.get(1), branches.get(2), branches.get(3)));
        }
      });
      return new BlockProofs(
          header,
          inBlock.branch(blockField("slot")),
          lookahead.stream().map(at -> inState.branch(at).then(up)).toList(),
          proven);
    }
  }
}
