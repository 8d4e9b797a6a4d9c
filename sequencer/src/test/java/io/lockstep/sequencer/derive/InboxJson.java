// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.derive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.BatchProposed;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.PostedBatch;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Batches of an inbox, and how an execution client shows them: log and transaction. */
final class InboxJson {
  static final Address INBOX = Address.ofLong(1);
  private static final Address POSTER = Address.ofLong(3);
  private static final int OPERATOR = 7;

  private InboxJson() {}

  /** The batch of an index, alone in its L1 block, of one blob that nobody has. */
  static PostedBatch batch(long index, Hash32 lastBatchHash, L1Block at) {
    Batch call =
        new Batch(
            List.of(lastBatchHash),
            new Slot(index),
            List.of(),
            index,
            index,
            index,
            hash("anchor" + index),
            0,
            Hash32.ZERO,
            List.of(new RollupPart(901, hash("block" + index), 0, 100)),
            1);
    List<Hash32> blobs = List.of(hash("blob" + index));
    BatchProposed event =
        new BatchProposed(
            index,
            OPERATOR,
            call.windowSlot(),
            ClusterInboxAbi.batchHash(lastBatchHash, call, blobs, OPERATOR, List.of()),
            ClusterInboxAbi.declaredHead(call),
            blobs,
            List.of());
    return new PostedBatch(
        event,
        at.number(),
        at.hash(),
        hash("tx" + at.number()),
        0,
        POSTER,
        ClusterInboxAbi.encodePropose(call));
  }

  static ObjectNode log(PostedBatch batch) {
    BatchProposed event = (BatchProposed) batch.event();
    StringBuilder data = new StringBuilder("0x");
    data.append(word(event.windowSlot().value()));
    data.append(event.batchHash().toHex().substring(2));
    data.append(event.declaredHead().toHex().substring(2));
    data.append(word(5 * 32)).append(word(7 * 32)).append(word(1));
    data.append(event.blobHashes().getFirst().toHex().substring(2)).append(word(0));
    ObjectNode log =
        JsonMapper.shared()
            .createObjectNode()
            .put("address", INBOX.toHex())
            .put("data", data.toString())
            .put("blockNumber", "0x" + Long.toHexString(batch.blockNumber()))
            .put("blockHash", batch.blockHash().toHex())
            .put("transactionHash", batch.txHash().toHex())
            .put("transactionIndex", "0x0")
            .put("logIndex", "0x0");
    log.putArray("topics")
        .add(ClusterInboxAbi.BATCH_PROPOSED_TOPIC.toHex())
        .add("0x" + word(event.batchIndex()))
        .add("0x" + word(OPERATOR));
    return log;
  }

  static ObjectNode transaction(PostedBatch batch) {
    ObjectNode tx =
        JsonMapper.shared()
            .createObjectNode()
            .put("hash", batch.txHash().toHex())
            .put("type", "0x3")
            .put("from", POSTER.toHex())
            .put("to", INBOX.toHex())
            .put("nonce", "0x0")
            .put("value", "0x0")
            .put("input", batch.callData().toHex())
            .put("blockHash", batch.blockHash().toHex())
            .put("blockNumber", "0x" + Long.toHexString(batch.blockNumber()));
    tx.putArray("blobVersionedHashes")
        .add(((BatchProposed) batch.event()).blobHashes().getFirst().toHex());
    return tx;
  }

  static String word(long value) {
    return "%064x".formatted(value);
  }

  private static Hash32 hash(String text) {
    return Keccak.hash(text.getBytes(UTF_8));
  }
}
