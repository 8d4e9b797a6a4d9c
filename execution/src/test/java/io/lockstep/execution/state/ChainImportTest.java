// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.block.BlockExecutor;
import io.lockstep.execution.block.BlockImport;
import io.lockstep.execution.block.BlockResult;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The public RPC chain, every fork from Frontier to BPO2, executed on states that lie on disk. */
class ChainImportTest {
  private static final String PREFIX = "l1";

  @TempDir Path dir;

  @Test
  void importsThePublicChainRewindsRestartsAndImportsItAgain() throws Exception {
    Path folder = Vectors.folder("json-rpc");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no vectors in " + folder);
    Genesis genesis =
        Genesis.parse(
            JsonMapper.shared().readTree(Files.readString(folder.resolve("genesis.json"))));
    BlockImport blockImport =
        new BlockImport(new BlockExecutor(genesis.forks(), genesis.chainId()));
    List<Block> blocks = new ArrayList<>();
    RlpReader in = RlpReader.over(Files.readAllBytes(folder.resolve("chain.rlp")));
    while (in.hasNext()) {
      blocks.add(Block.decode(Bytes.wrap(in.rawItem())));
    }

    try (RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX))) {
      ChainDb chain = ChainDb.open(store, PREFIX, genesis);
      extend(chain, blockImport, blocks);
      Hash32 tenth = chain.canonicalHash(10);
      assertThat(tenth).isNotNull();
      chain.rewindTo(tenth);
    }
    try (RocksStore store = RocksStore.open(dir, ChainDb.columns(PREFIX))) {
      ChainDb chain = ChainDb.open(store, PREFIX, genesis);
      assertThat(chain.head().number()).isEqualTo(10);
      extend(chain, blockImport, blocks.subList(10, blocks.size()));

      for (Block block : blocks) {
        Block stored = chain.block(block.header().hash());
        assertThat(stored).isNotNull();
        assertThat(stored.encoded()).isEqualTo(block.encoded());
        assertThat(chain.canonicalHash(block.header().number())).isEqualTo(block.header().hash());
      }
    }
  }

  private static void extend(ChainDb chain, BlockImport blockImport, List<Block> blocks) {
    for (Block block : blocks) {
      BlockResult result =
          blockImport.run(
              chain.head(),
              block,
              chain.headState(),
              chain.ancestorHashes(),
              diff -> chain.prepare(diff).stateRoot());
      assertThat(result)
          .as("block %d", block.header().number())
          .isInstanceOf(BlockResult.Valid.class);
      if (result instanceof BlockResult.Valid valid) {
        PreparedRoot root = chain.prepare(valid.block().diff());
        chain.append(block, valid.block().receipts(), root, Durability.PROCESS);
      }
    }
  }
}
