// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.l1client.beacon.BeaconHeader;

/**
 * A beacon block header that a contract can hold against EIP-4788. Any thread.
 *
 * @param timestampSeconds of the execution block whose parent beacon block this is: the key of its
 *     root
 */
public record ProvenHeader(long timestampSeconds, BeaconHeader header) {}
