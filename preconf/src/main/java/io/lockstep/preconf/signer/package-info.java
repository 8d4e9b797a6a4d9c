// SPDX-License-Identifier: Apache-2.0
/**
 * Keys that another process holds: signatures asked of it over HTTP and checked here. Callers'
 * threads, with deadlines; imports neither the wire nor the signing database.
 */
package io.lockstep.preconf.signer;
