// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.builder;

import io.lockstep.primitives.types.Hash32;

/**
 * Constants of building.
 *
 * @param fragMinIntervalMs a frag closes no sooner after the last one; 0 means at every drain
 * @param heartbeatMs with nothing to carry, an empty frag leaves after this long
 */
public record BuilderRules(Hash32 clusterId, long fragMinIntervalMs, long heartbeatMs) {}
