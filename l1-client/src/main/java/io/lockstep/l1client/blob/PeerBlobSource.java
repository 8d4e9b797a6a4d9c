// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.blob;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;

/** Another node of the cluster, which serves the blobs that it keeps. Any thread. */
public final class PeerBlobSource implements BlobSource {
  /** The route of a node's JSON-RPC port, and what its parameter is called. */
  public static final String ROUTE = "/blobs/";

  public static final String HASH = "versioned_hash";

  private final Endpoint peer;
  private final Transport transport;
  private final HttpOptions options;

  public PeerBlobSource(Endpoint peer, Transport transport, HttpOptions options) {
    this.peer = peer;
    this.transport = transport;
    this.options = options;
  }

  @Override
  public String name() {
    return "peer " + peer;
  }

  /** It knows blobs and no blocks: what it has of those asked for. */
  @Override
  public List<Bytes> blobs(BlockRef block, List<Hash32> versionedHashes) throws L1Exception {
    List<Bytes> out = new ArrayList<>();
    for (Hash32 hash : versionedHashes) {
      HttpAnswer answer =
          transport.exchange(
              new HttpCall(
                  peer,
                  peer.uri(ROUTE + hash.toHex()),
                  "application/octet-stream",
                  null,
                  Kzg.BLOB_BYTES,
                  options.timeoutMs()));
      if (answer.isOk()) {
        out.add(Bytes.wrap(answer.body()));
      } else if (answer.status() != 404) {
        throw new L1Exception(
            answer.status() >= 500 || answer.status() == 429
                ? L1Exception.Kind.BUSY
                : L1Exception.Kind.REFUSED,
            answer.status(),
            peer + ": HTTP " + answer.status(),
            null,
            null);
      }
    }
    return out;
  }

  @Override
  public boolean mayFilterWrongly() {
    return false;
  }
}
