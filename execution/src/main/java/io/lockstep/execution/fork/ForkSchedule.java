// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.fork;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * When each fork of a chain begins, in the terms of geth's genesis {@code config}: block numbers up
 * to London, the end of proof of work, timestamps from Shanghai on. Immutable, any thread.
 */
public final class ForkSchedule {
  private static final List<Fork> BY_TIME =
      List.copyOf(EnumSet.range(Fork.SHANGHAI, Fork.BPO5)).reversed();
  private static final List<Fork> BY_NUMBER =
      List.copyOf(EnumSet.range(Fork.HOMESTEAD, Fork.PARIS)).reversed();

  // They change nothing that is executed, but a chain's fork id counts them (EIP-2124).
  private static final List<String> BOMB_DELAYS =
      List.of("muirGlacierBlock", "arrowGlacierBlock", "grayGlacierBlock");

  /** The deposit contract of mainnet (EIP-6110). */
  public static final Address MAINNET_DEPOSIT_CONTRACT =
      Address.fromHex("0x00000000219ab540356cbb839cbe05303d7705fa");

  // Block numbers up to Paris, seconds after it; forks that never begin are left out.
  private final Map<Fork, Long> start;
  private final @Nullable UInt256 terminalTotalDifficulty;
  private final Map<Fork, BlobParams> blobs;
  private final Address depositContract;
  private final List<Long> bombDelays;

  private ForkSchedule(
      Map<Fork, Long> start,
      List<Long> bombDelays,
      @Nullable UInt256 terminalTotalDifficulty,
      Map<Fork, BlobParams> blobs,
      Address depositContract) {
    this.start = start;
    this.bombDelays = bombDelays;
    this.terminalTotalDifficulty = terminalTotalDifficulty;
    this.blobs = blobs;
    this.depositContract = depositContract;
  }

  /** All forks up to {@code fork} from block 0, with mainnet's blob parameters. */
  public static ForkSchedule allAt(Fork fork) {
    Map<Fork, Long> start = new EnumMap<>(Fork.class);
    EnumSet.range(Fork.FRONTIER, fork).forEach(each -> start.put(each, 0L));
    UInt256 difficulty = fork.isAtLeast(Fork.PARIS) ? UInt256.ZERO : null;
    return new ForkSchedule(start, List.of(), difficulty, mainnetBlobs(), MAINNET_DEPOSIT_CONTRACT);
  }

  /**
   * {@code before} from block 0 and the forks up to {@code after} from a point on.
   *
   * @param start a block number for forks up to Paris, Unix seconds for later ones
   */
  public static ForkSchedule transition(Fork before, Fork after, long start) {
    ForkSchedule schedule = allAt(before);
    EnumSet.range(before, after).forEach(each -> schedule.start.putIfAbsent(each, start));
    return schedule;
  }

  /**
   * Reads geth's form.
   *
   * @throws IllegalArgumentException naming the key that is not as it must be
   */
  public static ForkSchedule fromGethConfig(JsonNode config) {
    Map<Fork, Long> start = new EnumMap<>(Fork.class);
    start.put(Fork.FRONTIER, 0L);
    for (Fork fork : EnumSet.range(Fork.HOMESTEAD, Fork.BPO5)) {
      putStart(start, fork, keyOf(fork), config);
    }
    if (!start.containsKey(Fork.SPURIOUS_DRAGON)) {
      putStart(start, Fork.SPURIOUS_DRAGON, "eip155Block", config);
    }
    JsonNode ttd = config.get("terminalTotalDifficulty");
    UInt256 difficulty =
        ttd == null || ttd.isNull() ? null : UInt256.of(number("terminalTotalDifficulty", ttd));
    if (difficulty != null && difficulty.isZero()) {
      start.put(Fork.PARIS, 0L);
    }
    fillGaps(start);
    JsonNode deposit = config.get("depositContractAddress");
    return new ForkSchedule(
        start,
        bombDelays(config),
        difficulty,
        blobSchedule(config.get("blobSchedule")),
        deposit == null || deposit.isNull()
            ? MAINNET_DEPOSIT_CONTRACT
            : Address.fromHex(deposit.asString()));
  }

  /** The same forks with other blob parameters where {@code changed} names them. */
  public ForkSchedule withBlobs(Map<Fork, BlobParams> changed) {
    Map<Fork, BlobParams> all = new EnumMap<>(blobs);
    all.putAll(changed);
    return new ForkSchedule(start, bombDelays, terminalTotalDifficulty, all, depositContract);
  }

  /**
   * The fork in force. On a chain that began under proof of work and whose config does not say at
   * which block it ended, {@link #at(long, long, UInt256)} is exact and this is not.
   */
  public Fork at(long blockNumber, long timestampSeconds) {
    return at(blockNumber, timestampSeconds, UInt256.ONE);
  }

