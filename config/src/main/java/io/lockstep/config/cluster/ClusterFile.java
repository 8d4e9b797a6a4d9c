// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
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
 * {@code cluster.json}: the deployment that all nodes share. With an L1 it is all a follower needs.
 * Any thread.
 *
 * @param l1 which L1 it is deployed on
 * @param contracts address of each deployed contract by its name
 * @param deploymentBlock L1 block from which events are read: none of the contracts is older
 * @param parameters the protocol's numbers
 * @param rollups in the cluster's order, which the contracts know too; at least one
 */
public record ClusterFile(
    L1 l1,
    Map<String, Address> contracts,
    long deploymentBlock,
    ProtocolParameters parameters,
    List<Rollup> rollups) {
  public static final String OPERATOR_REGISTRY = "OperatorRegistry";
  public static final String LOOKAHEAD_ORACLE = "LookaheadOracle";
  public static final String CLUSTER_INBOX = "ClusterInbox";
  public static final String L1_MESSENGER = "L1Messenger";

  private static final List<String> CONTRACTS =
      List.of(OPERATOR_REGISTRY, LOOKAHEAD_ORACLE, CLUSTER_INBOX, L1_MESSENGER);

  /** The file holds whole genesis allocations; more than this is not one of ours. */
  static final long MAX_FILE_BYTES = 256L << 20;

  private static final int MAX_ROLLUPS = 64;

  /**
   * The L1 of a cluster.
   *
   * @param chainId EIP-155 chain id
   * @param genesisValidatorsRoot tells beacon chains of one chain id apart
   */
  public record L1(long chainId, Hash32 genesisValidatorsRoot) {}

  /**
   * One rollup of the cluster.
   *
   * @param chainId EIP-155 chain id, the same as in its genesis
   * @param genesis complete, in geth's form
   */
  public record Rollup(long chainId, JsonNode genesis) {}

  public ClusterFile {
    contracts = Collections.unmodifiableMap(new LinkedHashMap<>(contracts));
    rollups = List.copyOf(rollups);
    if (rollups.isEmpty() || rollups.size() > MAX_ROLLUPS) {
      throw new IllegalArgumentException(
          "a cluster has 1 to %d rollups, got %d".formatted(MAX_ROLLUPS, rollups.size()));
    }
    for (String name : CONTRACTS) {
      if (!contracts.containsKey(name)) {
        throw new IllegalArgumentException("contracts." + name + ": missing");
      }
    }
    List<String> problems = parameters.problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("parameters: " + String.join("; ", problems));
    }
  }

  public Address operatorRegistry() {
    return contract(OPERATOR_REGISTRY);
  }

  public Address lookaheadOracle() {
    return contract(LOOKAHEAD_ORACLE);
  }

  public Address l1Messenger() {
    return contract(L1_MESSENGER);
  }

  public Address clusterInbox() {
    return contract(CLUSTER_INBOX);
  }

  private Address contract(String name) {
    Address address = contracts.get(name);
    if (address == null) {
      throw new IllegalStateException("the cluster has no contract " + name);
    }
    return address;
  }

  /** Reads a file; the message of a failure begins with the field at fault. */
  public static ClusterFile read(Path file) throws IOException, DecodeException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new DecodeException(
          "the file has %d bytes, the limit is %d".formatted(Files.size(file), MAX_FILE_BYTES));
    }
    return parse(Files.readString(file, StandardCharsets.UTF_8));
  }

  public static ClusterFile parse(String text) throws DecodeException {
    JsonFields file =
        JsonFields.parse(text).only("l1", "contracts", "deploymentBlock", "parameters", "rollups");
    JsonFields l1 = file.object("l1").only("chainId", "genesisValidatorsRoot");
    JsonFields contracts = file.object("contracts");
    Map<String, Address> addresses = new LinkedHashMap<>();
    for (String name : contracts.names()) {
      addresses.put(name, contracts.address(name));
    }
    try {
      return new ClusterFile(
          new L1(l1.number("chainId", 1, Long.MAX_VALUE), l1.hash("genesisValidatorsRoot")),
          addresses,
          file.number("deploymentBlock", 0, Long.MAX_VALUE),
          parameters(file.object("parameters")),
          rollups(file.array("rollups")));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()), e);
    }
  }

  static ProtocolParameters parameters(JsonFields fields) throws DecodeException {
    fields.only(
        "tickSeconds",
        "handoverLeadSeconds",
        "graceMs",
        "windowCapSlots",
        "minAnchorLagSlots",
        "maxAnchorLagBlocks",
        "openAfterSlots",
        "forcedDelaySlots");
    return new ProtocolParameters(
        fields.integer("tickSeconds"),
        fields.integer("handoverLeadSeconds"),
        fields.integer("graceMs"),
        fields.integer("windowCapSlots"),
        fields.integer("minAnchorLagSlots"),
        fields.integer("maxAnchorLagBlocks"),
        fields.integer("openAfterSlots"),
        fields.integer("forcedDelaySlots"));
  }

  private static List<Rollup> rollups(JsonNode array) throws DecodeException {
    if (array.size() > MAX_ROLLUPS) {
      throw new DecodeException(
          "rollups: %d of them, the limit is %d".formatted(array.size(), MAX_ROLLUPS));
    }
    List<Rollup> rollups = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      JsonFields fields =
          JsonFields.of(array.get(i), "rollups[" + i + "]").only("chainId", "genesis");
      long chainId = fields.number("chainId", 1, Long.MAX_VALUE);
      JsonFields genesis = fields.object("genesis");
      long genesisChainId = genesis.object("config").number("chainId", 1, Long.MAX_VALUE);
      if (genesisChainId != chainId) {
        throw new DecodeException(
            "%s: %d, but its genesis says %d"
                .formatted(fields.at("chainId"), chainId, genesisChainId));
      }
      if (rollups.stream().anyMatch(other -> other.chainId() == chainId)) {
        throw new DecodeException(
            "%s: %d is another rollup's too".formatted(fields.at("chainId"), chainId));
      }
      rollups.add(new Rollup(chainId, fields.required("genesis")));
    }
    return rollups;
  }

  public ObjectNode toJson() {
    ObjectNode json = JsonFields.mapper().createObjectNode();
    json.putObject("l1")
        .put("chainId", l1.chainId())
        .put("genesisValidatorsRoot", l1.genesisValidatorsRoot().toHex());
    ObjectNode addresses = json.putObject("contracts");
    contracts.forEach((name, address) -> addresses.put(name, address.toHex()));
    json.put("deploymentBlock", deploymentBlock);
    json.putObject("parameters")
        .put("tickSeconds", parameters.tickSeconds())
        .put("handoverLeadSeconds", parameters.handoverLeadSeconds())
        .put("graceMs", parameters.graceMs())
        .put("windowCapSlots", parameters.windowCapSlots())
        .put("minAnchorLagSlots", parameters.minAnchorLagSlots())
        .put("maxAnchorLagBlocks", parameters.maxAnchorLagBlocks())
        .put("openAfterSlots", parameters.openAfterSlots())
        .put("forcedDelaySlots", parameters.forcedDelaySlots());
    ArrayNode list = json.putArray("rollups");
    for (Rollup rollup : rollups) {
      list.addObject().put("chainId", rollup.chainId()).set("genesis", rollup.genesis());
    }
    return json;
  }

  /** Writes the file whole or not at all. */
  public void write(Path file) throws IOException {
    JsonFields.write(file, toJson());
  }
}
