// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows blocks and states of one rollup, and is not trusted: what it shows is held against hashes
 * that L1 holds. Answers must be bounded by whoever fetches them. Called from the checking thread.
 */
public interface BlockSource {
  /** A header in RLP ({@code debug_getRawHeader}); empty when it does not know the block. */
  Optional<Bytes> header(Hash32 blockHash) throws IOException, DecodeException;

  /** A whole block in RLP ({@code debug_getRawBlock}). */
  Optional<Bytes> block(Hash32 blockHash) throws IOException, DecodeException;

  /** The block's receipts in consensus encoding, in order ({@code debug_getRawReceipts}). */
  Optional<List<Bytes>> receipts(Hash32 blockHash) throws IOException, DecodeException;

  /**
   * An account in the state after a block ({@code eth_getProof}).
   *
   * @param slot a word of its storage that is asked for too, or null
   * @return empty when it does not keep that state
   */
  Optional<StateProof> proof(Hash32 blockHash, Address account, @Nullable Hash32 slot)
      throws IOException, DecodeException;

  /**
   * Number of the block that has a transaction ({@code eth_getTransactionByHash}): where to look,
   * nothing more. Empty when it knows none.
   */
  Optional<Long> blockOf(Hash32 txHash) throws IOException, DecodeException;
}
