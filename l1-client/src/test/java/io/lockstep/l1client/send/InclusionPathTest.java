// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.heads.HeadTracker;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.HashedProofs;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class InclusionPathTest {
  private static final PostingId ID = new PostingId(Hash32.ofWords(0, 0, 0, 1));

  @TempDir Path dir;
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final StubL1 other = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final ExecutionClient execution = client(l1);
  private final List<PostingEvent> events = new ArrayList<>();
  private long nowMs = 1;

  private ExecutionClient client(StubL1 node) {
    return new ExecutionClient(node.pool(), transport, HttpOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    l1.close();
    other.close();
    transport.close();
  }

  private interface Body {
    void run(Runnable follow);
  }

  private void posting(InclusionPath path, Body body) {
    chain.mineEmpty(3);
    try (RocksStore store = RocksStore.open(dir, BlobTxSender.columns())) {
      BlobTxSender sender =
          new BlobTxSender(
              new BlobTxSender.Setup(
                  execution,
                  path,
                  new FeeReader(execution, BlobSchedule.UNKNOWN, FakeChain.SLOT_SECONDS),
                  store,
                  new AccountLanes(),
                  Runnable::run,
                  new HashedProofs()),
              TestBlobs.KEY,
              UInt256.of(900),
              BlobTxSender.Options.DEFAULT,
              events::add);
      HeadTracker heads =
          new HeadTracker(
              execution, List.of(), event -> assertThat(sender.onL1Event(event)).isTrue());
      Runnable follow =
          () -> {
            while (heads.step()) {
              // until nothing waits
            }
            nowMs += 2_000;
            while (sender.step(nowMs) > 0) {
              // until the inbox is empty
            }
          };
      follow.run();
      List<Bytes> blobs = List.of(Bytes.wrap(TestBlobs.blob(1)));
      assertThat(sender.submit(TestBlobs.request(ID, Bytes.of(1), blobs))).isTrue();
      follow.run();
      body.run(follow);
    }
  }

  private long count(Class<? extends PostingEvent> type) {
    return events.stream().filter(type::isInstance).count();
  }

  @Test
  void keepsWhatGoesToTheOwnClientFromAllOthers() {
    posting(
        InclusionPath.ownClient(client(other)),
        follow -> {
          assertThat(l1.execution().sentRaw()).isEmpty();
          assertThat(other.execution().sentRaw()).hasSize(1);
          chain.mine();
          follow.run();
          assertThat(count(PostingEvent.Included.class)).isEqualTo(1);
        });
  }

  @Test
  void offersABundleForEachNextBlockUntilOneTakesIt() {
    posting(
        InclusionPath.builder(client(other)),
        follow -> {
          chain.mineEmpty(1);
          follow.run();
          assertThat(l1.execution().sentRaw()).isEmpty();
          List<JsonNode> bundles = other.execution().bundles();
          assertThat(bundles).hasSize(2);
          assertThat(bundles.get(0).propertyNames()).containsExactly("txs", "blockNumber");
          assertThat(bundles.get(0).get("blockNumber").asString()).isEqualTo("0x4");
          assertThat(bundles.get(1).get("blockNumber").asString()).isEqualTo("0x5");
          assertThat(bundles.get(0).get("txs")).hasSize(1);
          assertThat(bundles.get(1).get("txs")).isEqualTo(bundles.get(0).get("txs"));
          assertThat(count(PostingEvent.Sent.class)).isEqualTo(1);

          other.execution().takeBundle(bundles.get(1));
          follow.run();
          assertThat(count(PostingEvent.Included.class)).isEqualTo(1);
          assertThat(other.execution().bundles()).hasSize(2);
        });
  }

  @Test
  void triesABuilderBesideTheMempool() {
    posting(
        InclusionPath.both(InclusionPath.mempool(execution), InclusionPath.builder(client(other))),
        follow -> {
          assertThat(l1.execution().sentRaw()).hasSize(1);
          assertThat(other.execution().bundles()).hasSize(1);
          assertThat(other.execution().bundles().getFirst().get("txs").get(0).asString())
              .isEqualTo(l1.execution().sentRaw().getFirst().toHex());
          chain.mine();
          follow.run();
          assertThat(count(PostingEvent.Included.class)).isEqualTo(1);
        });
  }

  @Test
  void doesWithoutABuilderThatIsAway() {
    other.answerInstead(() -> StubL1.Raw.text(503, "text/html", "<html>"));
    posting(
        InclusionPath.both(InclusionPath.mempool(execution), InclusionPath.builder(client(other))),
        follow -> {
          assertThat(count(PostingEvent.Sent.class)).isEqualTo(1);
          chain.mine();
          follow.run();
          assertThat(count(PostingEvent.Included.class)).isEqualTo(1);
        });
  }

  @Test
  void goesThroughABuilderAloneWhenThePoolRefuses() {
    l1.execution().fail("eth_sendRawTransaction", -32000, "pool is full");
    posting(
        InclusionPath.both(InclusionPath.mempool(execution), InclusionPath.builder(client(other))),
        follow -> assertThat(count(PostingEvent.Sent.class)).isEqualTo(1));
  }
}
