// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * L1 and a source of blocks and states as the vectors tell them: the file's own answers, with whole
 * sections replaced by a case's.
 */
final class VectorWorld implements L1Access, BlockSource {
  private final JsonNode file;
  private final JsonNode replaced;

  VectorWorld(JsonNode file, JsonNode replaced) {
    this.file = file;
    this.replaced = replaced;
  }

  private JsonNode section(String name) {
    return replaced.has(name) ? replaced.get(name) : file.path("world").path(name);
  }

  @Override
  public Optional<Window> window(long slot) {
    JsonNode found = section("windows").path(Long.toString(slot));
    return found.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new Window(
                found.get("windowSlot").asLong(),
                found.get("operatorId").asInt(),
                found.get("fallback").asBoolean()));
  }

  @Override
  public Optional<Committer> committer(Address committer, long windowSlot) {
    JsonNode found = section("committers").path(committer.toHex());
    return found.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new Committer(
                found.get("operatorId").asInt(),
                Address.fromHex(found.get("windowCommitter").asString()),
                UInt256.of(new BigInteger(found.get("stakeWei").asString())),
                found.get("frozen").asBoolean()));
  }

  @Override
  public void postings(long fromBlock, Visitor visitor) throws IOException {
    for (JsonNode posting : section("postings")) {
      if (posting.get("l1Block").asLong() < fromBlock) {
        continue;
      }
      Map<Long, Hash32> lastBlocks = new HashMap<>();
      posting
          .get("lastBlocks")
          .properties()
          .forEach(entry ->
              lastBlocks.put(
                  Long.parseLong(entry.getKey()), Hash32.fromHex(entry.getValue().asString())));
      boolean more =
          visitor.visit(
              new Posting(
                  posting.get("l1Block").asLong(),
                  Hash32.fromHex(posting.get("l1TxHash").asString()),
                  posting.get("lastTick").asLong(),
                  lastBlocks));
      if (!more) {
        return;
      }
    }
  }

  @Override
  public boolean hasOpenBlock(long windowSlot, long fromBlock) {
    for (JsonNode open : section("openBlocks")) {
      if (open.get("l1Block").asLong() >= fromBlock
          && open.get("windowSlot").asLong() == windowSlot) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<Hash32> blockHash(long number) {
    JsonNode found = section("l1Blocks").path(Long.toString(number));
    return found.isMissingNode() ? Optional.empty() : Optional.of(Hash32.fromHex(found.asString()));
  }

  @Override
  public Optional<Bytes> header(Hash32 blockHash) {
    return bytes("headers", blockHash);
  }

  @Override
  public Optional<Bytes> block(Hash32 blockHash) {
    return bytes("blocks", blockHash);
  }

  private Optional<Bytes> bytes(String section, Hash32 blockHash) {
    JsonNode found = section(section).path(blockHash.toHex());
    return found.isMissingNode() ? Optional.empty() : Optional.of(Bytes.fromHex(found.asString()));
  }

  @Override
  public Optional<List<Bytes>> receipts(Hash32 blockHash) {
    JsonNode found = section("receipts").path(blockHash.toHex());
    if (found.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(nodes(found));
  }

  @Override
  public Optional<StateProof> proof(Hash32 blockHash, Address account, @Nullable Hash32 slot) {
    JsonNode found = section("proofs").path(blockHash.toHex()).path(account.toHex());
    return found.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            new StateProof(
                nodes(found.get("account")),
                slot == null ? List.of() : nodes(found.get("storage").get(slot.toHex()))));
  }

  private static List<Bytes> nodes(JsonNode told) {
    List<Bytes> out = new ArrayList<>();
    told.forEach(node -> out.add(Bytes.fromHex(node.asString())));
    return out;
  }

  @Override
  public Optional<Long> blockOf(Hash32 txHash) {
    JsonNode found = section("transactions").path(txHash.toHex());
    return found.isMissingNode() ? Optional.empty() : Optional.of(found.asLong());
  }
}
