// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;

/**
 * {@code CommitmentRequest} of Fabric's commitments API. Immutable.
 *
 * @param commitmentType what the payload is
 * @param slasher contract that judges the commitment
 */
public record FabricRequest(long commitmentType, Bytes payload, Address slasher) {
  /** {@code keccak256(abi.encode(request))}: the name of the request. */
  public Hash32 hash() {
    AbiWords head =
        new AbiWords(5)
            .uint(32)
            .uint(commitmentType)
            .uint(3 * 32)
            .address(slasher)
            .uint(payload.size());
    return Keccak.hashAll(head.toArray(), padded(payload));
  }

  /** The bytes up to a whole word, as the ABI writes them. */
  static byte[] padded(Bytes bytes) {
    return Arrays.copyOf(bytes.unsafeArray(), Math.ceilDiv(bytes.size(), 32) * 32);
  }
}