  /** The fork in force, where a block without difficulty on such a chain is a Paris block. */
  public Fork at(long blockNumber, long timestampSeconds, UInt256 difficulty) {
    for (Fork fork : BY_TIME) {
      Long from = start.get(fork);
      if (from != null && Long.compareUnsigned(timestampSeconds, from) >= 0) {
        return fork;
      }
    }
    if (!start.containsKey(Fork.PARIS)
        && terminalTotalDifficulty != null
        && difficulty.isZero()
        && blockNumber > 0) {
      return Fork.PARIS;
    }
    for (Fork fork : BY_NUMBER) {
      Long from = start.get(fork);
      if (from != null && blockNumber >= from) {
        return fork;
      }
    }
    return Fork.FRONTIER;
  }

  /** The blob parameters of {@code fork}; {@link BlobParams#NONE} before Cancun. */
  public BlobParams blobParams(Fork fork) {
    BlobParams own = blobs.get(fork);
    return own == null ? BlobParams.NONE : own;
  }

  /** Whether {@code fork} is scheduled at all. */
  public boolean schedules(Fork fork) {
    return start.containsKey(fork);
  }

  /** When {@code fork} begins: a block number up to Paris, Unix seconds after; -1 for never. */
  public long startOf(Fork fork) {
    return start.getOrDefault(fork, -1L);
  }

  /** Blocks at which only the difficulty bomb moved; a fork id counts them (EIP-2124). */
  public List<Long> bombDelays() {
    return bombDelays;
  }

  /** Whose deposit logs become requests (EIP-6110). */
  public Address depositContract() {
    return depositContract;
  }

  private static List<Long> bombDelays(JsonNode config) {
    return BOMB_DELAYS.stream()
        .filter(key -> config.hasNonNull(key))
        .map(key -> number(key, config.get(key)).longValueExact())
        .toList();
  }

  private static void putStart(Map<Fork, Long> start, Fork fork, String key, JsonNode config) {
    JsonNode at = config.get(key);
    if (at != null && !at.isNull()) {
      start.put(fork, number(key, at).longValueExact());
    }
  }

  private static String keyOf(Fork fork) {
    return switch (fork) {
      case FRONTIER -> "frontierBlock";
      case HOMESTEAD -> "homesteadBlock";
      case TANGERINE_WHISTLE -> "eip150Block";
      case SPURIOUS_DRAGON -> "eip158Block";
      case BYZANTIUM -> "byzantiumBlock";
      case CONSTANTINOPLE -> "constantinopleBlock";
      case PETERSBURG -> "petersburgBlock";
      case ISTANBUL -> "istanbulBlock";
      case BERLIN -> "berlinBlock";
      case LONDON -> "londonBlock";
      case PARIS -> "mergeNetsplitBlock";
      case SHANGHAI, CANCUN, PRAGUE, OSAKA, BPO1, BPO2, BPO3, BPO4, BPO5 ->
          fork.scheduleKey() + "Time";
    };
  }

  /** A fork that is left out of a config whose later ones are in it begins with the next. */
  private static void fillGaps(Map<Fork, Long> start) {
    fillGaps(start, BY_TIME);
    Long paris = start.get(Fork.PARIS);
    fillGaps(
        start, paris != null && paris == 0 ? BY_NUMBER : BY_NUMBER.subList(1, BY_NUMBER.size()));
  }

  private static void fillGaps(Map<Fork, Long> start, List<Fork> latestFirst) {
    Long next = null;
    for (Fork fork : latestFirst) {
      Long own = start.get(fork);
      if (own == null && next != null) {
        start.put(fork, next);
      } else if (own != null) {
        next = next == null ? own : Long.valueOf(Math.min(own, next));
        start.put(fork, next);
      }
    }
  }

  private static Map<Fork, BlobParams> mainnetBlobs() {
    Map<Fork, BlobParams> all = new EnumMap<>(Fork.class);
    for (Fork fork : Fork.values()) {
      if (fork.isAtLeast(Fork.CANCUN)) {
        all.put(fork, BlobParams.mainnet(fork));
      }
    }
    return all;
  }

  private static Map<Fork, BlobParams> blobSchedule(@Nullable JsonNode schedule) {
    Map<Fork, BlobParams> all = mainnetBlobs();
    if (schedule == null || schedule.isNull()) {
      return all;
    }
    BlobParams last = null;
    for (Fork fork : all.keySet().toArray(Fork[]::new)) {
      JsonNode own = schedule.get(fork.scheduleKey());
      if (own != null) {
        last =
            new BlobParams(
                number("target", own.path("target")).intValueExact(),
                number("max", own.path("max")).intValueExact(),
                number("baseFeeUpdateFraction", own.path("baseFeeUpdateFraction"))
                    .longValueExact());
      }
      if (last != null) {
        all.put(fork, last);
      }
    }
    return all;
  }

  private static BigInteger number(String key, JsonNode node) {
    try {
      if (node.isIntegralNumber()) {
        return node.bigIntegerValue();
      }
      String text = node.asString();
      return text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "config key " + key + " is not a whole number: " + node, e);
    }
  }
}
