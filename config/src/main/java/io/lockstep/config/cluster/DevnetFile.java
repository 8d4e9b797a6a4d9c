// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code devnet.json}: what a devnet runs and where, for people, scripts and tests. The accounts
 * are those of the well-known test mnemonic, so their keys are no secret. Any thread.
 *
 * @param cluster absolute path of the cluster file
 * @param nodes operators first
 */
public record DevnetFile(
    L1 l1,
    Path cluster,
    Map<String, Address> contracts,
    List<Rollup> rollups,
    List<Node> nodes,
    List<SecretKey> accounts) {

  /** The L1's endpoints. */
  public record L1(URI rpc, URI beacon, long chainId) {}

  /**
   * One rollup.
   *
   * @param genesis absolute path of the complete geth-form genesis, from which another client could
   *     start
   */
  public record Rollup(long chainId, Path genesis) {}

  /** Whether a node has keys. */
  public enum Role {
    OPERATOR,
    FOLLOWER;

    String text() {
      return this == OPERATOR ? "operator" : "follower";
    }
  }

  /**
   * One node.
   *
   * @param gossip HOST:PORT
   * @param pid the devnet's own when all run in one process
   * @param config absolute path of the node's own configuration
   * @param dataDir absolute path of its databases
   */
  public record Node(
      String name,
      Role role,
      URI rpc,
      URI ws,
      URI ops,
      String gossip,
      long pid,
      Path config,
      Path dataDir) {}

  public DevnetFile {
    contracts = Collections.unmodifiableMap(new LinkedHashMap<>(contracts));
    rollups = List.copyOf(rollups);
    nodes = List.copyOf(nodes);
    accounts = List.copyOf(accounts);
  }

  public static DevnetFile read(Path file) throws IOException, DecodeException {
    return parse(Files.readString(file, StandardCharsets.UTF_8));
  }

  public static DevnetFile parse(String text) throws DecodeException {
    JsonFields file = JsonFields.parse(text);
    JsonFields l1 = file.object("l1");
    JsonFields contracts = file.object("contracts");
    Map<String, Address> addresses = new LinkedHashMap<>();
    for (String name : contracts.names()) {
      addresses.put(name, contracts.address(name));
    }
    List<Rollup> rollups = new ArrayList<>();
    for (JsonNode item : file.array("rollups")) {
      JsonFields rollup = JsonFields.of(item, "rollups[" + rollups.size() + "]");
      rollups.add(
          new Rollup(rollup.number("chainId", 1, Long.MAX_VALUE), Path.of(rollup.text("genesis"))));
    }
    List<Node> nodes = new ArrayList<>();
    for (JsonNode item : file.array("nodes")) {
      nodes.add(node(JsonFields.of(item, "nodes[" + nodes.size() + "]")));
    }
    List<SecretKey> accounts = new ArrayList<>();
    for (JsonNode item : file.array("accounts")) {
      JsonFields account = JsonFields.of(item, "accounts[" + accounts.size() + "]");
      try {
        accounts.add(SecretKey.fromHex(account.text("privateKey")));
      } catch (IllegalArgumentException e) {
        throw new DecodeException(account.at("privateKey") + ": not a secret key", e);
      }
    }
    return new DevnetFile(
        new L1(uri(l1, "rpc"), uri(l1, "beacon"), l1.number("chainId", 1, Long.MAX_VALUE)),
        Path.of(file.text("cluster")),
        addresses,
        rollups,
        nodes,
        accounts);
  }

  private static Node node(JsonFields node) throws DecodeException {
    Role role =
        switch (node.text("role")) {
          case "operator" -> Role.OPERATOR;
          case "follower" -> Role.FOLLOWER;
          default -> throw new DecodeException(node.at("role") + ": operator or follower");
        };
    return new Node(
        node.text("name"),
        role,
        uri(node, "rpc"),
        uri(node, "ws"),
        uri(node, "ops"),
        node.text("gossip"),
        node.number("pid", 1, Long.MAX_VALUE),
        Path.of(node.text("config")),
        Path.of(node.text("dataDir")));
  }

  private static URI uri(JsonFields fields, String name) throws DecodeException {
    try {
      return URI.create(fields.text(name));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(fields.at(name) + ": not a URL", e);
    }
  }

  public ObjectNode toJson() {
    ObjectNode json = JsonFields.mapper().createObjectNode();
    json.putObject("l1")
        .put("rpc", l1.rpc().toString())
        .put("beacon", l1.beacon().toString())
        .put("chainId", l1.chainId());
    json.put("cluster", cluster.toString());
    ObjectNode addresses = json.putObject("contracts");
    contracts.forEach((name, address) -> addresses.put(name, address.toHex()));
    ArrayNode rollupList = json.putArray("rollups");
    for (Rollup rollup : rollups) {
      rollupList
          .addObject()
          .put("chainId", rollup.chainId())
          .put("genesis", rollup.genesis().toString());
    }
    ArrayNode nodeList = json.putArray("nodes");
    for (Node node : nodes) {
      nodeList
          .addObject()
          .put("name", node.name())
          .put("role", node.role().text())
          .put("rpc", node.rpc().toString())
          .put("ws", node.ws().toString())
          .put("ops", node.ops().toString())
          .put("gossip", node.gossip())
          .put("pid", node.pid())
          .put("config", node.config().toString())
          .put("dataDir", node.dataDir().toString());
    }
    ArrayNode accountList = json.putArray("accounts");
    for (SecretKey account : accounts) {
      accountList
          .addObject()
          .put("address", account.address().toHex())
          .put("privateKey", account.exposeHex());
    }
    return json;
  }

  /** Writes the file whole or not at all: whoever waits for it never reads half of it. */
  public void write(Path file) throws IOException {
    JsonFields.write(file, toJson());
  }
}
