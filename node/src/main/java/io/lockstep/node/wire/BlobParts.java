// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.BlobsConfig;
import io.lockstep.config.L1Config;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.blob.BlobArchive;
import io.lockstep.l1client.blob.BlobFetcher;
import io.lockstep.l1client.blob.BlobSource;
import io.lockstep.l1client.blob.PeerBlobSource;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import io.lockstep.l1client.loop.Pacer;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.KeyValueStore;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** The node's own blobs, and where it gets the others from. Any thread. */
public record BlobParts(BlobArchive archive, BlobFetcher fetcher) {
  /**
   * Each beacon node and each peer is a source of its own.
   *
   * @param store has {@link BlobArchive#columns}
   * @param kzg threads for checking blobs
   * @param l1Config time-out and credentials
   * @param nanoClock only rises; for setting back endpoints that fail
   */
  public static BlobParts of(
      BlobsConfig config,
      L1Config l1Config,
      L1Link l1,
      Transport transport,
      KeyValueStore store,
      Executor kzg,
      BlobProofs proofs,
      Pacer pacer,
      LongSupplier nanoClock) {
    HttpOptions options =
        new HttpOptions(l1Config.requestTimeoutMs(), HttpOptions.DEFAULT.maxAnswerBytes());
    SlotClock clock = l1.spec().clock();
    List<BlobSource> sources = new ArrayList<>();
    for (Endpoint endpoint : l1.beacon().pool().endpoints()) {
      EndpointPool alone = new EndpointPool(List.of(endpoint), nanoClock);
      sources.add(
          BlobSource.bySlot(
              "beacon node " + endpoint, new BeaconClient(alone, transport, options), clock));
    }
    for (URI peer : config.peers()) {
      sources.add(
          new PeerBlobSource(
              new Endpoint(peer.toString(), l1Config.credentials().authorizationFor(peer)),
              transport,
              options));
    }
    BlobArchive archive =
        new BlobArchive(
            store, config.retentionEpochs() * clock.slotsPerEpoch() * clock.slotSeconds());
    return new BlobParts(archive, new BlobFetcher(sources, archive, kzg, proofs, pacer));
  }
}
