// SPDX-License-Identifier: Apache-2.0
/**
 * Threads of this room: one virtual thread for each tracker, woken by beacon events and by the
 * clock. Everything it runs can as well be stepped by hand.
 */
package io.lockstep.l1client.follow;
