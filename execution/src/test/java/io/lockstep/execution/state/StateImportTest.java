// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.block.ExecutedBlock;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import io.lockstep.storage.kv.RocksStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States out of one chain and into another store, where the chain goes on. */
class StateImportTest {
  private static final String PREFIX = "r1";
  private static final int BLOCKS = 40;
  private static final long SEED = 77;

  @TempDir Path dir;

  /** A block of the source chain. */
  private record Made(Block block, ExecutedBlock executed, StateDiff diff) {}

  @Test
  void aStateOfAnyDepthComesOverInPartsOfAnySizeAndTheChainGoesOn() throws Exception {
    System.out.println("seed " + SEED);
    List<Made> made = new ArrayList<>();
    try (RocksStore from = RocksStore.open(dir.resolve("from"), ChainDb.columns(PREFIX))) {
      ChainDb source = grow(from, made);
      int round = 0;
      for (int part : new int[] {1, 2, 7, 1000}) {
        int number = BLOCKS - 1 - 3 * round++;
        Block block = made.get(number - 1).block;
        try (RocksStore to = RocksStore.open(dir.resolve("to" + part), ChainDb.columns(PREFIX))) {
          StateImport target = StateImport.begin(to, PREFIX, TestChain.GENESIS, part);
          source.exportState(block.header().hash(), target);
          target.finish(
              block,
              made.get(number - 1).executed.receipts(),
              ancestors(source, block.header()),
              List.of("safe"));

          ChainDb chain = ChainDb.open(to, PREFIX, TestChain.GENESIS);
          assertThat(chain.headHash()).isEqualTo(block.header().hash());
          assertThat(chain.mark("safe")).isEqualTo(chain.headHash());
          assertThat(chain.oldestState()).isEqualTo(number);
          assertThat(chain.block(chain.headHash())).isNotNull();
          assertThat(chain.ancestorHashes().apply(3)).isEqualTo(source.canonicalHash(3));
          TrieCensus.check(to, ChainColumns.of(PREFIX), chain);
          for (Made next : made.subList(number, BLOCKS)) {
            PreparedRoot root = chain.prepare(next.diff);
            chain.append(next.block, next.executed.receipts(), root, Durability.PROCESS);
          }
          assertThat(chain.headHash()).isEqualTo(source.headHash());
          TrieCensus.check(to, ChainColumns.of(PREFIX), chain);
          assertThat(exported(chain)).isEqualTo(exported(source));
          chain.rewindTo(block.header().hash());
          assertThatThrownBy(() -> chain.rewindTo(block.header().parentHash()))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("not kept");
          assertThat(chain.stateAt(block.header().parentHash())).isNull();
        }
      }
    }
  }

  @Test
  void aChangedStateABrokenLineOfHeadersAndMissingCodeAreRefused() throws Exception {
    List<Made> made = new ArrayList<>();
    try (RocksStore from = RocksStore.open(dir.resolve("from"), ChainDb.columns(PREFIX))) {
      ChainDb source = grow(from, made);
      Made head = made.getLast();
      List<BlockHeader> line = ancestors(source, head.block.header());
      List<BlockHeader> gap = new ArrayList<>(line);
      gap.remove(1);

      assertThatThrownBy(() -> importInto("a", source, head, line, true))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("the state has the root")
          .hasMessageContaining(head.block.header().stateRoot().toString());
      assertThatThrownBy(() -> importInto("b", source, head, gap, false))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("not the parent");
      assertThatThrownBy(() -> importInto("c", source, made.getFirst(), List.of(), false))
          .isInstanceOf(DecodeException.class);
      try (RocksStore to = RocksStore.open(dir.resolve("d"), ChainDb.columns(PREFIX))) {
        StateImport target = StateImport.begin(to, PREFIX, TestChain.GENESIS);
        assertThatThrownBy(() ->
                target.account(Address.ZERO, new AccountState(0, UInt256.ONE, Hash32.ZERO, false)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("code");
      }
    }
  }

  private void importInto(
      String name, ChainDb source, Made head, List<BlockHeader> line, boolean falsified)
      throws Exception {
    try (RocksStore to = RocksStore.open(dir.resolve(name), ChainDb.columns(PREFIX))) {
      StateImport target = StateImport.begin(to, PREFIX, TestChain.GENESIS);
      source.exportState(
          source.headHash(),
          new StateVisitor() {
            @Override
            public void code(Bytes code) {
              target.code(code);
            }

            @Override
            public void account(Address address, AccountState account) throws IOException {
              target.account(address, account);
            }

            @Override
            public void word(UInt256 slot, UInt256 value) {
              target.word(slot, falsified ? value.add(UInt256.ONE) : value);
            }
          });
      target.finish(head.block, head.executed.receipts(), line, List.of());
    }
  }

  private static Map<Address, FullAccount> exported(ChainDb chain) throws IOException {
    WholeState state = new WholeState();
    chain.exportState(chain.headHash(), state);
    return state.accounts();
  }

  private static List<BlockHeader> ancestors(ChainDb chain, BlockHeader header) {
    List<BlockHeader> line = new ArrayList<>();
    for (BlockHeader at = chain.headerByHash(header.parentHash());
        at != null;
        at = chain.headerByHash(at.parentHash())) {
      line.add(at);
    }
    return line;
  }

  private static ChainDb grow(RocksStore store, List<Made> made) {
    ChainDb chain = ChainDb.open(store, PREFIX, TestChain.GENESIS);
    TestChain maker = new TestChain(new Random(SEED));
    Map<Address, FullAccount> state =
        TestChain.apply(new HashMap<>(), TestChain.GENESIS.allocation());
    for (int i = 0; i < BLOCKS; i++) {
      StateDiff diff = maker.diff(state);
      ExecutedBlock executed = maker.executed(chain.head(), chain.headHash(), diff);
      PreparedRoot root = chain.prepare(diff);
      BlockHeader header = BlockRules.seal(executed, root.stateRoot());
      Block block = new Block(header, executed.transactions(), List.of(), executed.withdrawals());
      chain.append(block, executed.receipts(), root, Durability.PROCESS);
      made.add(new Made(block, executed, diff));
      state = TestChain.apply(state, diff);
    }
    return chain;
  }
}
