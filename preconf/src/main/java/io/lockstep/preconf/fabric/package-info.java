// SPDX-License-Identifier: Apache-2.0
/**
 * The objects of the Fabric commitments API as they are hashed and signed there, and the payload of
 * this project's commitment types. Pure: no thread, no disk; imports nothing of the wire.
 */
package io.lockstep.preconf.fabric;
