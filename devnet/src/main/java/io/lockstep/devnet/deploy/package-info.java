// SPDX-License-Identifier: Apache-2.0
/**
 * Genesis files, accounts and the deployment of the contracts, on the L1 in a box or any other: all
 * over JSON-RPC. It holds no threads. It must not import the box's inside.
 */
package io.lockstep.devnet.deploy;
