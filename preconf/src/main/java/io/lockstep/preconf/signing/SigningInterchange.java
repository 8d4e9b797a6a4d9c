// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A signing database as JSON, modelled on EIP-3076; docs/signing-database.md describes it. Numbers
 * are decimal strings, absent where there is none yet. Immutable.
 *
 * @param watermark -1 when absent; so are reservation and lastEopWindowSlot
 * @param records by place
 * @param finals of each sealed block by its place and rollup: whether its seal is final, or one
 *     that builds on it
 */
record SigningInterchange(
    SigningScope scope,
    long watermark,
    long reservation,
    long lastEopWindowSlot,
    Map<Place, SigningRecord> records,
    Map<BlockAt, Boolean> finals) {
  static final String VERSION = "1";

  /** A block of a seal. */
  record BlockAt(long tick, long rollupId) {}

  SigningInterchange {
    records = new LinkedHashMap<>(records);
    finals = Map.copyOf(finals);
  }

  // --- writing ---

  ObjectNode toJson() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.putObject("metadata")
        .put("interchange_format_version", VERSION)
        .put("cluster_id", scope.clusterId().toHex())
        .put("l1_chain_id", Long.toString(scope.l1ChainId()));
    ObjectNode one = out.putArray("data").addObject();
    one.put("committer", scope.committer().toHex());
    putNumber(one, "watermark", watermark);
    putNumber(one, "reservation", reservation);
    putNumber(one, "last_eop_window_slot", lastEopWindowSlot);
    ArrayNode frags = one.putArray("signed_frags");
    ArrayNode seals = one.putArray("signed_seals");
    records.forEach((place, record) -> {
      ObjectNode entry = (place.seal() ? seals : frags).addObject();
      entry.put("tick", Long.toString(place.tick()));
      if (!place.seal()) {
        entry.put("frag_idx", Long.toString(place.index()));
      }
      putRecord(entry, record);
      if (place.seal()) {
        entry.put("eop", record.eop());
        putBlocks(entry.putArray("blocks"), place.tick(), record.blocks());
      }
    });
    return out;
  }

  private static void putNumber(ObjectNode node, String name, long value) {
    if (value >= 0) {
      node.put(name, Long.toString(value));
    }
  }

  private static void putRecord(ObjectNode entry, SigningRecord record) {
    entry
        .put("window_slot", Long.toString(record.windowSlot()))
        .put("identity", record.identity().toHex())
        .put("at_ms", Long.toString(record.atMs()))
        .put("signing_root", record.signingRoot().toHex())
        .put("signature", record.signature().toBytes().toHex());
    entry
        .putObject("ctx")
        .put("anchor_number", Long.toString(record.ctx().anchorNumber()))
        .put("anchor_hash", record.ctx().anchorHash().toHex())
        .put("window_parent", record.ctx().windowParent().toHex())
        .put("flags", Integer.toString(record.ctx().flags()));
  }

  private void putBlocks(ArrayNode out, long tick, List<SigningRecord.SealedNumber> blocks) {
    for (SigningRecord.SealedNumber block : blocks) {
      out.addObject()
          .put("rollup_id", Long.toString(block.rollupId()))
          .put("number", Long.toString(block.number()))
          .put("block_hash", block.blockHash().toHex())
          .put("parent_hash", block.parentHash().toHex())
          .put("final", Boolean.TRUE.equals(finals.get(new BlockAt(tick, block.rollupId()))));
    }
  }

  // --- reading ---

  /**
   * Reads what is for {@code wanted} and checks all of it.
   *
   * @throws SigningDatabaseRefused when it is for another cluster or has no such committer
   */
  static SigningInterchange parse(JsonNode json, SigningScope wanted)
      throws DecodeException, SigningDatabaseRefused {
    JsonNode metadata = field(json, "metadata");
    String version = text(metadata, "interchange_format_version");
    if (!version.equals(VERSION)) {
      throw new SigningDatabaseRefused(
          "the file has format version " + version + ", this program knows " + VERSION);
    }
    Hash32 clusterId = hash(metadata, "cluster_id");
    long chainId = number(metadata, "l1_chain_id");
    if (!clusterId.equals(wanted.clusterId()) || chainId != wanted.l1ChainId()) {
      throw new SigningDatabaseRefused(
          "the file belongs to cluster "
              + clusterId
              + " on L1 chain "
              + chainId
              + ", this node to cluster "
              + wanted.clusterId()
              + " on L1 chain "
              + wanted.l1ChainId());
    }
    List<Address> found = new ArrayList<>();
    for (JsonNode one : array(json, "data")) {
      Address committer = Address.of(bytes(one, "committer", 20).toArray());
      if (committer.equals(wanted.committer())) {
        return readOne(one, wanted);
      }
      found.add(committer);
    }
    throw new SigningDatabaseRefused(
        "the file belongs to committer " + found + ", this node is " + wanted.committer());
  }

  private static SigningInterchange readOne(JsonNode one, SigningScope scope)
      throws DecodeException {
    Map<Place, SigningRecord> records = new LinkedHashMap<>();
    Map<BlockAt, Boolean> finals = new LinkedHashMap<>();
    for (JsonNode entry : array(one, "signed_frags")) {
      Place place = new Place(number(entry, "tick"), false, number(entry, "frag_idx"));
      if (place.index() > io.lockstep.preconf.commitment.Frag.MAX_FRAG_IDX) {
        throw new DecodeException("frag_idx has 32 bits, got " + place.index());
      }
      put(records, place, readRecord(entry, false, List.of()));
    }
    for (JsonNode entry : array(one, "signed_seals")) {
      long tick = number(entry, "tick");
      List<SigningRecord.SealedNumber> blocks = new ArrayList<>();
      for (JsonNode block : array(entry, "blocks")) {
        long rollupId = number(block, "rollup_id");
        blocks.add(
            new SigningRecord.SealedNumber(
                rollupId,
                number(block, "number"),
                hash(block, "block_hash"),
                hash(block, "parent_hash")));
        if (finals.put(new BlockAt(tick, rollupId), bool(block, "final")) != null) {
          throw new DecodeException("two blocks of rollup " + rollupId + " in tick " + tick);
        }
      }
      put(records, new Place(tick, true, 0), readRecord(entry, bool(entry, "eop"), blocks));
    }
    return new SigningInterchange(
        scope,
        numberOrNone(one, "watermark"),
        numberOrNone(one, "reservation"),
        numberOrNone(one, "last_eop_window_slot"),
        records,
        finals);
  }

  private static void put(Map<Place, SigningRecord> records, Place place, SigningRecord record)
      throws DecodeException {
    if (records.put(place, record) != null) {
      throw new DecodeException(place + " stands there twice");
    }
  }

  private static SigningRecord readRecord(
      JsonNode entry, boolean eop, List<SigningRecord.SealedNumber> blocks) throws DecodeException {
    JsonNode ctx = field(entry, "ctx");
    long flags = number(ctx, "flags");
    if (flags > 7) {
      throw new DecodeException("flags of a ctx are at most 7, got " + flags);
    }
    return new SigningRecord(
        hash(entry, "identity"),
        number(entry, "at_ms"),
        Signature.fromBytes(bytes(entry, "signature", Signature.LENGTH_BYTES)),
        hash(entry, "signing_root"),
        number(entry, "window_slot"),
        new Ctx(
            number(ctx, "anchor_number"),
            hash(ctx, "anchor_hash"),
            hash(ctx, "window_parent"),
            (int) flags),
        eop,
        blocks);
  }

  private static JsonNode field(JsonNode parent, String name) throws DecodeException {
    JsonNode value = parent.get(name);
    if (value == null) {
      throw new DecodeException("the field " + name + " is missing");
    }
    return value;
  }

  private static JsonNode array(JsonNode parent, String name) throws DecodeException {
    JsonNode value = field(parent, name);
    if (!value.isArray()) {
      throw new DecodeException(name + " is not a list");
    }
    return value;
  }

  private static String text(JsonNode parent, String name) throws DecodeException {
    JsonNode value = field(parent, name);
    if (!value.isString()) {
      throw new DecodeException(name + " is not a string");
    }
    return value.asString();
  }

  private static boolean bool(JsonNode parent, String name) throws DecodeException {
    JsonNode value = field(parent, name);
    if (!value.isBoolean()) {
      throw new DecodeException(name + " is not true or false");
    }
    return value.asBoolean();
  }

  private static long number(JsonNode parent, String name) throws DecodeException {
    String text = text(parent, name);
    if (!text.matches("0|[1-9][0-9]{0,17}")) {
      throw new DecodeException(name + " is not a decimal number: " + text);
    }
    return Long.parseLong(text);
  }

  private static long numberOrNone(JsonNode parent, String name) throws DecodeException {
    return parent.has(name) ? number(parent, name) : -1;
  }

  private static Hash32 hash(JsonNode parent, String name) throws DecodeException {
    return Hash32.of(bytes(parent, name, 32).toArray());
  }

  private static Bytes bytes(JsonNode parent, String name, int lengthBytes) throws DecodeException {
    Bytes value;
    try {
      value = Bytes.fromHex(text(parent, name));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(name + " is not hex", e);
    }
    if (value.size() != lengthBytes) {
      throw new DecodeException(name + " has " + lengthBytes + " bytes, got " + value.size());
    }
    return value;
  }
}
