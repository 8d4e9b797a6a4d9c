// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.ssz.SszBytes;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.ssz.SszType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The box's fixed validator set: 32 ETH each, active since genesis, withdrawal credentials of kind
 * 0x01 to their owner. The public keys look like BLS keys and are not: nothing in the box signs
 * with them. Immutable.
 */
public final class Validators {
  /** 32 ETH. */
  static final long BALANCE_GWEI = 32_000_000_000L;

  static final long FAR_FUTURE_EPOCH = -1L;
  private static final int PUBKEY_BYTES = 48;

  private final List<Validator> all;
  private final byte[] registry;
  private final Hash32 registryRoot;

  /** One validator; it never changes. */
  record Validator(Bytes pubkey, Address owner) {
    /** 0x01, zeros, the owner's address. */
    Hash32 withdrawalCredentials() {
      byte[] out = new byte[32];
      out[0] = 1;
      owner.write(out, 12);
      return Hash32.of(out);
    }
  }

  /**
   * A set of {@code count} validators shared out evenly: validator i belongs to owner {@code i mod
   * owners}.
   */
  public Validators(int count, List<Address> owners) {
    if (count <= 0 || owners.isEmpty()) {
      throw new IllegalArgumentException(
          "validators need a number and owners, got " + count + " and " + owners.size());
    }
    List<Validator> made = new ArrayList<>(count);
    ByteArrayOutputStream serialized = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      Validator validator = new Validator(pubkey(i), owners.get(i % owners.size()));
      made.add(validator);
      serialized.writeBytes(ssz(validator));
    }
    this.all = List.copyOf(made);
    this.registry = serialized.toByteArray();
    this.registryRoot =
        SszTree.rootOf(
            new SszType.ListOf(BeaconTypes.VALIDATOR, BeaconTypes.REGISTRY_LIMIT), registry);
  }

  /**
   * The indices that {@code count} validators shared among {@code owners} give the one at {@code
   * owner}.
   */
  public static List<Long> indicesOf(int owner, int owners, int count) {
    List<Long> indices = new ArrayList<>();
    for (long i = owner; i < count; i += owners) {
      indices.add(i);
    }
    return indices;
  }

  int size() {
    return all.size();
  }

  Validator get(int index) {
    return all.get(index);
  }

  Address owner(int index) {
    return all.get(index).owner;
  }

  /** The registry as SSZ, not to be changed. */
  byte[] registry() {
    return registry;
  }

  /** Hash tree root of the registry; the genesis one is {@code genesis_validators_root}. */
  Hash32 registryRoot() {
    return registryRoot;
  }

  /** The index of the validator with this public key, or −1. */
  int indexOf(Bytes pubkey) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).pubkey.equals(pubkey)) {
        return i;
      }
    }
    return -1;
  }

  private static Bytes pubkey(int index) {
    byte[] label = "lockstep box validator".getBytes(StandardCharsets.US_ASCII);
    byte[] number = ByteBuffer.allocate(8).putLong(index).array();
    byte[] key = new byte[PUBKEY_BYTES];
    System.arraycopy(Sha256.hash(label, number, new byte[] {0}).toArray(), 0, key, 0, 32);
    System.arraycopy(Sha256.hash(label, number, new byte[] {1}).toArray(), 0, key, 32, 16);
    // The top bits of a compressed G1 point: compressed, not infinity.
    key[0] = (byte) ((key[0] & 0x1f) | 0x80);
    return Bytes.wrap(key);
  }

  private static byte[] ssz(Validator validator) {
    return SszBytes.container(
        BeaconTypes.VALIDATOR,
        Map.of(
            "pubkey", validator.pubkey.toArray(),
            "withdrawal_credentials", validator.withdrawalCredentials().toArray(),
            "effective_balance", SszBytes.uint64(BALANCE_GWEI),
            "exit_epoch", SszBytes.uint64(FAR_FUTURE_EPOCH),
            "withdrawable_epoch", SszBytes.uint64(FAR_FUTURE_EPOCH)));
  }
}
