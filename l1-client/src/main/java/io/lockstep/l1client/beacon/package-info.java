// SPDX-License-Identifier: Apache-2.0
/**
 * The beacon node's REST API and event stream. Calls block: virtual threads only. Knows nothing of
 * the execution client.
 */
package io.lockstep.l1client.beacon;
