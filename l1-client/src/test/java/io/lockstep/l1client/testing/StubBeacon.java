// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import io.lockstep.l1client.testing.FakeChain.FakeBlock;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The beacon API of the stub; a beacon block's root is the hash of its execution block's hash. */
public final class StubBeacon {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final FakeChain chain;
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private volatile boolean withoutV2;
  private volatile boolean dutiesOfWrongSlots;
  private volatile int lookaheadStatus = 200;
  private volatile long lyingSlot = -1;
  private volatile boolean ssz;
  private volatile boolean withoutBlobs;
  private volatile boolean byBlockNumber;
  private volatile boolean sidecarsOnly;
  private volatile @Nullable Bytes forgedBlob;

  StubBeacon(FakeChain chain) {
    this.chain = chain;
  }

  public void dropDutiesV2() {
    withoutV2 = true;
  }

  /** The lookahead route answers with this status from now on. */
  public void answerLookahead(int status) {
    lookaheadStatus = status;
  }

  /** The lookahead names another proposer for this slot; -1 for none. */
  public void lieAboutProposerOf(long slot) {
    lyingSlot = slot;
  }

  public void answerDutiesOfWrongSlots() {
    dutiesOfWrongSlots = true;
  }

  /** Blobs as SSZ instead of JSON. */
  public void answerSsz() {
    ssz = true;
  }

  public void loseBlobs(boolean lost) {
    withoutBlobs = lost;
  }

  /** Like a node before version 4 of the API: no blobs, but their sidecars. */
  public void serveSidecarsOnly() {
    sidecarsOnly = true;
  }

  /** Like anvil: the id of the blob route is an execution block number. */
  public void nameBlobsByBlockNumber() {
    byBlockNumber = true;
  }

  public void forgeBlobs(Bytes blob) {
    forgedBlob = blob;
  }

  public void speakTheTruth() {
    forgedBlob = null;
  }

  public List<String> paths() {
    return List.copyOf(paths);
  }

  /** Root of the beacon block that carries {@code block}. */
  public static Hash32 rootOf(FakeBlock block) {
    return Keccak.hash(block.hash().toBytes());
  }

  StubL1.Raw get(String pathAndQuery) {
    paths.add(pathAndQuery);
    String path = pathAndQuery.split("\\?", 2)[0];
    if (path.equals("/eth/v1/beacon/genesis")) {
      return data(
          JSON.objectNode()
              .put("genesis_time", Long.toString(FakeChain.GENESIS_SECONDS))
              .put("genesis_validators_root", Hash32.ZERO.toHex())
              .put("genesis_fork_version", "0x00000001"));
    }
    if (path.equals("/eth/v1/config/spec")) {
      return data(spec());
    }
    if (path.equals("/eth/v1/node/syncing")) {
      return data(
          JSON.objectNode()
              .put("head_slot", Long.toString(chain.head().slot()))
              .put("sync_distance", "0")
              .put("is_syncing", false)
              .put("is_optimistic", false)
              .put("el_offline", false));
    }
    if (path.startsWith("/eth/v1/beacon/headers/")) {
      return header(last(path));
    }
    if (path.startsWith("/eth/v1/beacon/blocks/") && path.endsWith("/root")) {
      FakeBlock block = find(path.split("/")[5]);
      return block == null
          ? notFound()
          : data(JSON.objectNode().put("root", rootOf(block).toHex()));
    }
    if (path.startsWith("/eth/v2/beacon/blocks/")) {
      return wholeBlock(last(path));
    }
    if (path.endsWith("/finality_checkpoints")) {
      return finality();
    }
    if (path.endsWith("/proposer_lookahead")) {
      return lookahead(path.split("/")[5]);
    }
    if (path.startsWith("/eth/v2/validator/duties/proposer/") && !withoutV2) {
      return duties(Long.parseLong(last(path)), 1);
    }
    if (path.startsWith("/eth/v1/validator/duties/proposer/")) {
      return duties(Long.parseLong(last(path)), 0);
    }
    if (path.startsWith("/eth/v1/beacon/blob_sidecars/") && sidecarsOnly) {
      return blobs(last(path));
    }
    if (path.startsWith("/eth/v1/beacon/blobs/") && !sidecarsOnly) {
      return blobs(last(path));
    }
    return notFound();
  }

  private static ObjectNode spec() {
    ObjectNode spec =
        JSON.objectNode()
            .put("CONFIG_NAME", "stub")
            .put("PRESET_BASE", "minimal")
            .put("SLOT_DURATION_MS", Long.toString(FakeChain.SLOT_SECONDS * 1000))
            .put("SLOTS_PER_EPOCH", Integer.toString(FakeChain.SLOTS_PER_EPOCH))
            .put("DEPOSIT_CHAIN_ID", "900")
            .put("FULU_FORK_EPOCH", "0")
            .put("GLOAS_FORK_EPOCH", "18446744073709551615")
            .put("MAX_BLOBS_PER_BLOCK_ELECTRA", "9")
            .put("DEPOSIT_CONTRACT_ADDRESS", "0x4242424242424242424242424242424242424242")
            .put("SOMETHING_NEW", "x");
    spec.putArray("BLOB_SCHEDULE").addObject().put("EPOCH", "10").put("MAX_BLOBS_PER_BLOCK", "21");
    return spec;
  }

  private StubL1.Raw header(String id) {
    FakeBlock block = find(id);
    if (block == null) {
      return notFound();
    }
    ObjectNode data = JSON.objectNode().put("root", rootOf(block).toHex()).put("canonical", true);
    FakeBlock parent = chain.byHash(block.parentHash());
    data.putObject("header")
        .put("signature", "0x00")
        .putObject("message")
        .put("slot", Long.toString(block.slot()))
        .put("proposer_index", "3")
        .put("parent_root", parent == null ? Hash32.ZERO.toHex() : rootOf(parent).toHex())
        .put("state_root", block.hash().toHex())
        .put("body_root", block.hash().toHex());
    return data(data);
  }

