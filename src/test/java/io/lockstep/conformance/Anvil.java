// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fixture.MapState;
import io.lockstep.interop.AnvilProcess;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.scenario.Rpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Anvil (revm) as it judges worlds, over JSON-RPC: it makes the blocks, so its environment is what
 * the others must take. One thread.
 */
final class Anvil implements AutoCloseable {
  /** EIP-2935's contract, which anvil puts into the state by itself with its first block. */
  private static final Address HISTORY =
      Address.fromHex("0x0000f90827f1c53a10cb7a02335b175320002935");

  private final AnvilProcess process;
  private final Rpc rpc;
  private final Bytes historyCode;
  private String snapshot;

  /**
   * How a world went.
   *
   * @param world in the blocks that anvil made
   * @param hashes of all earlier blocks by number
   */
  record Run(World world, List<Verdict> verdicts, Map<Long, Hash32> hashes) {}

  Anvil() throws IOException, InterruptedException {
    process =
        AnvilProcess.start(
            "--chain-id",
            Long.toString(World.CHAIN_ID),
            "--accounts",
            "0",
            "--no-mining",
            "--gas-limit",
            "30000000",
            "--enable-tx-gas-limit",
            "--disable-default-create2-deployer",
            "--disable-console-log",
            "--disable-min-priority-fee",
            "--timestamp",
            "1800000000");
    rpc = new Rpc(process.rpc());
    rpc.call("evm_mine");
    historyCode = Bytes.fromHex(rpc.call("eth_getCode", HISTORY.toHex(), "latest").asString());
    snapshot = rpc.call("evm_snapshot").asString();
  }

  Run run(World world) throws IOException, InterruptedException {
    rpc.call("evm_revert", snapshot);
    snapshot = rpc.call("evm_snapshot").asString();
    prepare(world);
    Map<Long, Hash32> hashes = new TreeMap<>();
    for (long number = 0; number <= 1; number++) {
      JsonNode block = rpc.call("eth_getBlockByNumber", "0x" + number, false);
      hashes.put(number, hash(block, "hash"));
    }
    World whole = world.with(HISTORY, history(hashes.getOrDefault(0L, Hash32.ZERO)));
    List<BlockEnv> envs = new ArrayList<>();
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < world.transactions().size(); i++) {
      BlockEnv wanted = world.envs().get(i);
      rpc.call("anvil_setCoinbase", wanted.coinbase().toHex());
      rpc.call("evm_setNextBlockTimestamp", wanted.timestampSeconds());
      rpc.call("anvil_setNextBlockBaseFeePerGas", wanted.baseFeePerGas().toQuantity());
      String refusal = send(world.transactions().get(i));
      rpc.call("evm_mine");
      JsonNode block = rpc.call("eth_getBlockByNumber", "latest", false);
      rpc.call("anvil_dropAllTransactions");
      envs.add(env(block));
      verdicts.add(verdict(block, refusal));
      hashes.put(number(block, "number"), hash(block, "hash"));
    }
    return new Run(whole.in(envs), verdicts, hashes);
  }

  /**
   * The whole state as it is now, but for empty accounts: anvil keeps those that a transaction has
   * touched, in its state root too, where EIP-161 has them removed.
   */
  MapState state() throws IOException, InterruptedException {
    byte[] packed = Hex.decode(rpc.call("anvil_dumpState").asString());
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      ObjectNode accounts = (ObjectNode) JsonMapper.shared().readTree(in).get("accounts");
      for (String address : List.copyOf(accounts.propertyNames())) {
        JsonNode account = accounts.get(address);
        if (account.get("nonce").asLong() == 0
            && account.get("balance").asString().equals("0x0")
            && account.get("code").asString().equals("0x")) {
          accounts.remove(address);
        }
      }
      return MapState.parse(accounts);
    } catch (DecodeException e) {
      throw new IOException("anvil's state", e);
    }
  }

  private World.Account history(Hash32 genesisHash) {
    return new World.Account(
        0, UInt256.ZERO, historyCode, Map.of(UInt256.ZERO, UInt256.read(genesisHash.toArray(), 0)));
  }

  private void prepare(World world) throws IOException, InterruptedException {
    for (Map.Entry<Address, World.Account> each : world.accounts().entrySet()) {
      String address = each.getKey().toHex();
      World.Account account = each.getValue();
      rpc.call("anvil_setBalance", address, account.balance().toQuantity());
      rpc.call("anvil_setNonce", address, "0x" + Long.toHexString(account.nonce()));
      rpc.call("anvil_setCode", address, account.code().toHex());
      for (Map.Entry<UInt256, UInt256> slot : account.storage().entrySet()) {
        rpc.call(
            "anvil_setStorageAt",
            address,
            slot.getKey().toHash().toHex(),
            slot.getValue().toHash().toHex());
      }
    }
  }

  private String send(Bytes raw) throws IOException, InterruptedException {
    // Anvil drops a first byte from 0x80 to 0xbf as if it were the header of an RLP string around
    // the transaction, whatever length it says; EIP-2718 has types up to 0x7f only.
    if (raw.size() > 0 && (raw.get(0) & 0xc0) == 0x80) {
      return "not offered";
    }
    JsonNode answer =
        rpc.raw(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransaction\",\"params\":[\""
                + raw.toHex()
                + "\"]}");
    return answer.has("error") ? answer.get("error").path("message").asString() : "not mined";
  }

  private Verdict verdict(JsonNode block, String refusal) throws IOException, InterruptedException {
    String root = state().root().toHex();
    if (block.get("transactions").isEmpty()) {
      return Verdict.refused(root, refusal);
    }
    JsonNode receipt =
        rpc.call("eth_getTransactionReceipt", block.get("transactions").get(0).asString());
    boolean success = receipt.get("status").asString().equals("0x1");
    List<String> logs = new ArrayList<>();
    for (JsonNode log : receipt.get("logs")) {
      List<String> topics = new ArrayList<>();
      log.get("topics").forEach(topic -> topics.add(topic.asString()));
      logs.add(
          log.get("address").asString()
              + "["
              + String.join(",", topics)
              + "]"
              + log.get("data").asString());
    }
    String contract = receipt.path("contractAddress").asString("");
    return new Verdict(true, success, number(receipt, "gasUsed"), contract, logs, root, "");
  }

  private static BlockEnv env(JsonNode block) {
    return new BlockEnv(
        number(block, "number"),
        hash(block, "parentHash"),
        number(block, "timestamp"),
        Address.fromHex(block.get("miner").asString()),
        hash(block, "mixHash"),
        UInt256.ZERO,
        number(block, "gasLimit"),
        UInt256.of(new BigInteger(block.get("baseFeePerGas").asString().substring(2), 16)),
        number(block, "excessBlobGas"),
        Hash32.ZERO,
        Bytes.EMPTY);
  }

  private static long number(JsonNode node, String field) {
    return Long.decode(node.get(field).asString());
  }

  private static Hash32 hash(JsonNode node, String field) {
    return Hash32.fromHex(node.get(field).asString());
  }

  @Override
  public void close() {
    process.close();
  }
}
