// SPDX-License-Identifier: Apache-2.0
/**
 * How the measurements of running nodes talk to them, and the reference node that they start beside
 * them. Each class names its thread.
 */
@NullMarked
package io.lockstep.bench.client;

import org.jspecify.annotations.NullMarked;
