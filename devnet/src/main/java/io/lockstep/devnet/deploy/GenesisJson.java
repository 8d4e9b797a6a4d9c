// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The parts of geth-form genesis files that L1 and rollups share. Any thread. */
final class GenesisJson {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Where a rollup's priority fees go (no code yet). */
  static final Address FEE_VAULT = Address.fromHex("0x4c6f636b73746570000000000000000000000003");

  static final Address SYSTEM_ANCHOR =
      Address.fromHex("0x4c6f636b73746570000000000000000000000001");

  /** Signs every rollup block's first transaction; its key is public (protocol §2.1). */
  static final SecretKey SYSTEM_KEY =
      SecretKey.of(
          Keccak.hash("lockstep system transaction key".getBytes(StandardCharsets.US_ASCII))
              .toArray());

  private static final String SYSTEM_CONTRACTS = "system-contracts.json";
  private static final String SYSTEM_ANCHOR_ARTEFACT = "/io/lockstep/contracts/SystemAnchor.json";

  private GenesisJson() {}

  /** Osaka from the first block on. */
  static ObjectNode config(long chainId) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("chainId", chainId);
    for (String fork :
        new String[] {
          "homesteadBlock",
          "eip150Block",
          "eip155Block",
          "eip158Block",
          "byzantiumBlock",
          "constantinopleBlock",
          "petersburgBlock",
          "istanbulBlock",
          "berlinBlock",
          "londonBlock"
        }) {
      config.put(fork, 0);
    }
    config.put("terminalTotalDifficulty", 0);
    config.put("terminalTotalDifficultyPassed", true);
    config.put("shanghaiTime", 0);
    config.put("cancunTime", 0);
    config.put("pragueTime", 0);
    config.put("osakaTime", 0);
    config.put("depositContractAddress", Address.ZERO.toHex());
    ObjectNode schedule = config.putObject("blobSchedule");
    blobParams(schedule, "cancun", 3, 6, 3_338_477);
    blobParams(schedule, "prague", 6, 9, 5_007_716);
    blobParams(schedule, "osaka", 6, 9, 5_007_716);
    return config;
  }

  /** A genesis block's fields around {@code config} and {@code alloc}. */
  static ObjectNode genesis(
      JsonNode config,
      long timestampSeconds,
      long gasLimit,
      UInt256 baseFeeWei,
      Address coinbase,
      Map<Address, JsonNode> alloc) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.set("config", config);
    out.put("nonce", "0x0");
    out.put("timestamp", "0x" + Long.toHexString(timestampSeconds));
    out.put("extraData", "0x");
    out.put("gasLimit", "0x" + Long.toHexString(gasLimit));
    out.put("difficulty", "0x0");
    out.put("mixHash", "0x" + "00".repeat(32));
    out.put("coinbase", coinbase.toHex());
    out.put("number", "0x0");
    out.put("gasUsed", "0x0");
    out.put("parentHash", "0x" + "00".repeat(32));
    out.put("baseFeePerGas", baseFeeWei.toQuantity());
    out.put("excessBlobGas", "0x0");
    out.put("blobGasUsed", "0x0");
    ObjectNode accounts = out.putObject("alloc");
    new TreeMap<>(alloc).forEach((address, account) -> accounts.set(address.toHex(), account));
    return out;
  }

  static ObjectNode account(UInt256 balanceWei) {
    return JsonNodeFactory.instance.objectNode().put("balance", balanceWei.toQuantity());
  }

  static ObjectNode contract(Bytes runtimeCode) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("nonce", "0x1")
        .put("balance", "0x0")
        .put("code", runtimeCode.toHex());
  }

  /** The contracts of EIP-4788, 2935, 7002 and 7251 as mainnet has them. */
  static Map<Address, JsonNode> systemContracts() {
    Map<Address, JsonNode> out = new TreeMap<>();
    for (JsonNode entry : resource(SYSTEM_CONTRACTS).get("contracts")) {
      out.put(
          Address.fromHex(entry.get("address").asString()),
          contract(Bytes.fromHex(entry.get("code").asString())));
    }
    return out;
  }

  /** What every rollup has beside its users' accounts: the anchor and the system account. */
  static Map<Address, JsonNode> predeploys() {
    Bytes anchor =
        Bytes.fromHex(resource(SYSTEM_ANCHOR_ARTEFACT).get("deployedBytecode").asString());
    Map<Address, JsonNode> out = new TreeMap<>();
    out.put(SYSTEM_ANCHOR, contract(anchor));
    // Pays the base fee of its own transactions for ever; nothing else can spend it.
    out.put(SYSTEM_KEY.address(), account(UInt256.ofLimbs(0, 1L << 63, 0, 0)));
    return out;
  }

  private static void blobParams(
      ObjectNode schedule, String fork, int target, int max, long updateFraction) {
    schedule
        .putObject(fork)
        .put("target", target)
        .put("max", max)
        .put("baseFeeUpdateFraction", updateFraction);
  }

  static JsonNode resource(String name) {
    @Nullable InputStream found = GenesisJson.class.getResourceAsStream(name);
    if (found == null) {
      throw new IllegalStateException(name + " is missing from the class path");
    }
    try (InputStream in = found) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be read", e);
    }
  }
}
