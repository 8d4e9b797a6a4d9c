// SPDX-License-Identifier: Apache-2.0
/**
 * Value types of the whole project: numbers with a meaning, hashes, addresses, bytes. Immutable.
 */
package io.lockstep.primitives.types;
