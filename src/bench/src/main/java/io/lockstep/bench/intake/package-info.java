// SPDX-License-Identifier: Apache-2.0
/**
 * The measurement of intake: signed transactions go to a running devnet in batches, and to a
 * reference node in the same minutes; each must be found in a block and, of the devnet, on L1. It
 * sees the nodes only through their JSON-RPC. Each class names its thread.
 */
@NullMarked
package io.lockstep.bench.intake;

import org.jspecify.annotations.NullMarked;