  private StubL1.Raw wholeBlock(String id) {
    FakeBlock block = find(id);
    if (block == null) {
      return notFound();
    }
    ObjectNode data = JSON.objectNode();
    data.putObject("message")
        .putObject("body")
        .putObject("execution_payload")
        .put("block_hash", block.hash().toHex())
        .put("parent_hash", block.parentHash().toHex());
    return data(data);
  }

  private StubL1.Raw finality() {
    FakeBlock block = chain.finalized();
    ObjectNode data = JSON.objectNode();
    for (String name : List.of("previous_justified", "current_justified", "finalized")) {
      data.putObject(name)
          .put("epoch", block == null ? "0" : Long.toString(block.slot() / 8))
          .put("root", block == null ? Hash32.ZERO.toHex() : rootOf(block).toHex());
    }
    return data(data);
  }

  /** The root of the last block before {@code epoch} began. */
  public Hash32 rootBefore(long epoch) {
    long slot = epoch * FakeChain.SLOTS_PER_EPOCH - 1;
    for (long s = slot; s >= 0; s--) {
      FakeBlock block = chain.bySlot(s);
      if (block != null) {
        return rootOf(block);
      }
    }
    FakeBlock genesis = chain.byNumber(0);
    return genesis == null ? Hash32.ZERO : rootOf(genesis);
  }

  private StubL1.Raw duties(long epoch, long epochsBefore) {
    long current = chain.slot() / FakeChain.SLOTS_PER_EPOCH;
    if (epoch > current + 1) {
      return StubL1.Raw.text(400, "application/json", "{\"code\":400,\"message\":\"too far\"}");
    }
    ArrayNode list = JSON.arrayNode();
    long first = epoch * FakeChain.SLOTS_PER_EPOCH;
    for (long slot = first; slot < first + FakeChain.SLOTS_PER_EPOCH; slot++) {
      long shown = dutiesOfWrongSlots ? slot - FakeChain.SLOTS_PER_EPOCH : slot;
      list.addObject()
          .put("slot", Long.toString(shown))
          .put("validator_index", Long.toString(proposer(slot)))
          .put("pubkey", Bytes.wrap(new byte[48]).toHex());
    }
    ObjectNode answer =
        JSON.objectNode()
            .put("dependent_root", rootBefore(epoch - epochsBefore).toHex())
            .put("execution_optimistic", false);
    answer.set("data", list);
    return StubL1.Raw.json(200, answer);
  }

  /** Who proposes hangs on what EIP-7917 says it hangs on. */
  private long proposer(long slot) {
    Hash32 seed = rootBefore(slot / FakeChain.SLOTS_PER_EPOCH - 1);
    byte[] mix = (seed + ":" + slot).getBytes(StandardCharsets.UTF_8);
    return Keccak.hash(mix).word(0) >>> 56;
  }

  /** Of the newest block's state; its root is the execution block's hash. */
  private StubL1.Raw lookahead(String id) {
    FakeBlock head = chain.head();
    if (lookaheadStatus != 200 || !(id.equals("head") || id.equals(head.hash().toHex()))) {
      int status = lookaheadStatus == 200 ? 404 : lookaheadStatus;
      return StubL1.Raw.text(status, "application/json", "{\"code\":1,\"message\":\"no\"}");
    }
    ArrayNode list = JSON.arrayNode();
    long first = head.slot() / FakeChain.SLOTS_PER_EPOCH * FakeChain.SLOTS_PER_EPOCH;
    for (long slot = first; slot < first + 2L * FakeChain.SLOTS_PER_EPOCH; slot++) {
      list.add(Long.toString(proposer(slot) + (slot == lyingSlot ? 1 : 0)));
    }
    return data(list);
  }

  private StubL1.Raw blobs(String id) {
    FakeBlock block = byBlockNumber ? chain.byNumber(Long.parseLong(id)) : find(id);
    if (block == null) {
      return notFound();
    }
    List<Bytes> blobs = new ArrayList<>(withoutBlobs ? List.of() : block.blobs());
    Bytes forged = forgedBlob;
    if (forged != null) {
      blobs.replaceAll(b -> forged);
    }
    if (ssz) {
      byte[] all = new byte[blobs.size() * 131_072];
      for (int i = 0; i < blobs.size(); i++) {
        System.arraycopy(blobs.get(i).unsafeArray(), 0, all, i * 131_072, 131_072);
      }
      return new StubL1.Raw(200, "application/octet-stream", all);
    }
    ArrayNode list = JSON.arrayNode();
    for (Bytes blob : blobs) {
      if (sidecarsOnly) {
        list.addObject().put("index", Integer.toString(list.size())).put("blob", blob.toHex());
      } else {
        list.add(blob.toHex());
      }
    }
    return data(list);
  }

  private @Nullable FakeBlock find(String id) {
    if (id.equals("head")) {
      return chain.head();
    }
    if (id.equals("genesis")) {
      return chain.byNumber(0);
    }
    if (id.equals("finalized")) {
      return chain.finalized();
    }
    return id.startsWith("0x") ? null : chain.bySlot(Long.parseLong(id));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static StubL1.Raw data(JsonNode data) {
    ObjectNode answer = JSON.objectNode();
    answer.set("data", data);
    return StubL1.Raw.json(200, answer);
  }

  private static StubL1.Raw notFound() {
    return StubL1.Raw.text(
        404, "application/json", "{\"code\":404,\"message\":\"Block not found\"}");
  }
}
