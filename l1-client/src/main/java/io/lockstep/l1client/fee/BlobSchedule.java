// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.fee;

import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.http.Json;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Epoch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Blob parameters by the time from which they hold: {@code eth_config} of the execution client
 * (EIP-7910) where it has that, else what the beacon node's spec says (EIP-7892). Any thread.
 *
 * @param entries by rising time, never empty; the first holds before its time too
 */
public record BlobSchedule(List<Entry> entries) {
  /** For an L1 of which nothing is known. */
  public static final BlobSchedule UNKNOWN =
      new BlobSchedule(List.of(new Entry(0, BlobParams.CANCUN)));

  private static final int MAX_NAMED = 1_024;

  /** The precompile that came with Osaka (EIP-7951); eth_config names no fork. */
  private static final String OSAKA_PRECOMPILE = "P256VERIFY";

  /** Parameters from a block time on, Unix seconds. */
  public record Entry(long fromSeconds, BlobParams params) {}

  public BlobSchedule {
    entries = entries.stream().sorted(Comparator.comparingLong(Entry::fromSeconds)).toList();
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("a blob schedule without an entry");
    }
  }

  /** The parameters of a block of this time, Unix seconds. */
  public BlobParams at(long blockSeconds) {
    BlobParams found = entries.getFirst().params;
    for (Entry entry : entries) {
      if (entry.fromSeconds <= blockSeconds) {
        found = entry.params;
      }
    }
    return found;
  }

  /**
   * Reads {@code eth_config}'s answer: its current, next and last fork.
   *
   * @return null when the current fork has no blobs
   */
  public static @Nullable BlobSchedule ofConfig(JsonNode answer) throws DecodeException {
    List<Entry> entries = new ArrayList<>();
    for (String name : List.of("current", "next", "last")) {
      JsonNode fork = Json.optional(answer, name);
      JsonNode blobs = fork == null ? null : Json.optional(fork, "blobSchedule");
      if (fork == null || blobs == null) {
        if (name.equals("current")) {
          return null;
        }
        continue;
      }
      long from = name.equals("current") ? 0 : count(fork, "activationTime", Long.MAX_VALUE);
      try {
        entries.add(
            new Entry(
                from,
                new BlobParams(
                    (int) count(blobs, "target", 4_096),
                    (int) count(blobs, "max", 4_096),
                    count(blobs, "baseFeeUpdateFraction", Long.MAX_VALUE),
                    isOsaka(fork))));
      } catch (IllegalArgumentException e) {
        throw new DecodeException("eth_config: " + e.getMessage());
      }
    }
    return new BlobSchedule(entries);
  }

  /** Whether the fork that {@code eth_config} calls current is Osaka or later. */
  public static boolean isOsakaNow(JsonNode answer) throws DecodeException {
    return isOsaka(Json.field(answer, "current"));
  }

  /** Names and addresses stand either way round, by the client. */
  private static boolean isOsaka(JsonNode fork) throws DecodeException {
    JsonNode precompiles = Json.optional(fork, "precompiles");
    if (precompiles == null) {
      return false;
    }
    if (precompiles.size() > MAX_NAMED) {
      throw new DecodeException(precompiles.size() + " precompiles, limit " + MAX_NAMED);
    }
    return precompiles.properties().stream()
        .anyMatch(named ->
            named.getKey().equals(OSAKA_PRECOMPILE)
                || named.getValue().asString("").equals(OSAKA_PRECOMPILE));
  }

  /** EIP-7910 has JSON numbers; some clients write quantities. */
  private static long count(JsonNode object, String field, long limit) throws DecodeException {
    JsonNode value = Json.field(object, field);
    long number =
        value.isIntegralNumber() && value.canConvertToLong()
            ? value.longValue()
            : Json.asNumber(value, field);
    if (number < 0 || number > limit) {
      throw new DecodeException(field + " is " + number + ", limit " + limit);
    }
    return number;
  }

  /** From the beacon node's spec, which gives maxima alone. */
  public static BlobSchedule ofBeacon(ChainSpec spec) {
    List<Entry> entries = new ArrayList<>();
    Epoch fulu = spec.forkEpoch("fulu");
    entries.add(
        new Entry(
            0, BlobParams.ofMax(spec.maxBlobsBeforeSchedule(), fulu != null && fulu.value() == 0)));
    if (fulu != null && fulu.value() > 0) {
      entries.add(entry(spec, fulu, spec.maxBlobsPerBlock(fulu)));
    }
    for (ChainSpec.BlobLimit limit : spec.blobSchedule()) {
      entries.add(entry(spec, limit.epoch(), limit.maxBlobsPerBlock()));
    }
    return new BlobSchedule(entries);
  }

  private static Entry entry(ChainSpec spec, Epoch epoch, int maxBlobs) {
    long slots = spec.clock().slotsPerEpoch();
    // an epoch far beyond our days only has to come last
    long slot = epoch.value() > Integer.MAX_VALUE ? Integer.MAX_VALUE : epoch.value() * slots;
    return new Entry(
        spec.clock().genesisSeconds() + slot * spec.clock().slotSeconds(),
        BlobParams.ofMax(maxBlobs, spec.isActive("fulu", epoch)));
  }
}
