// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.batch;

/**
 * Columns of a segment's body whose length is written before them, in the order in which they
 * stand. What compresses well comes first and what does not stands together behind it, so that the
 * statistics of one do not spoil the other's. Source: package documentation.
 */
enum BodyColumn {
  // A block each
  TICKS,
  ANCHOR_DELTAS,
  ANCHOR_HASHES,
  GAS_LIMITS,
  TRANSACTION_COUNTS,
  // A transaction each
  FLAGS,
  CHAIN_IDS,
  TIPS,
  FEE_CAPS,
  TX_GAS_LIMITS,
  SELECTORS,
  DATA_LENGTHS,
  WORD_FORMS,
  VALUE_LENGTHS,
  VALUE_ZEROS,
  WORD_LENGTHS,
  WORD_ZEROS,
  ADDRESS_KINDS,
  ADDRESS_REFS_HIGH,
  NONCES_HIGH,
  LISTS,
  DATA,
  FEE_NUMBERS,
  GAS_NUMBERS,
  SELECTOR_BYTES,
  ADDRESS_REFS_LOW,
  NONCES_LOW,
  VALUE_BYTES,
  WORD_BYTES,
  ADDRESSES
}
