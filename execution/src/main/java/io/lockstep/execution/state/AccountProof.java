// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;

/**
 * What eth_getProof answers (EIP-1186). Of an account that does not exist, nonce and balance are
 * zero and the hashes those of nothing; the nodes then prove its absence.
 *
 * @param nonce 64 bits, unsigned
 * @param balance wei
 * @param proof encoded nodes from the state root on
 */
public record AccountProof(
    Address address,
    long nonce,
    UInt256 balance,
    Hash32 storageRoot,
    Hash32 codeHash,
    List<Bytes> proof,
    List<StorageProof> storage) {
  /**
   * One storage word's proof.
   *
   * @param proof encoded nodes from the account's storage root on
   */
  public record StorageProof(UInt256 slot, UInt256 value, List<Bytes> proof) {}
}
