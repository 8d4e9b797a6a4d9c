// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/**
 * Payload of a {@code FeeInfo} in this project's commitment types: {@code abi.encode(struct{bytes32
 * requestHash; uint256 dataWei; uint256 congestionWei; uint256 riskWei; uint256 tipWeiPerGas})}.
 * Immutable.
 *
 * @param requestHash of the {@link FabricRequest} that was asked about
 * @param tipWeiPerGas tip with which the request's transaction pays the other three
 */
public record FabricFee(
    Hash32 requestHash,
    UInt256 dataWei,
    UInt256 congestionWei,
    UInt256 riskWei,
    UInt256 tipWeiPerGas) {
  public Bytes encoded() {
    return Bytes.wrap(
        new AbiWords(5)
            .word(requestHash)
            .uint(dataWei)
            .uint(congestionWei)
            .uint(riskWei)
            .uint(tipWeiPerGas)
            .toArray());
  }
}
