// SPDX-License-Identifier: Apache-2.0
/**
 * The batch container: the one codec that the posting side encodes with and derivation decodes with
 * (protocol sections 2.4 and 3). Pure functions, any thread; imports neither mempool nor builder.
 *
 * <h2>Format, version 1</h2>
 *
 * <p><b>Blobs.</b> 1 to 6 blobs of 4,096 field elements of 32 bytes. Byte 0 of each element is zero
 * (so that it is below the field's modulus) and the other 31 carry the <i>payload</i>: 126,976
 * bytes a blob. Blobs are as many as the payload needs; what lies behind it is zero. All fixed-size
 * integers are big-endian and unsigned; numbers of ticks, blocks, anchors, gas and rollups are
 * below 2^63.
 *
 * <p><b>Payload.</b>
 *
 * <pre>
 * element 0     magic "LOCKSTEP" (8) | version (1) = 1 | payload length in bytes (4)
 *               | table entries (2) | seals (2) | segments (2) | zero (12)
 * element 1+2i  entry i: tick (8) | rollup id (8) | number (8) | block hash, bytes 0 to 6 (7)
 * element 2+2i           block hash, bytes 7 to 31 (25) | zero (6)
 * then, from the next element on, without gaps:
 *   each seal     windowSlot (8) | operator id (4) | length (2) | signed seal
 *   each segment  rollup id (8) | version (1) = 2 | codec (1) | decompressed length (4)
 *                 | body length (4) | body
 * </pre>
 *
 * <p>The table is uncompressed and each 31-byte element holds a fixed part of it, so two KZG
 * openings of blob 0 show an entry; at most 2,047 entries keep it inside blob 0. It is ordered by
 * tick, then as the segments are, and has exactly one entry for each block of each segment: a
 * sealed tick has one block in every rollup. Window slots of seals ascend. A rollup has one
 * segment.
 *
 * <p><b>Segment bodies.</b> Codec 0 is RLP rows as they are, codec 1 the same as one raw DEFLATE
 * stream (RFC 1951), codec 2 columns in one Zstandard frame (RFC 8878) with its content size, no
 * dictionary and a window of at most 8 MiB. Nothing may follow the stream or the frame. The
 * compression level is the encoder's choice and no part of the format.
 *
 * <p><i>Rows</i>: {@code [[tick, anchorDelta, anchorHash, gasLimit, [transaction, …]], …]}. Ticks
 * ascend strictly. anchorDelta is the anchor's number less that of the block before (of 0 for the
 * first); anchorHash is empty when that delta is 0 and the block is not the first. A transaction is
 * the byte string of its EIP-2718 form. The system transaction never stands here.
 *
 * <p><i>Columns</i>: varints (LEB128, 64 bits unsigned, shortest form) block count, transaction
 * count and the byte length of each column of {@link io.lockstep.sequencer.batch.BodyColumn}; then
 * these columns in its order; then the signatures (r, s, 64 bytes each) and one bit each of y
 * parity, first transaction in the lowest bit.
 *
 * <ul>
 *   <li>A block each: ticks (first, then difference less one); anchor deltas; anchor hashes (where
 *       rows have one); gas limits (zigzag difference to the block before, to 0 for the first);
 *       transactions.
 *   <li>Flags: bits 0–2 type, 3 has recipient, 4 chain id stands in its column, 5 no chain id at
 *       all, 6 has access list, 7 the data is a call: selector and whole words. Chain ids are those
 *       that are not the rollup's id.
 *   <li>Tips (types 2 and 4), fee caps (gas prices) less the tip modulo 2^256, gas limits and
 *       selectors are codes of a byte: 0 is a new value, in the fee numbers, gas numbers (varints)
 *       or selector bytes; k is the value used k-th last among the 127 newest of that field.
 *   <li>Data lengths: words of a call, bytes of other data. Word forms: 0 a number, 1 an address,
 *       which is 20 bytes long exactly.
 *   <li>Values, and words that are numbers: how many bytes, how many decimal zeros are left out at
 *       the end, the bytes without leading zero; a column each.
 *   <li>Addresses (recipient, then those of the words): kind 0 is new and stands in the addresses;
 *       1 is the i-th of these; 2 is the sender of the segment's transaction i, an earlier one,
 *       which its signature tells. The lower 8 bits of i stand in one column, the rest in another
 *       as a varint. Nonces are split alike.
 *   <li>Access lists and authorisation lists are RLP; data is that of no call.
 * </ul>
 *
 * <p>256-bit numbers elsewhere are a length byte and that many bytes without leading zero. One
 * segment can be written in several ways, as one frame can; all of them give one segment.
 *
 * <p>Caps, checked before anything is allocated for what they bound: {@link
 * io.lockstep.sequencer.batch.BatchLimits}.
 */
package io.lockstep.sequencer.batch;
