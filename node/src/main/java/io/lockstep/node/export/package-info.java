// SPDX-License-Identifier: Apache-2.0
/**
 * A chain into files that any Ethereum client reads: genesis and blocks, from a stopped node's
 * directory or over JSON-RPC. The command's thread; imports no running node.
 */
@NullMarked
package io.lockstep.node.export;

import org.jspecify.annotations.NullMarked;
