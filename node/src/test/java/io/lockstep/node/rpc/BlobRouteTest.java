// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.l1client.blob.BlobArchive;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobResult;
import io.lockstep.l1client.blob.BlobSource;
import io.lockstep.l1client.blob.PeerBlobSource;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.preconf.wire.WireOptions;
import io.lockstep.preconf.wire.WireServer;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.RocksStore;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobRouteTest {
  private static final BlockRef BLOCK = new BlockRef(7, Hash32.ZERO, Hash32.ZERO, 100);

  @TempDir Path dir;

  private static Bytes blob(int number) {
    byte[] blob = new byte[Kzg.BLOB_BYTES];
    blob[31] = (byte) number;
    return Bytes.wrap(blob);
  }

  private static Hash32 hash(Bytes blob) {
    return BlobProofs.versionedHash(Kzg.commit(blob.unsafeArray()));
  }

  /** A beacon node that knows the block and has pruned its blobs. */
  private static final BlobSource PRUNED =
      new BlobSource() {
        @Override
        public String name() {
          return "pruned";
        }

        @Override
        public @Nullable List<Bytes> blobs(BlockRef block, List<Hash32> versionedHashes) {
          return List.of();
        }

        @Override
        public boolean mayFilterWrongly() {
          return false;
        }
      };

  @Test
  void aNodeGetsFromAPeerWhatTheBeaconNodeNoLongerHas() throws Exception {
    Bytes kept = blob(1);
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns());
        JdkTransport transport = new JdkTransport(1_000)) {
      BlobArchive archive = new BlobArchive(store, 0);
      archive.put(hash(kept), kept, 100);
      // what a peer says is not believed
      archive.put(hash(blob(3)), blob(4), 100);
      try (WireServer peer =
          WireServer.start(
              WireOptions.of("127.0.0.1", 0),
              new BlobRoute(archive).addTo(new Routes()),
              Map.of())) {
        Endpoint endpoint = new Endpoint("http://127.0.0.1:" + peer.port());
        BlobFetcher fetcher =
            new BlobFetcher(
                List.of(PRUNED, new PeerBlobSource(endpoint, transport, HttpOptions.DEFAULT)),
                Runnable::run);

        assertThat(fetcher.fetch(BLOCK, List.of(hash(kept))))
            .isEqualTo(new BlobResult.Found(List.of(kept)));
        assertThat(fetcher.fetch(BLOCK, List.of(hash(blob(2)))))
            .isInstanceOf(BlobResult.Missing.class);
        assertThat(fetcher.fetch(BLOCK, List.of(hash(blob(3)))))
            .isInstanceOf(BlobResult.Missing.class);
      }
    }
  }

  @Test
  void refusesWhatIsNoHash() {
    try (RocksStore store = RocksStore.open(dir, BlobArchive.columns())) {
      Routes routes = new BlobRoute(new BlobArchive(store, 0)).addTo(new Routes());

      HttpReply bad = routes.answer("GET", URI.create("/blobs/0x12"), Map.of(), Bytes.EMPTY);
      HttpReply unknown =
          routes.answer("GET", URI.create("/blobs/" + Hash32.ZERO), Map.of(), Bytes.EMPTY);

      assertThat(((HttpReply.Content) bad).status()).isEqualTo(400);
      assertThat(((HttpReply.Content) unknown).status()).isEqualTo(404);
    }
  }
}
