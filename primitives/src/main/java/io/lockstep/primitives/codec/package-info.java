// SPDX-License-Identifier: Apache-2.0
/**
 * RLP and ABI words. Readers are total and bounded: any input gives a value or a DecodeException.
 */
package io.lockstep.primitives.codec;
