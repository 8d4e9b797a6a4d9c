// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

/**
 * A request of Fabric's commitments API that a promise is to answer. Immutable.
 *
 * @param binding that the answer's signature is to have
 */
public record FabricAsk(FabricRequest request, FabricCommitment.Binding binding) {}
