// SPDX-License-Identifier: Apache-2.0
/**
 * The contracts that the protocol itself provides: hashes, signatures, modular exponentiation,
 * pairings, KZG. Pure functions of their input, any thread; imports only fork rules and primitives.
 */
package io.lockstep.execution.precompile;
