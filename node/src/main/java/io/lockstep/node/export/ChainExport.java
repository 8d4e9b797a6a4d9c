// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.export;

import io.lockstep.execution.fixture.MapState;
import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Copies a chain into files, block by block, each checked to follow its parent and the first one
 * the genesis. One thread.
 */
public final class ChainExport {
  private final ExportSource source;

  public ChainExport(ExportSource source) {
    this.source = source;
  }

  /**
   * What was written.
   *
   * @param blocks how many
   * @param bytes of all blocks
   * @param head hash of the last block, or of the one before the first when there is none
   */
  public record Written(long blocks, long bytes, Hash32 head) {}

  /** Writes the genesis and gives the hash of its block, which is that of the source. */
  public Hash32 genesis(Path file) throws ExportFailure {
    JsonNode json = source.genesis();
    Hash32 hash = genesisHash(json);
    Hash32 known = source.hash(0);
    if (!hash.equals(known)) {
      throw new ExportFailure(
          ExportFailure.Kind.BROKEN,
          "the genesis makes the block " + hash + ", block 0 is " + known);
    }
    try (WholeFile out = new WholeFile(file)) {
      out.write((json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
      out.finish();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    return hash;
  }

  private static Hash32 genesisHash(JsonNode json) throws ExportFailure {
    try {
      Genesis genesis = Genesis.parse(json);
      return genesis.header(MapState.empty().with(genesis.allocation()).root()).hash();
    } catch (DecodeException e) {
      throw new ExportFailure(ExportFailure.Kind.BROKEN, "the genesis: " + e.getMessage(), e);
    }
  }

  /**
   * Writes blocks.
   *
   * @param wantedLast number of the last one, null for the head
   */
  public Written blocks(Path file, long first, @Nullable Long wantedLast) throws ExportFailure {
    long head = source.head();
    long last = wantedLast == null ? head : wantedLast;
    if (last > head || first > head + 1) {
      throw new ExportFailure(
          ExportFailure.Kind.USAGE,
          "block %d is asked for, the chain ends with %d".formatted(Math.max(first, last), head));
    }
    Hash32 parent = source.hash(first - 1);
    long bytes = 0;
    try (WholeFile out = new WholeFile(file)) {
      for (long number = first; number <= last; number++) {
        Block block = source.block(number);
        BlockHeader header = block.header();
        if (!header.parentHash().equals(parent)) {
          throw new ExportFailure(
              ExportFailure.Kind.BROKEN,
              "block %d has the parent %s, but block %d is %s: the store is damaged, or the chain was reorganised meanwhile"
                  .formatted(number, header.parentHash(), number - 1, parent));
        }
        byte[] encoded = block.encoded().toArray();
        out.write(encoded);
        bytes += encoded.length;
        parent = header.hash();
      }
      out.finish();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    return new Written(Math.max(0, last - first + 1), bytes, parent);
  }

  private static ExportFailure unwritable(Path file, IOException e) {
    return new ExportFailure(
        ExportFailure.Kind.UNAVAILABLE, file + " cannot be written: " + e.getMessage(), e);
  }
}
