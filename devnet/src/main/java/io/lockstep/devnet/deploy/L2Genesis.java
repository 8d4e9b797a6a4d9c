// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Rollups' genesis files: ours, or a user's with what a rollup cannot do without. Any thread. */
public final class L2Genesis {
  public static final long FIRST_CHAIN_ID = 901;

  /** Protocol §8. */
  private static final long GAS_LIMIT = 30_000_000;

  /** 1 gwei, where EIP-1559 chains begin. */
  private static final UInt256 BASE_FEE_WEI = UInt256.of(1_000_000_000L);

  /** Header limits of EIP-1559 chains: a genesis outside them could have no child. */
  private static final long MIN_GAS_LIMIT = 5_000;

  /** Of the devnet's own rollups: an account that nobody has, so that its share can be seen. */
  public static final Address DEVNET_TREASURY =
      Address.fromHex("0x7265617375727900000000000000000000000001");

  private static final List<String> FORKS_BY_NUMBER =
      List.of(
          "homesteadBlock",
          "eip150Block",
          "eip155Block",
          "eip158Block",
          "byzantiumBlock",
          "constantinopleBlock",
          "petersburgBlock",
          "istanbulBlock",
          "berlinBlock",
          "londonBlock");

  /** What a file must have reached at its first block. */
  private static final List<String> FORKS_BY_TIME =
      List.of("shanghaiTime", "cancunTime", "pragueTime");

  private L2Genesis() {}

  /** A user's genesis file cannot become a rollup's; the message lists every reason. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(List<String> reasons) {
      super("the genesis file cannot be a rollup's: " + String.join("; ", reasons));
    }
  }

  /**
   * The genesis of the devnet's rollup {@code index} (from 0): wallets and predeploys.
   *
   * @param walletBalance of each wallet
   * @param genesisSeconds the L1's beacon genesis, Unix seconds: tick 0 begins then
   */
  public static ObjectNode json(int index, long genesisSeconds, Wei walletBalance) {
    Map<Address, JsonNode> alloc = new TreeMap<>(GenesisJson.systemContracts());
    alloc.putAll(GenesisJson.predeploys(DEVNET_TREASURY));
    for (SecretKey wallet : DevAccounts.keys()) {
      alloc.put(wallet.address(), GenesisJson.account(walletBalance.amount()));
    }
    return GenesisJson.genesis(
        GenesisJson.config(FIRST_CHAIN_ID + index),
        genesisSeconds,
        GAS_LIMIT,
        BASE_FEE_WEI,
        GenesisJson.FEE_VAULT,
        alloc);
  }

  /**
   * A user's geth-form genesis as a rollup's: chain id, accounts, gas limit, base fee and fork
   * times as it says, plus predeploys and system contracts.
   *
   * @param treasury gets its share of the priority fees; null for none
   * @throws Refused when it is not of Prague or later at its start, or holds something else where a
   *     predeploy must be
   */
  public static ObjectNode merge(JsonNode user, long genesisSeconds, @Nullable Address treasury)
      throws Refused {
    List<String> reasons = new ArrayList<>();
    ObjectNode config = config(user.path("config"), genesisSeconds, reasons);
    long gasLimit = quantity(user, "gasLimit", GAS_LIMIT, reasons);
    if (gasLimit < MIN_GAS_LIMIT) {
      reasons.add("gasLimit " + gasLimit + " is below " + MIN_GAS_LIMIT);
    }
    long baseFee = quantity(user, "baseFeePerGas", BASE_FEE_WEI.limb(0), reasons);
    Map<Address, JsonNode> alloc = alloc(user.path("alloc"), treasury, reasons);
    if (!reasons.isEmpty()) {
      throw new Refused(reasons);
    }
    return GenesisJson.genesis(
        config, genesisSeconds, gasLimit, UInt256.of(baseFee), GenesisJson.FEE_VAULT, alloc);
  }

  /**
   * What accounts of a rollup can spend from genesis on, wei: L1 must hold as much (protocol §4.2).
   */
  public static BigInteger spendableWei(Genesis genesis) {
    return genesis.allocation().accounts().entrySet().stream()
        .filter(entry -> !GenesisJson.UNCOVERED.contains(entry.getKey()))
        .map(entry -> entry.getValue().after())
        .filter(Objects::nonNull)
        .map(account -> account.balance().toBigInteger())
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static ObjectNode config(JsonNode user, long genesisSeconds, List<String> reasons) {
    ObjectNode config =
        user instanceof ObjectNode object
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    JsonNode chainId = config.path("chainId");
    if (!chainId.isIntegralNumber() || !chainId.canConvertToLong() || chainId.asLong() <= 0) {
      reasons.add("config.chainId is missing");
    }
    for (String fork : FORKS_BY_NUMBER) {
      JsonNode block = config.path(fork);
      if (!block.isMissingNode() && !block.isNull() && block.asLong(-1) != 0) {
        reasons.add("config." + fork + " is not 0: a rollup begins with Prague or later");
      }
      config.put(fork, 0);
    }
    for (String fork : FORKS_BY_TIME) {
      JsonNode time = config.path(fork);
      if (!time.isIntegralNumber() || time.asLong() > genesisSeconds) {
        reasons.add(
            "config."
                + fork
                + " must not be after the rollup's genesis: it begins with Prague or later");
      }
    }
    config.put("terminalTotalDifficulty", 0);
    config.put("terminalTotalDifficultyPassed", true);
    if (!config.has("blobSchedule")) {
      config.set("blobSchedule", GenesisJson.config(1).get("blobSchedule"));
    }
    return config;
  }

  private static Map<Address, JsonNode> alloc(
      JsonNode user, @Nullable Address treasury, List<String> reasons) {
    Map<Address, JsonNode> alloc = new TreeMap<>();
    if (user.isObject()) {
      user.properties()
          .forEach(entry -> {
            Address address = address(entry.getKey());
            if (address == null || !entry.getValue().isObject()) {
              reasons.add("alloc holds " + entry.getKey() + ", which is no account");
            } else if (alloc.put(address, entry.getValue()) != null) {
              reasons.add("alloc names " + address + " twice");
            }
          });
    }
    GenesisJson.systemContracts()
        .forEach((address, contract) -> {
          JsonNode own = alloc.get(address);
          if (own == null || code(own).isEmpty()) {
            alloc.put(address, contract);
          }
        });
    GenesisJson.predeploys(treasury)
        .forEach((address, predeploy) -> {
          if (alloc.putIfAbsent(address, predeploy) != null) {
            reasons.add("alloc already has " + address + ", where a predeploy must be");
          }
        });
    return alloc;
  }

  private static Bytes code(JsonNode account) {
    JsonNode code = account.path("code");
    return code.isString() ? Bytes.fromHex(code.asString()) : Bytes.EMPTY;
  }

  private static @Nullable Address address(String text) {
    try {
      return Address.fromHex(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** A number in either of geth's two forms. */
  private static long quantity(JsonNode user, String name, long fallback, List<String> reasons) {
    JsonNode value = user.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return fallback;
    }
    if (value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0) {
      return value.asLong();
    }
    try {
      if (value.isString()) {
        return Long.decode(value.asString());
      }
    } catch (NumberFormatException e) {
      reasons.add(name + " is not a number: " + value);
      return fallback;
    }
    reasons.add(name + " is not a number: " + value);
    return fallback;
  }
}
