// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.export;

import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.types.Hash32;
import tools.jackson.databind.JsonNode;

/** Who has the chain: read one block at a time. One thread. */
public interface ExportSource extends AutoCloseable {
  /** The genesis in geth's form. */
  JsonNode genesis() throws ExportFailure;

  /** Number of the last block. */
  long head() throws ExportFailure;

  /** Hash of a block, the genesis block included. */
  Hash32 hash(long number) throws ExportFailure;

  /** A block that has just this number. */
  Block block(long number) throws ExportFailure;

  @Override
  void close();
}
