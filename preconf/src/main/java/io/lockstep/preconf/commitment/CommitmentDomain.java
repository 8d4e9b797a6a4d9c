// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The EIP-712 domain of a cluster's signatures. Until there is a slasher it names the registry that
 * holds the stake.
 *
 * @param l1ChainId chain id of the L1
 */
public record CommitmentDomain(long l1ChainId, Address verifyingContract) {
  static final String NAME = "Lockstep";
  static final String VERSION = "1";
  static final String TYPE =
      "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

  /** EIP-712 domain separator. */
  public Hash32 separator() {
    return Keccak.hash(
        new AbiWords(5)
            .word(utf8Hash(TYPE))
            .word(utf8Hash(NAME))
            .word(utf8Hash(VERSION))
            .uint(l1ChainId)
            .address(verifyingContract)
            .toArray());
  }

  /** What is hashed and signed: {@code 0x1901 ‖ separator ‖ structHash}. */
  public Bytes preimage(SignedObject object) {
    byte[] out = new byte[2 + 2 * Hash32.LENGTH_BYTES];
    out[0] = 0x19;
    out[1] = 0x01;
    separator().write(out, 2);
    object.structHash().write(out, 2 + Hash32.LENGTH_BYTES);
    return Bytes.wrap(out);
  }

  /** The digest that is signed: {@code keccak(preimage)}. */
  public Hash32 digest(SignedObject object) {
    return Keccak.hash(preimage(object));
  }

  /** Who signed, or null when nobody can have. */
  public @Nullable Address signer(Signed<?> signed) {
    return Secp256k1.recover(digest(signed.object()), signed.signature());
  }

  /**
   * {@code keccak(abi.encode(L1 chain id, Inbox))}: the id in everything signed (protocol §2.2).
   */
  public static Hash32 clusterId(long l1ChainId, Address inbox) {
    return Keccak.hash(new AbiWords(2).uint(l1ChainId).address(inbox).toArray());
  }

  private static Hash32 utf8Hash(String text) {
    return Keccak.hash(text.getBytes(StandardCharsets.UTF_8));
  }
}
