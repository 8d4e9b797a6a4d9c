// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.FakeChain.FakeBlock;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobFetcherTest {
  private final FakeChain chain = new FakeChain();
  private final StubL1 first = new StubL1(chain);
  private final StubL1 second = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final SlotClock clock =
      new SlotClock(FakeChain.GENESIS_SECONDS, FakeChain.SLOT_SECONDS, FakeChain.SLOTS_PER_EPOCH);
  private final BlobFetcher fetcher =
      new BlobFetcher(
          List.of(
              BlobSource.bySlot("first", beacon(first), clock),
              BlobSource.bySlot("second", beacon(second), clock)),
          Runnable::run);
  private FakeBlock block;

  private BeaconClient beacon(StubL1 l1) {
    return new BeaconClient(l1.pool(), transport, HttpOptions.DEFAULT);
  }

  @BeforeEach
  void post() {
    chain.mineEmpty(2);
    chain.missSlot();
    chain.offer(TestBlobs.signedPosting(0, 2));
    block = chain.mine();
    assertThat(block.blobs()).hasSize(2);
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
    transport.close();
  }

  private BlockRef ref() {
    return new BlockRef(block.number(), block.hash(), block.parentHash(), block.timestampSeconds());
  }

  private List<Hash32> hashes() {
    return block.txs().getFirst().tx().blobVersionedHashes();
  }

  @Test
  void givesTheBlobsInTheOrderAskedFor() {
    assertThat(fetcher.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
    assertThat(fetcher.fetch(ref(), hashes().reversed()))
        .isEqualTo(new BlobResult.Found(block.blobs().reversed()));
    assertThat(second.requests()).isZero();
  }

  @Test
  void readsSszAsWellAsJson() {
    first.beacon().answerSsz();

    assertThat(fetcher.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
  }

  @Test
  void asksTheNextSourceWhenOneLacksThem() {
    first.beacon().loseBlobs(true);

    assertThat(fetcher.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
  }

  @Test
  void neverTakesAForgedBlob() {
    first.beacon().forgeBlobs(Bytes.wrap(new byte[131_072]));

    assertThat(fetcher.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
    second.beacon().forgeBlobs(Bytes.wrap(TestBlobs.notCanonical()));
    assertThat(fetcher.fetch(ref(), hashes())).isInstanceOf(BlobResult.Missing.class);
  }

  @Test
  void tellsNotYetFromMissing() {
    first.beacon().loseBlobs(true);
    second.answerInstead(() -> StubL1.Raw.text(503, "text/html", "<html>"));
    assertThat(fetcher.fetch(ref(), hashes())).isInstanceOf(BlobResult.NotYet.class);

    second.behave();
    second.beacon().loseBlobs(true);
    assertThat(fetcher.fetch(ref(), hashes())).isInstanceOf(BlobResult.Missing.class);
  }

  @Test
  void readsTheSidecarsOfANodeWithoutTheNewerRoute() {
    first.beacon().serveSidecarsOnly();

    assertThat(fetcher.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
    assertThat(first.beacon().paths())
        .anyMatch(path -> path.startsWith("/eth/v1/beacon/blobs/"))
        .anyMatch(path -> path.startsWith("/eth/v1/beacon/blob_sidecars/"));
    assertThat(second.requests()).isZero();
  }

  @Test
  void doesNotWaitForASourceThatHangs() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    first.answerInstead(() -> {
      try {
        hang.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return StubL1.Raw.text(503, "text/html", "<html>");
    });
    BeaconClient patient =
        new BeaconClient(first.pool(), transport, new HttpOptions(60_000, 1 << 20));
    BlobFetcher racing =
        new BlobFetcher(
            List.of(
                BlobSource.bySlot("first", patient, clock),
                BlobSource.bySlot("second", beacon(second), clock)),
            Runnable::run);
    long start = System.nanoTime();

    assertThat(racing.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));

    assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
    hang.countDown();
  }

  @Test
  void putsABlockTogetherFromSeveralSources() {
    BlobSource one = partly("one", 0);
    BlobSource other = partly("other", 1);

    assertThat(new BlobFetcher(List.of(one, other), Runnable::run).fetch(ref(), hashes()))
        .isEqualTo(new BlobResult.Found(block.blobs()));
  }

  private BlobSource partly(String name, int index) {
    return new BlobSource() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<Bytes> blobs(BlockRef wanted, List<Hash32> versionedHashes) {
        return List.of(block.blobs().get(index));
      }

      @Override
      public boolean mayFilterWrongly() {
        return false;
      }
    };
  }

  @Test
  void neverTakesAnythingWhileEverySourceLiesAndTakesTheBlobOnceOneComesBack() {
    first.beacon().forgeBlobs(Bytes.wrap(TestBlobs.blob(99)));
    second.beacon().forgeBlobs(Bytes.wrap(TestBlobs.notCanonical()));
    assertThat(fetcher.fetch(ref(), hashes())).isInstanceOf(BlobResult.Missing.class);
    first.answerInstead(() -> StubL1.Raw.text(200, "text/html", "<html>"));
    assertThat(fetcher.fetch(ref(), hashes())).isInstanceOf(BlobResult.NotYet.class);

    second.beacon().speakTheTruth();
    assertThat(fetcher.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
  }

  @Test
  void keepsWhatItFoundAndAsksNobodyForItAgain(@TempDir Path dir) {
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns())) {
      BlobArchive archive = new BlobArchive(store, 0);
      BlobFetcher keeping =
          new BlobFetcher(
              List.of(BlobSource.bySlot("first", beacon(first), clock)),
              archive,
              Runnable::run,
              BlobProofs.KZG,
              Pacer.SYSTEM);
      assertThat(keeping.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
      int requests = first.requests();

      assertThat(keeping.fetch(ref(), hashes().reversed()))
          .isEqualTo(new BlobResult.Found(block.blobs().reversed()));

      assertThat(first.requests()).isEqualTo(requests);
      assertThat(archive.get(hashes().getFirst())).isEqualTo(block.blobs().getFirst());
    }
  }

  @Test
  void asksAnvilByBlockNumber() {
    first.beacon().nameBlobsByBlockNumber();
    BlobFetcher anvil =
        new BlobFetcher(List.of(BlobSource.byBlockNumber("anvil", beacon(first))), Runnable::run);

    assertThat(anvil.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
  }
}
