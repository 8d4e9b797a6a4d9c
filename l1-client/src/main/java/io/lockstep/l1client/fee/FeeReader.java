// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.fee.FeeMarket.Tips;
import io.lockstep.l1client.http.Json;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads the fee market and the active fork from an execution client, and does without the methods
 * that it lacks. Blocks. One thread.
 */
public final class FeeReader {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int HISTORY_BLOCKS = 10;

  private final ExecutionClient execution;
  private final BlobSchedule fromBeacon;
  private final long slotSeconds;

  /** What the execution client says of its forks. */
  public enum Wrapping {
    /** Osaka: cell proofs. */
    CELLS,
    /** Before Osaka: a proof a blob. */
    PLAIN,
    /** It does not say. */
    UNSAID
  }

  /**
   * @param fromBeacon holds where the execution client has no {@code eth_config}
   * @param slotSeconds of the L1
   */
  public FeeReader(ExecutionClient execution, BlobSchedule fromBeacon, long slotSeconds) {
    this.execution = execution;
    this.fromBeacon = fromBeacon;
    this.slotSeconds = slotSeconds;
  }

  /** The market above the newest block. */
  public FeeMarket market(boolean withBlobs) throws L1Exception {
    L1Block latest = execution.block(BlockTag.LATEST);
    if (latest == null) {
      throw new L1Exception(L1Exception.Kind.BUSY, "the L1 node has no block yet");
    }
    BlobSchedule schedule = fromBeacon;
    UInt256 said = UInt256.ZERO;
    if (withBlobs) {
      JsonNode config = config();
      try {
        BlobSchedule own = config == null ? null : BlobSchedule.ofConfig(config);
        schedule = own == null ? fromBeacon : own;
      } catch (DecodeException e) {
        throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "eth_config: " + e.getMessage(), e);
      }
      said = optional(execution::blobBaseFee);
    }
    return new FeeMarket(latest, schedule, said, slotSeconds, tips());
  }

  /** Which form of a blob transaction the active fork takes. */
  public Wrapping wrapping() throws L1Exception {
    JsonNode config = config();
    if (config == null) {
      return Wrapping.UNSAID;
    }
    try {
      return BlobSchedule.isOsakaNow(config) ? Wrapping.CELLS : Wrapping.PLAIN;
    } catch (DecodeException e) {
      return Wrapping.UNSAID; // a form of its own: what it takes will show
    }
  }

  /** EIP-7910's answer, or null where it is not served. */
  private @Nullable JsonNode config() throws L1Exception {
    try {
      JsonNode answer = execution.raw("eth_config");
      return answer.isObject() ? answer : null;
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        throw e;
      }
      return null;
    }
  }

  private Tips tips() throws L1Exception {
    try {
      JsonNode answer =
          execution.raw(
              "eth_feeHistory",
              JSON.stringNode("0x" + Integer.toHexString(HISTORY_BLOCKS)),
              JSON.stringNode("latest"),
              JSON.arrayNode().add(50).add(90));
      return tips(answer);
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        throw e;
      }
      UInt256 suggested = optional(execution::maxPriorityFee);
      return new Tips(suggested, suggested);
    } catch (DecodeException e) {
      throw new L1Exception(L1Exception.Kind.BAD_ANSWER, "eth_feeHistory: " + e.getMessage(), e);
    }
  }

  static Tips tips(JsonNode answer) throws DecodeException {
    List<UInt256> medians = new ArrayList<>();
    UInt256 high = UInt256.ZERO;
    if (Json.optional(answer, "reward") != null) {
      for (JsonNode block : Json.array(answer, "reward", HISTORY_BLOCKS)) {
        if (block.size() != 2) {
          throw new DecodeException(block.size() + " percentiles of a block, expected 2");
        }
        medians.add(Json.asQuantity(block.get(0), "reward"));
        high = Fees.max(high, Json.asQuantity(block.get(1), "reward"));
      }
    }
    medians.sort(null);
    return new Tips(medians.isEmpty() ? UInt256.ZERO : medians.get(medians.size() / 2), high);
  }

  private interface Asked {
    UInt256 ask() throws L1Exception;
  }

  /** Zero from a node without the method. */
  private static UInt256 optional(Asked asked) throws L1Exception {
    try {
      return asked.ask();
    } catch (L1Exception e) {
      if (e.isTemporary()) {
        throw e;
      }
      return UInt256.ZERO;
    }
  }
}
