// SPDX-License-Identifier: Apache-2.0
/**
 * SSZ by schema: hash tree roots and Merkle branches of objects that are read as a stream, never
 * held whole. Total and bounded: any bytes give a root or a DecodeException.
 */
package io.lockstep.primitives.ssz;
