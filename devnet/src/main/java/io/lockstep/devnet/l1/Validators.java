// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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

  /** The registry's limit is 2^40 validators. */
  private static final int REGISTRY_LIMIT_DEPTH = 40;

  private final List<Validator> all;
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
    List<Hash32> roots = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Validator validator = new Validator(pubkey(i), owners.get(i % owners.size()));
      made.add(validator);
      roots.add(root(validator));
    }
    this.all = List.copyOf(made);
    this.registryRoot = Ssz.list(roots, REGISTRY_LIMIT_DEPTH);
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

  private static Hash32 root(Validator validator) {
    return Ssz.container(
        Ssz.vector(validator.pubkey.unsafeArray()),
        validator.withdrawalCredentials(),
        Ssz.uint64(BALANCE_GWEI),
        Ssz.bool(false),
        Ssz.uint64(0),
        Ssz.uint64(0),
        Ssz.uint64(FAR_FUTURE_EPOCH),
        Ssz.uint64(FAR_FUTURE_EPOCH));
  }
}
