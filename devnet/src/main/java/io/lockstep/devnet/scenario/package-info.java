// SPDX-License-Identifier: Apache-2.0
/**
 * Scripting a running L1 in a box from outside: its levers over HTTP, for whole-system tests and
 * tools. It holds no threads and imports nothing of the box's inside.
 */
package io.lockstep.devnet.scenario;
