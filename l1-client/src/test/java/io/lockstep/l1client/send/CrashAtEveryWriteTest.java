// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A life of two postings with a fee spike and a reorg, in which the process dies at each write to
 * the journal in turn, before or after it took effect. Whatever the moment: nothing leaves that is
 * not journaled, each posting is in the chain once in the end.
 */
class CrashAtEveryWriteTest {
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);

  @TempDir Path dir;

  /** The process died. */
  private static final class Died extends RuntimeException {}

  /** A store whose process dies at one of its commits. */
  private static final class DyingStore implements KeyValueStore {
    private final KeyValueStore store;
    private final Set<Hash32> journaled;
    private int commitsLeft;
    private final boolean afterTheWrite;

    DyingStore(KeyValueStore store, Set<Hash32> journaled, int commits, boolean after) {
      this.store = store;
      this.journaled = journaled;
      this.commitsLeft = commits;
      this.afterTheWrite = after;
    }

    @Override
    public void commit(Batch batch, Durability durability) {
      boolean dies = commitsLeft-- == 0;
      if (dies && !afterTheWrite) {
        throw new Died();
      }
      RecordingBatch recording = (RecordingBatch) batch;
      store.commit(recording.batch, durability);
      assertThat(durability).isEqualTo(Durability.FSYNC);
      journaled.addAll(recording.signed);
      if (dies) {
        throw new Died();
      }
    }

    private static final class RecordingBatch implements Batch {
      private final Batch batch;
      private final List<Hash32> signed = new ArrayList<>();

      RecordingBatch(Batch batch) {
        this.batch = batch;
      }

      @Override
      public Batch put(Column column, byte[] key, byte[] value) {
        if (column.equals(PostingJournal.SIGNED_BYTES)) {
          signed.add(Keccak.hash(value));
        }
        batch.put(column, key, value);
        return this;
      }

      @Override
      public Batch delete(Column column, byte[] key) {
        batch.delete(column, key);
        return this;
      }

      @Override
      public Batch deleteRange(Column column, byte[] from, byte[] to) {
        batch.deleteRange(column, from, to);
        return this;
      }
    }

    @Override
    public byte @Nullable [] get(Column column, byte[] key) {
      return store.get(column, key);
    }

    @Override
    public Batch newBatch() {
      return new RecordingBatch(store.newBatch());
    }

    @Override
    public void sync() {
      store.sync();
    }

    @Override
    public void scan(Column column, byte[] from, Visitor visitor) {
      store.scan(column, from, visitor);
    }

    @Override
    public void scanDown(Column column, byte[] from, Visitor visitor) {
      store.scanDown(column, from, visitor);
    }

    @Override
    public Snapshot snapshot() {
      return store.snapshot();
    }

    @Override
    public void close() {
      throw new StorageException("closed by the test, not by the sender");
    }
  }

  /** The scripted life; it goes on where the last process left it. */
  private static final class Life {
    private final FakeChain chain = new FakeChain();
    private final StubL1 l1 = new StubL1(chain);
    private final JdkTransport transport = new JdkTransport(1_000);
    private final ExecutionClient execution =
        new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);
    private final List<PostingEvent> events = new ArrayList<>();
    private final Set<Hash32> journaled = new HashSet<>();
    private final List<CompletableFuture<BlobSidecar>> sidecars = List.of(sidecar(1), sidecar(2));
    private int scene;
    private long nowMs;

    /** Plays until the end or until the process dies. */
    void play(KeyValueStore store) {
      BlobTxSender sender =
          new BlobTxSender(
              TestBlobs.setup(execution, store),
              TestBlobs.KEY,
              UInt256.of(900),
              BlobTxSender.Options.DEFAULT,
              events::add);
      HeadTracker heads =
          new HeadTracker(
              execution, List.of(), event -> assertThat(sender.onL1Event(event)).isTrue());
      follow(heads, sender);
      while (scene < 40) {
        // the caller asks again for what it does not know to be posted, as a sequencer does
        for (int i = 0; i < 2; i++) {
          if (!sender.isBusy() && (i == 0 || inChain(0))) {
            sender.submit(
                TestBlobs.request(
                    new PostingId(Hash32.ofWords(0, 0, 0, i)),
                    Bytes.EMPTY,
                    sidecars.get(i).join().blobs()),
                sidecars.get(i));
            step(sender);
          }
        }
        int now = scene++;
        switch (now) {
          case 0 -> chain.askBlobFee(GWEI.multiply(UInt256.of(3)));
          case 6 -> chain.askBlobFee(UInt256.ONE);
          case 10 -> chain.emptyPool();
          case 11 -> chain.reorg(Math.min(3, (int) chain.head().number()), 4);
          default -> chain.mine();
        }
        follow(heads, sender);
      }
    }

    private void follow(HeadTracker heads, BlobTxSender sender) {
      while (heads.step()) {
        // until nothing waits
      }
      step(sender);
    }

    private void step(BlobTxSender sender) {
      nowMs += 2_000;
      while (sender.step(nowMs) > 0) {
        // until the inbox is empty
      }
    }

    private boolean inChain(int posting) {
      return countInChain(posting) > 0;
    }

    private int countInChain(int posting) {
      Hash32 blobHash = sidecars.get(posting).join().hashes().getFirst();
      int count = 0;
      for (long n = 0; n <= chain.head().number(); n++) {
        FakeChain.FakeBlock block = chain.byNumber(n);
        assertThat(block).isNotNull();
        for (FakeChain.Mined mined : block.txs()) {
          if (mined.tx().blobVersionedHashes().contains(blobHash)) {
            count++;
          }
        }
      }
      return count;
    }

    void close() {
      l1.close();
      transport.close();
    }
  }

  private static CompletableFuture<BlobSidecar> sidecar(int number) {
    BlobTransaction made = TestBlobs.signedPosting(number, 1);
    return CompletableFuture.completedFuture(
        new BlobSidecar(
            made.blobs(),
            made.commitments(),
            made.cellProofs(),
            made.transaction().blobVersionedHashes()));
  }

  @Test
  void postsEachOnceAndSendsOnlyWhatIsJournaled() {
    int dyingCommits = 0;
    boolean died = true;
    for (int commit = 0; died; commit++) {
      for (boolean after : new boolean[] {false, true}) {
        died = lifeWithACrash(commit, after);
      }
      dyingCommits = commit;
    }
    assertThat(dyingCommits).as("writes of a whole life").isGreaterThan(8);
  }

  private boolean lifeWithACrash(int commit, boolean after) {
    String when = "dying %s commit %d".formatted(after ? "after" : "before", commit);
    boolean died = false;
    Life life = new Life();
    Path place = dir.resolve(commit + (after ? "a" : "b"));
    try (RocksStore store = RocksStore.open(place, BlobTxSender.columns())) {
      try {
        life.play(new DyingStore(store, life.journaled, commit, after));
      } catch (Died e) {
        died = true;
        life.play(new DyingStore(store, life.journaled, Integer.MAX_VALUE, after));
      }
      for (int posting = 0; posting < 2; posting++) {
        assertThat(life.countInChain(posting)).as("%s: posting %d", when, posting).isEqualTo(1);
      }
      assertThat(life.l1.execution().sentRaw())
          .as(when)
          .allSatisfy(raw -> assertThat(life.journaled).contains(Keccak.hash(raw)));
    } finally {
      life.close();
    }
    return died;
  }
}
