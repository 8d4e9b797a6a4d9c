// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The parts of geth-form genesis files that L1 and rollups share. Any thread. */
public final class GenesisJson {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** EIP-4788. */
  public static final Address BEACON_ROOTS =
      Address.fromHex("0x000f3df6d732807ef1319fb7b8bb8522d0beac02");

  /** Where a rollup's priority fees go. */
  static final Address FEE_VAULT = predeploy(3);

  static final Address SYSTEM_ANCHOR = predeploy(1);
  private static final Address L2_MESSENGER = predeploy(4);
  private static final Address L2_BRIDGE = predeploy(5);

  /** 2^127 wei: what no rollup can use up. */
  private static final UInt256 INEXHAUSTIBLE = UInt256.ofLimbs(0, 1L << 63, 0, 0);

  /** Signs every rollup block's first transaction; its key is public (protocol §2.1). */
  static final SecretKey SYSTEM_KEY =
      SecretKey.of(
          Keccak.hash("lockstep system transaction key".getBytes(StandardCharsets.US_ASCII))
              .toArray());

  private static final String SYSTEM_CONTRACTS = "system-contracts.json";

  /** Have more from genesis on than L1 has, which they give to nobody who brings none. */
  static final Set<Address> UNCOVERED = Set.of(L2_BRIDGE, SYSTEM_KEY.address());

  private GenesisJson() {}

  /** The ASCII bytes of {@code Lockstep}, zeros and a number. */
  private static Address predeploy(int number) {
    return Address.fromHex("0x4c6f636b7374657000000000000000000000000" + number);
  }

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

  /** The code of EIP-4788's contract. */
  public static Bytes beaconRootsCode() {
    JsonNode contract = systemContracts().get(BEACON_ROOTS);
    if (contract == null) {
      throw new IllegalStateException(SYSTEM_CONTRACTS + " lacks EIP-4788");
    }
    return Bytes.fromHex(contract.get("code").asString());
  }

  /**
   * What every rollup has beside its users' accounts: the predeploys and the system account.
   *
   * @param treasury gets its share of the priority fees; null for none
   */
  static Map<Address, JsonNode> predeploys(@Nullable Address treasury) {
    Map<Address, JsonNode> out = new TreeMap<>();
    out.put(SYSTEM_ANCHOR, deployed("SystemAnchor"));
    ObjectNode vault = deployed("FeeVault");
    if (treasury != null) {
      byte[] word = new byte[32];
      treasury.write(word, 12);
      vault.putObject("storage").put(Hash32.ZERO.toHex(), Hash32.of(word).toHex());
    }
    out.put(FEE_VAULT, vault);
    out.put(L2_MESSENGER, deployed("L2Messenger"));
    // Deposits are paid out of it: it must outlast whatever L1 holds.
    out.put(L2_BRIDGE, deployed("L2Bridge").put("balance", INEXHAUSTIBLE.toQuantity()));
    // Pays the base fee of its own transactions for ever; nothing else can spend it.
    out.put(SYSTEM_KEY.address(), account(INEXHAUSTIBLE));
    return out;
  }

  private static ObjectNode deployed(String contract) {
    JsonNode artefact = resource("/io/lockstep/contracts/" + contract + ".json");
    return contract(Bytes.fromHex(artefact.get("deployedBytecode").asString()));
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
