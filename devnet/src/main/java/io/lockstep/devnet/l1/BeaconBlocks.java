// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.BeaconJson.number;
import static io.lockstep.devnet.l1.BeaconJson.object;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The beacon API's routes about headers, blocks and blobs. Any thread. */
final class BeaconBlocks {
  private static final int MAX_VERSIONED_HASHES = 128;

  private final BeaconSide chain;
  private final BeaconIds ids;

  BeaconBlocks(BeaconSide chain, BeaconIds ids) {
    this.chain = chain;
    this.ids = ids;
  }

  void addTo(Routes routes) {
    routes
        .get("/eth/v1/beacon/headers", Refusal.answering(this::headers))
        .get("/eth/v1/beacon/headers/{block_id}", Refusal.answering(this::header))
        .get("/eth/v2/beacon/blocks/{block_id}", Refusal.answering(this::block))
        .get("/eth/v1/beacon/blocks/{block_id}/root", Refusal.answering(this::root))
        .get(
            "/eth/v1/beacon/execution_payload_envelopes/{block_id}",
            Refusal.answering(this::envelope))
        .get("/eth/v1/beacon/blobs/{block_id}", Refusal.answering(this::blobs));
  }

  private HttpReply headers(HttpRequest request) throws Refusal {
    String slot = request.queryParam("slot");
    String parentRoot = request.queryParam("parent_root");
    ArrayNode data = BeaconJson.JSON.arrayNode();
    BeaconBlock found = null;
    if (slot == null && parentRoot == null) {
      found = chain.view().head();
    } else if (slot != null) {
      if (!BeaconIds.isNumber(slot)) {
        throw Refusal.badRequest("Invalid slot: " + BeaconIds.shorten(slot));
      }
      found = chain.db().at(Long.parseLong(slot));
    }
    if (parentRoot != null) {
      BeaconBlock parent = ids.block(parentRoot).block();
      BeaconBlock child = found == null && slot == null ? childOf(parent) : found;
      found = child != null && child.header().parentRoot().equals(parent.root()) ? child : null;
    }
    if (found != null) {
      data.add(BeaconJson.header(found, true));
    }
    return BeaconJson.chainData(data, found != null && ids.isFinalized(found));
  }

  private @Nullable BeaconBlock childOf(BeaconBlock parent) {
    BeaconBlock block = chain.view().head();
    while (block != null && block.slot() > parent.slot()) {
      if (block.header().parentRoot().equals(parent.root())) {
        return block;
      }
      block = chain.db().block(block.header().parentRoot());
    }
    return null;
  }

  private HttpReply header(HttpRequest request) throws Refusal {
    BeaconIds.Found found = ids.block(request.pathParam("block_id"));
    return BeaconJson.chainData(
        BeaconJson.header(found.block(), found.canonical()), ids.isFinalized(found.block()));
  }

  private HttpReply root(HttpRequest request) throws Refusal {
    BeaconBlock block = ids.block(request.pathParam("block_id")).block();
    return BeaconJson.chainData(object().put("root", block.root().toHex()), ids.isFinalized(block));
  }

  private HttpReply block(HttpRequest request) throws Refusal {
    BeaconBlock block = ids.block(request.pathParam("block_id")).block();
    ObjectNode message = BeaconJson.message(block.header());
    ObjectNode body = message.putObject("body");
    if (chain.fork() == BeaconFork.GLOAS) {
      body.set("signed_execution_payload_bid", BeaconJson.signed(bid(block)));
    } else {
      commitments(body, block);
      body.set("execution_payload", payload(block.executionHash(), execution(block)));
    }
    return BeaconJson.versioned(chain.fork(), BeaconJson.signed(message), ids.isFinalized(block));
  }

  private Block execution(BeaconBlock block) throws Refusal {
    Block execution = chain.execution().block(block.executionHash());
    if (execution == null) {
      throw Refusal.notFound("Block body not found: " + block.root());
    }
    return execution;
  }

  private static void commitments(ObjectNode in, BeaconBlock block) {
    ArrayNode commitments = in.putArray("blob_kzg_commitments");
    block.commitments().forEach(c -> commitments.add(c.toHex()));
  }

