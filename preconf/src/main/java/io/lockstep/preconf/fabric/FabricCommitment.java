// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * {@code Commitment} of Fabric's commitments API, with the root that its committer signs
 * (Commit-Boost's proposer commitments). Immutable.
 *
 * @param requestHash of the {@link FabricRequest} that it answers
 */
public record FabricCommitment(
    long commitmentType, Bytes payload, Hash32 requestHash, Address slasher) {
  /** Number of the message type in what is hashed. */
  private static final long MESSAGE_TYPE = 3;

  /** The domain type of Commit-Boost's signatures. */
  private static final byte[] DOMAIN_TYPE = {0x6d, 0x6d, 0x6f, 0x43};

  /**
   * What a signature is bound to beside the commitment.
   *
   * @param signingId of the module that signs; signer and verifier are told the same
   * @param nonce 0 when it is not counted
   * @param chainId of the L1
   * @param genesisForkVersion of the L1's beacon chain, four bytes
   */
  public record Binding(Hash32 signingId, long nonce, long chainId, Bytes genesisForkVersion) {
    public Binding {
      if (genesisForkVersion.size() != 4) {
        throw new IllegalArgumentException(
            "a fork version has 4 bytes, got " + genesisForkVersion.size());
      }
    }

    /** The domain, 32 bytes. */
    public Hash32 domain() {
      byte[] version = new byte[32];
      System.arraycopy(genesisForkVersion.unsafeArray(), 0, version, 0, 4);
      byte[] forkData = Sha256.hash(version, new byte[32]).toArray();
      byte[] domain = new byte[32];
      System.arraycopy(DOMAIN_TYPE, 0, domain, 0, 4);
      System.arraycopy(forkData, 0, domain, 4, 28);
      return Hash32.of(domain);
    }

    /** What is signed over an object's root. */
    public Hash32 signingRoot(Hash32 objectRoot) {
      Hash32 info =
          Sha256.pair(
              Sha256.pair(objectRoot, signingId),
              Sha256.pair(littleEndian(nonce), littleEndian(chainId)));
      return Sha256.pair(info, domain());
    }

    private static Hash32 littleEndian(long value) {
      byte[] big = UInt256.of(value).toArray();
      byte[] little = new byte[32];
      for (int i = 0; i < 32; i++) {
        little[i] = big[31 - i];
      }
      return Hash32.of(little);
    }
  }

  /** {@code keccak256(abi.encode(3, commitment))}. */
  public Hash32 root() {
    AbiWords head =
        new AbiWords(7)
            .uint(MESSAGE_TYPE)
            .uint(2 * 32)
            .uint(commitmentType)
            .uint(4 * 32)
            .word(requestHash)
            .address(slasher)
            .uint(payload.size());
    return Keccak.hashAll(head.toArray(), FabricRequest.padded(payload));
  }
}
