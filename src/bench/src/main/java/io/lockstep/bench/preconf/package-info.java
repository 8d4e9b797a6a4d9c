// SPDX-License-Identifier: Apache-2.0
/**
 * The load on a running devnet: sends transfers at a fixed rate and measures how long it takes
 * until each is in a frag that was checked. It sees the node only from outside, through its
 * JSON-RPC; of the sources it uses values, codecs and the commitment's check, never the sequencer.
 * Each class names its thread.
 */
@NullMarked
package io.lockstep.bench.preconf;

import org.jspecify.annotations.NullMarked;
