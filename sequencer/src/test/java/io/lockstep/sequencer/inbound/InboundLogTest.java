// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.contract.ForcedEnqueued;
import io.lockstep.l1client.contract.InboundEvents;
import io.lockstep.l1client.contract.MessageSent;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboundLogTest {
  private static final long SEED = 6;

  @TempDir private Path dir;
  private KeyValueStore store;
  private InboundLog log;

  @BeforeEach
  void open() {
    store = RocksStore.open(dir, InboundLog.columns());
    log = new InboundLog(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static BlockRef block(long number) {
    return new BlockRef(number, Hash32.ZERO, Hash32.ZERO, number * 12);
  }

  private static MessageSent message(long rollupId, long index) {
    return new MessageSent(
        rollupId,
        index,
        Address.ofLong(index),
        Address.ofLong(rollupId),
        UInt256.of(index),
        Bytes.of(1, 2, 3));
  }

  private static ForcedEnqueued forced(long rollupId, long index) {
    return new ForcedEnqueued(rollupId, index, 21_000 + index, Bytes.of(4, 5));
  }

  @Test
  void givesFromAnIndexOnWhatBlocksAndTimesAllow() {
    log.add(
        block(5), new InboundEvents(List.of(forced(1, 0), forced(1, 1)), List.of(message(1, 0))));
    log.add(block(6), new InboundEvents(List.of(forced(1, 2)), List.of(message(2, 0))));

    assertThat(log.messages(1, 0, 32, 5)).containsExactly(message(1, 0));
    assertThat(log.messages(1, 0, 32, 4)).isEmpty();
    assertThat(log.messages(1, 1, 32, 9)).isEmpty();
    assertThat(log.forced(1, 0, 8, 9, 72)).hasSize(3);
    assertThat(log.forced(1, 0, 8, 9, 71)).containsExactly(forced(1, 0), forced(1, 1));
    assertThat(log.forced(1, 1, 1, 9, 72)).containsExactly(forced(1, 1));
    assertThat(log.forced(1, 0, 8, 5, 72)).hasSize(2);
  }

  @Test
  void isAsAfterTheBlocksThatStay() {
    Random random = new Random(SEED);
    List<Long> rollups = List.of(1L, 7L, Long.MAX_VALUE - 1);
    long[] counts = new long[rollups.size()];
    List<long[]> afterBlock = new ArrayList<>();
    for (int number = 0; number < 200; number++) {
      List<MessageSent> messages = new ArrayList<>();
      List<ForcedEnqueued> items = new ArrayList<>();
      for (int i = 0; i < rollups.size(); i++) {
        for (int more = random.nextInt(3); more > 0; more--) {
          messages.add(message(rollups.get(i), counts[i]));
          items.add(forced(rollups.get(i), counts[i]++));
        }
      }
      log.add(block(number), new InboundEvents(items, messages));
      afterBlock.add(counts.clone());
      if (random.nextInt(5) == 0) {
        number -= random.nextInt(Math.min(number + 1, 6));
        log.rewindTo(number);
        afterBlock.subList(number + 1, afterBlock.size()).clear();
        counts = afterBlock.getLast().clone();
      }
      if (random.nextInt(9) == 0) {
        log = new InboundLog(store);
      }
      assertThat(log.knownTo()).as("seed %d", SEED).isEqualTo(number);
      for (int i = 0; i < rollups.size(); i++) {
        assertThat(log.messages(rollups.get(i), 0, 9_999, 9_999)).hasSize((int) counts[i]);
        assertThat(log.forced(rollups.get(i), 0, 9_999, 9_999, 99_999)).hasSize((int) counts[i]);
      }
    }
  }
}
