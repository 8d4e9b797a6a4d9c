// SPDX-License-Identifier: Apache-2.0
/**
 * The cluster file that all nodes of a deployment share, and the file in which a devnet says what
 * it runs. Parsing is total: bad text is an answer, never a crash. Any thread; imports only
 * primitives.
 */
package io.lockstep.config.cluster;
