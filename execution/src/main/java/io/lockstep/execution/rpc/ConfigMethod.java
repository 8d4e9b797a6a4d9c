// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.block.SystemContracts;
import io.lockstep.execution.fork.BlobParams;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.precompile.Precompiles;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code eth_config}: the forks in force and to come (EIP-7910). Any thread. */
final class ConfigMethod implements RpcMethod {
  private final ChainView view;

  ConfigMethod(ChainView view) {
    this.view = view;
  }

  @Override
  public JsonNode call(JsonNode params) {
    ForkSchedule forks = view.forks();
    long now = view.latest().timestampSeconds();
    // By the time they begin; forks that begin together are the latest of them.
    TreeMap<Long, Fork> byTime = new TreeMap<>();
    for (Fork fork : Fork.values()) {
      if (fork.isAtLeast(Fork.SHANGHAI) && forks.schedules(fork)) {
        byTime.put(forks.startOf(fork), fork);
      }
    }
    ObjectNode node = RpcJson.NODES.objectNode();
    var current = byTime.floorEntry(now);
    node.set(
        "current",
        current == null
            ? config(view.forks().at(view.latest().number(), now), 0)
            : config(current.getValue(), current.getKey()));
    var next = byTime.higherEntry(now);
    node.set("next", next == null ? RpcJson.nothing() : config(next.getValue(), next.getKey()));
    var last = byTime.lastEntry();
    node.set(
        "last",
        next == null || last == null ? RpcJson.nothing() : config(last.getValue(), last.getKey()));
    return node;
  }

  private ObjectNode config(Fork fork, long activationSeconds) {
    ObjectNode node = RpcJson.NODES.objectNode();
    node.put("activationTime", activationSeconds);
    if (fork.isAtLeast(Fork.CANCUN)) {
      BlobParams blobs = view.forks().blobParams(fork);
      node.putObject("blobSchedule")
          .put("target", blobs.targetBlobs())
          .put("max", blobs.maxBlobs())
          .put("baseFeeUpdateFraction", blobs.baseFeeUpdateFraction());
    } else {
      node.putNull("blobSchedule");
    }
    RpcJson.putQuantity(node, "chainId", view.chainId());
    node.put("forkId", "0x%08x".formatted(forkHash(activationSeconds)));
    ObjectNode precompiles = node.putObject("precompiles");
    for (Address address : Precompiles.of(fork).addresses()) {
      precompiles.put(name(address), address.toHex());
    }
    systemContracts(node.putObject("systemContracts"), fork);
    return node;
  }

  private void systemContracts(ObjectNode node, Fork fork) {
    if (fork.isAtLeast(Fork.CANCUN)) {
      node.put("BEACON_ROOTS_ADDRESS", SystemContracts.BEACON_ROOTS.toHex());
    }
    if (fork.isAtLeast(Fork.PRAGUE)) {
      node.put(
          "CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS",
          SystemContracts.CONSOLIDATION_REQUESTS.toHex());
      node.put("DEPOSIT_CONTRACT_ADDRESS", view.forks().depositContract().toHex());
      node.put("HISTORY_STORAGE_ADDRESS", SystemContracts.HISTORY.toHex());
      node.put("WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS", SystemContracts.WITHDRAWAL_REQUESTS.toHex());
    }
  }

  /** EIP-6122: the genesis hash and every fork's beginning up to this one, in one checksum. */
  private int forkHash(long untilSeconds) {
    CRC32 sum = new CRC32();
    Hash32 genesis = view.canonicalHash(view.genesis().number());
    sum.update(genesis == null ? view.genesis().hash().toArray() : genesis.toArray());
    TreeSet<Long> blocks = new TreeSet<>();
    TreeSet<Long> times = new TreeSet<>();
    view.forks().bombDelays().stream().filter(start -> start > 0).forEach(blocks::add);
    for (Fork fork : Fork.values()) {
      long start = view.forks().startOf(fork);
      if (fork.isAtLeast(Fork.SHANGHAI)) {
        if (start > view.genesis().timestampSeconds() && start <= untilSeconds) {
          times.add(start);
        }
      } else if (start > 0) {
        blocks.add(start);
      }
    }
    blocks.forEach(start -> sum.update(ByteBuffer.allocate(8).putLong(0, start)));
    times.forEach(start -> sum.update(ByteBuffer.allocate(8).putLong(0, start)));
    return (int) sum.getValue();
  }

  /** The names of EIP-7910. */
  private static String name(Address address) {
    String known = known(address.low());
    return known == null ? address.toHex() : known;
  }

  private static @Nullable String known(int address) {
    return switch (address) {
      case 0x01 -> "ECREC";
      case 0x02 -> "SHA256";
      case 0x03 -> "RIPEMD160";
      case 0x04 -> "ID";
      case 0x05 -> "MODEXP";
      case 0x06 -> "BN254_ADD";
      case 0x07 -> "BN254_MUL";
      case 0x08 -> "BN254_PAIRING";
      case 0x09 -> "BLAKE2F";
      case 0x0a -> "KZG_POINT_EVALUATION";
      case 0x0b -> "BLS12_G1ADD";
      case 0x0c -> "BLS12_G1MSM";
      case 0x0d -> "BLS12_G2ADD";
      case 0x0e -> "BLS12_G2MSM";
      case 0x0f -> "BLS12_PAIRING_CHECK";
      case 0x10 -> "BLS12_MAP_FP_TO_G1";
      case 0x11 -> "BLS12_MAP_FP2_TO_G2";
      case 0x100 -> "P256VERIFY";
      default -> null;
    };
  }
}
