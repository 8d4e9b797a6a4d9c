// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.L1Client;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * An execution client that is not the box's, over its JSON-RPC. What it answers is checked as far
 * as it can be: a block hashes to its hash, a blob belongs to its block. One thread at a time.
 */
final class ForeignExecution implements AutoCloseable {
  /** Osaka's, where the client does not say. */
  private static final int DEFAULT_MAX_BLOBS = 9;

  private final L1Client client;
  private final GivenRoots roots;

  /**
   * A block as the client has it.
   *
   * @param transactions hashes in the block's order
   */
  record Found(BlockHeader header, Hash32 hash, List<Hash32> transactions) {}

  /** The blobs of a block in its order, and their commitments. */
  record Blobs(List<Bytes> blobs, List<Bytes> commitments) {
    static final Blobs NONE = new Blobs(List.of(), List.of());
  }

  /**
   * A client at {@code rpc}.
   *
   * @param rpc also where blobs are asked for: anvil answers the beacon API's route for them there
   */
  ForeignExecution(URI rpc) {
    this.client = new L1Client(rpc, rpc);
    this.roots = new GivenRoots(client);
  }

  long chainId() throws DeployException {
    try {
      return Params.number(client.call("eth_chainId"), "chain id");
    } catch (RpcError e) {
      throw nonsense("eth_chainId", e.text(), e);
    }
  }

  /** What EIP-4788 answers for blocks of this time. */
  void giveRoot(long timestampSeconds, Hash32 parentBeaconRoot) throws DeployException {
    roots.put(timestampSeconds, parentBeaconRoot);
  }

  /** Most blobs of a block under the active fork (EIP-7910). */
  int maxBlobs() {
    try {
      return client
          .call("eth_config")
          .path("current")
          .path("blobSchedule")
          .path("max")
          .asInt(DEFAULT_MAX_BLOBS);
    } catch (DeployException e) {
      return DEFAULT_MAX_BLOBS; // the method is newer than some clients
    }
  }

  Found latest() throws DeployException {
    Found found = block("eth_getBlockByNumber", "latest");
    if (found == null) {
      throw new DeployException("the execution client has no block yet");
    }
    return found;
  }

  @Nullable Found byNumber(long number) throws DeployException {
    return block("eth_getBlockByNumber", "0x" + Long.toHexString(number));
  }

  @Nullable Found byHash(Hash32 hash) throws DeployException {
    return block("eth_getBlockByHash", hash.toHex());
  }

  Transaction transaction(Hash32 hash) throws DeployException {
    JsonNode raw = raw(hash);
    try {
      Transaction tx = TransactionCodec.decode(Params.bytes(raw, "transaction"));
      if (!tx.hash().equals(hash)) {
        throw new DecodeException("it hashes to " + tx.hash());
      }
      return tx;
    } catch (DecodeException | RpcError e) {
      throw nonsense("the raw transaction", hash + ": " + e.getMessage(), e);
    }
  }

  private JsonNode raw(Hash32 transaction) throws DeployException {
    JsonNode hash = Params.text(transaction.toHex());
    try {
      return client.call("debug_getRawTransaction", hash);
    } catch (DeployException e) {
      if (e.getCause() instanceof IOException) {
        throw e;
      }
      return client.call("eth_getRawTransactionByHash", hash); // anvil has only this one
    }
  }

  /**
   * The blobs of a block, by the beacon API's route with the block's number, as anvil has it.
   *
   * @return null when the client does not keep them
   */
  @Nullable Blobs blobs(Found block) throws DeployException {
    Long gas = block.header().blobGasUsed();
    if (gas == null || gas == 0) {
      return Blobs.NONE;
    }
    List<Hash32> expected = new ArrayList<>();
    for (Hash32 hash : block.transactions()) {
      expected.addAll(versionedHashes(hash));
    }
    JsonNode data;
    try {
      data = client.beacon("/eth/v1/beacon/blobs/" + block.header().number());
    } catch (DeployException e) {
      if (e.getCause() instanceof IOException) {
        throw e; // it did not answer; else it answers that it does not have them
      }
      return null;
    }
    List<Bytes> blobs = new ArrayList<>();
    List<Bytes> commitments = new ArrayList<>();
    try {
      for (JsonNode node : data) {
        Bytes blob = Params.bytes(node, "blob");
        if (blob.size() != Kzg.BLOB_BYTES || blobs.size() == expected.size()) {
          return null;
        }
        Bytes commitment = Kzg.commit(blob.unsafeArray());
        if (!BlobProofs.versionedHash(commitment).equals(expected.get(blobs.size()))) {
          return null; // of another block by now
        }
        blobs.add(blob);
        commitments.add(commitment);
      }
    } catch (RpcError e) {
      throw nonsense("blobs", e.text(), e);
    }
    return blobs.size() == expected.size() ? new Blobs(blobs, commitments) : null;
  }

  private List<Hash32> versionedHashes(Hash32 transaction) throws DeployException {
    JsonNode json = client.call("eth_getTransactionByHash", Params.text(transaction.toHex()));
    List<Hash32> out = new ArrayList<>();
    try {
      for (JsonNode hash : json.path("blobVersionedHashes")) {
        out.add(Params.hash(hash, "blobVersionedHashes"));
      }
    } catch (RpcError e) {
      throw nonsense("eth_getTransactionByHash", transaction + ": " + e.text(), e);
    }
    return out;
  }

  @Override
  public void close() {
    client.close();
  }

  private @Nullable Found block(String method, String id) throws DeployException {
    JsonNode json =
        client.call(method, Params.text(id), JsonNodeFactory.instance.booleanNode(false));
    if (json.isNull()) {
      return null;
    }
    try {
      BlockHeader header = HeaderJson.read(json);
      Hash32 hash = Params.hash(json.path("hash"), "hash");
      if (!header.hash().equals(hash)) {
        throw new DecodeException(
            "block %d hashes to %s, not to %s".formatted(header.number(), header.hash(), hash));
      }
      List<Hash32> transactions = new ArrayList<>();
      for (JsonNode tx : json.path("transactions")) {
        transactions.add(Params.hash(tx, "transaction"));
      }
      return new Found(header, hash, transactions);
    } catch (DecodeException | RpcError e) {
      throw nonsense(method, id + ": " + e.getMessage(), e);
    }
  }

  private static DeployException nonsense(String method, String what, Exception cause) {
    return new DeployException("the answer to " + method + " is wrong: " + what, cause);
  }
}