  /** From Gloas on a block has its payload's hash in it, the payload comes on its own. */
  private ObjectNode bid(BeaconBlock block) throws Refusal {
    BlockHeader execution = execution(block).header();
    ObjectNode out = object();
    out.put("parent_block_hash", execution.parentHash().toHex());
    out.put("parent_block_root", block.header().parentRoot().toHex());
    out.put("block_hash", block.executionHash().toHex());
    out.put("prev_randao", execution.prevRandao().toHex());
    out.put("fee_recipient", execution.coinbase().toHex());
    out.put("gas_limit", number(execution.gasLimit()));
    out.put("builder_index", number(block.header().proposerIndex()));
    out.put("slot", number(block.slot()));
    out.put("value", "0");
    out.put("execution_payment", "0");
    commitments(out, block);
    return out;
  }

  /** Gloas only: the payload of a block. */
  private HttpReply envelope(HttpRequest request) throws Refusal {
    BeaconBlock block = ids.block(request.pathParam("block_id")).block();
    if (chain.fork() != BeaconFork.GLOAS) {
      throw Refusal.badRequest("a block before Gloas has its payload in it");
    }
    ObjectNode message = object();
    message.set("payload", payload(block.executionHash(), execution(block)));
    message.put("builder_index", number(block.header().proposerIndex()));
    message.put("beacon_block_root", block.root().toHex());
    return BeaconJson.versioned(chain.fork(), BeaconJson.signed(message), ids.isFinalized(block));
  }

  private static ObjectNode payload(Hash32 hash, Block block) {
    BlockHeader header = block.header();
    ObjectNode out = object();
    out.put("parent_hash", header.parentHash().toHex());
    out.put("fee_recipient", header.coinbase().toHex());
    out.put("state_root", header.stateRoot().toHex());
    out.put("receipts_root", header.receiptsRoot().toHex());
    out.put("logs_bloom", header.logsBloom().toHex());
    out.put("prev_randao", header.prevRandao().toHex());
    out.put("block_number", number(header.number()));
    out.put("gas_limit", number(header.gasLimit()));
    out.put("gas_used", number(header.gasUsed()));
    out.put("timestamp", number(header.timestampSeconds()));
    out.put("extra_data", header.extraData().toHex());
    out.put("base_fee_per_gas", header.baseFeeOrZero().toString());
    out.put("block_hash", hash.toHex());
    ArrayNode transactions = out.putArray("transactions");
    block.transactions().forEach(tx -> transactions.add(tx.encoded().toHex()));
    out.putArray("withdrawals");
    out.put("blob_gas_used", number(orZero(header.blobGasUsed())));
    out.put("excess_blob_gas", number(orZero(header.excessBlobGas())));
    return out;
  }

  private HttpReply blobs(HttpRequest request) throws Refusal {
    BeaconBlock block = ids.block(request.pathParam("block_id")).block();
    List<Bytes> all = chain.db().blobs(block);
    if (all == null) {
      throw Refusal.notFound("Blobs are past retention: slot " + block.slot());
    }
    @Nullable Set<Hash32> wanted = wantedHashes(request);
    List<Bytes> chosen = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (wanted == null || wanted.contains(BlobProofs.versionedHash(block.commitments().get(i)))) {
        chosen.add(all.get(i));
      }
    }
    if (BeaconJson.takesSsz(request)) {
      byte[] joined = new byte[chosen.size() * Kzg.BLOB_BYTES];
      for (int i = 0; i < chosen.size(); i++) {
        System.arraycopy(
            chosen.get(i).unsafeArray(), 0, joined, i * Kzg.BLOB_BYTES, Kzg.BLOB_BYTES);
      }
      return BeaconJson.ssz(chain.fork(), joined);
    }
    ArrayNode data = BeaconJson.JSON.arrayNode();
    chosen.forEach(blob -> data.add(Hex.encode(blob.unsafeArray())));
    return BeaconJson.chainData(data, ids.isFinalized(block));
  }

  /** The hashes asked for, repeated or joined by commas; null for all. */
  private static @Nullable Set<Hash32> wantedHashes(HttpRequest request) throws Refusal {
    List<String> values = request.query().get("versioned_hashes");
    if (values == null) {
      return null;
    }
    Set<Hash32> hashes = new HashSet<>();
    for (String hash : values.stream().flatMap(v -> Arrays.stream(v.split(",", -1))).toList()) {
      if (hashes.size() == MAX_VERSIONED_HASHES) {
        throw Refusal.badRequest("more than " + MAX_VERSIONED_HASHES + " versioned hashes");
      }
      try {
        hashes.add(Hash32.fromHex(hash));
      } catch (IllegalArgumentException e) {
        throw Refusal.badRequest("Invalid versioned hash: " + BeaconIds.shorten(hash));
      }
    }
    return hashes;
  }

  private static long orZero(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
