// SPDX-License-Identifier: Apache-2.0
/**
 * The measurement of streams: frags go through the node's own streams and server to many WebSockets
 * of another process. Each class names its thread.
 */
@NullMarked
package io.lockstep.bench.fanout;

import org.jspecify.annotations.NullMarked;
