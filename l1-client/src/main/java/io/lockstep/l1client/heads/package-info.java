// SPDX-License-Identifier: Apache-2.0
/**
 * The chain of L1 execution blocks as one ordered stream of events, reorgs included. The tracker
 * belongs to one thread (a virtual one in production, the test's own when stepped by hand). Must
 * not import contract or send.
 */
package io.lockstep.l1client.heads;
