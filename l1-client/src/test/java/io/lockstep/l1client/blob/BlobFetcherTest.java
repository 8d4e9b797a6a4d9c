// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.FakeChain.FakeBlock;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.SlotClock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
  void isPatientWhenAsked() {
    first.beacon().loseBlobs(true);
    second.beacon().loseBlobs(true);
    int before = first.requests();
    assertThat(fetcher.fetchPatiently(ref(), hashes(), 3, 1))
        .isInstanceOf(BlobResult.Missing.class);
    // each look asks with the hashes and once more for all
    assertThat(first.requests() - before).isEqualTo(6);
  }

  @Test
  void asksAnvilByBlockNumber() {
    first.beacon().nameBlobsByBlockNumber();
    BlobFetcher anvil =
        new BlobFetcher(List.of(BlobSource.byBlockNumber("anvil", beacon(first))), Runnable::run);

    assertThat(anvil.fetch(ref(), hashes())).isEqualTo(new BlobResult.Found(block.blobs()));
  }
}
