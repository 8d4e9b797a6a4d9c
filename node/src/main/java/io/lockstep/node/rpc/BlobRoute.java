// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.l1client.blob.BlobArchive;
import io.lockstep.l1client.blob.PeerBlobSource;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Map;

/**
 * {@code GET /blobs/VERSIONED_HASH} of the JSON-RPC port: a blob that this node keeps, 131,072
 * bytes, or 404. Any thread.
 */
public final class BlobRoute {
  private final BlobArchive archive;

  public BlobRoute(BlobArchive archive) {
    this.archive = archive;
  }

  public Routes addTo(Routes routes) {
    return routes.get(PeerBlobSource.ROUTE + "{" + PeerBlobSource.HASH + "}", this::blob);
  }

  private HttpReply blob(HttpRequest request) {
    Hash32 hash;
    try {
      hash = Hash32.fromHex(request.pathParam(PeerBlobSource.HASH));
    } catch (IllegalArgumentException e) {
      return HttpReply.error(400, "a versioned hash has 32 bytes of hex");
    }
    Bytes blob = archive.get(hash);
    return blob == null
        ? HttpReply.error(404, "this node does not keep that blob")
        : new HttpReply.Content(200, "application/octet-stream", Map.of(), blob.toArray());
  }
}
