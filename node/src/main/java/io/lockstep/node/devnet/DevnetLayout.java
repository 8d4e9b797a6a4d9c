// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.devnet;

import io.lockstep.config.cli.DevnetOptions;
import io.lockstep.config.cluster.DevnetFile.Role;
import io.lockstep.config.table.ConfigText;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.primitives.crypto.SecretKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where everything of a devnet is: folders, files, ports. */
final class DevnetLayout {
  private static final String LOOPBACK = "127.0.0.1";

  private final DevnetOptions options;
  private final Path dir;

  /**
   * One node's place.
   *
   * @param index 0, 1, 2 …, operators first
   */
  record Place(int index, String name, Role role, int rpcPort, Path dir) {
    Path config() {
      return dir.resolve("lockstep.toml");
    }

    Path dataDir() {
      return dir.resolve("data");
    }

    int opsPort() {
      return rpcPort + 1;
    }

    int gossipPort() {
      return rpcPort + 2;
    }

    URI rpc() {
      return URI.create("http://" + LOOPBACK + ":" + rpcPort);
    }

    URI ws() {
      return URI.create("ws://" + LOOPBACK + ":" + rpcPort);
    }

    URI ops() {
      return URI.create("http://" + LOOPBACK + ":" + opsPort());
    }

    String gossip() {
      return LOOPBACK + ":" + gossipPort();
    }
  }

  DevnetLayout(DevnetOptions options) {
    this.options = options;
    this.dir = options.dataDir().toAbsolutePath().normalize();
  }

  Path dir() {
    return dir;
  }

  Path l1Dir() {
    return dir.resolve("l1");
  }

  Path clusterFile() {
    return dir.resolve("cluster.json");
  }

  Path devnetFile() {
    return dir.resolve("devnet.json");
  }

  Path genesisFile(long chainId) {
    return dir.resolve("genesis-" + chainId + ".json");
  }

  List<Place> places() {
    List<Place> out = new ArrayList<>();
    for (int i = 0; i < options.operators() + options.followers(); i++) {
      boolean operator = i < options.operators();
      String name = operator ? "operator-" + i : "follower-" + (i - options.operators());
      out.add(
          new Place(
              i,
              name,
              operator ? Role.OPERATOR : Role.FOLLOWER,
              options.rpcPort() + DevnetOptions.PORTS_PER_NODE * i,
              dir.resolve(name)));
    }
    return out;
  }

  /** Refuses by name, before anything starts, when a port that will be needed is taken. */
  void checkPorts(boolean withBoxExecution, boolean withBoxBeacon) throws DevnetFailure {
    if (withBoxExecution) {
      checkPort(options.l1RpcPort(), "the L1's JSON-RPC");
    }
    if (withBoxBeacon) {
      checkPort(options.l1BeaconPort(), "the L1's beacon API");
    }
    for (Place place : options.onlyL1() ? List.<Place>of() : places()) {
      checkPort(place.rpcPort(), "JSON-RPC of " + place.name());
      checkPort(place.opsPort(), "operations of " + place.name());
      checkPort(place.gossipPort(), "gossip of " + place.name());
    }
  }

  private static void checkPort(int port, String what) throws DevnetFailure {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new DevnetFailure("port " + port + " for " + what + " is taken", e);
    }
  }

  /** Writes a node's own configuration, and an operator's keys beside it. */
  void writeNode(Place place, OperatorKeys keys, URI l1Rpc, URI l1Beacon) throws IOException {
    Files.createDirectories(place.dir());
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put("l1.rpc", List.of(l1Rpc.toString()));
    values.put("l1.beacon", List.of(l1Beacon.toString()));
    values.put("cluster.file", List.of(clusterFile().toString()));
    if (place.role() == Role.OPERATOR) {
      values.put(
          "operator.committer-key-file",
          List.of(writeKey(place.dir().resolve("committer.key"), keys.committer())));
      List<String> posters = new ArrayList<>();
      for (int i = 0; i < keys.posters().size(); i++) {
        posters.add(writeKey(place.dir().resolve("poster-" + i + ".key"), keys.posters().get(i)));
      }
      values.put("operator.poster-key-files", posters);
      values.put(
          "operator.l1-key-file", List.of(writeKey(place.dir().resolve("l1.key"), keys.owner())));
    }
    values.put("rpc.port", List.of(Integer.toString(place.rpcPort())));
    values.put("ops.port", List.of(Integer.toString(place.opsPort())));
    values.put("gossip.port", List.of(Integer.toString(place.gossipPort())));
    values.put(
        "gossip.peers",
        places().stream()
            .filter(other -> other.index() != place.index())
            .map(Place::gossip)
            .toList());
    values.put("storage.dir", List.of(place.dataDir().toString()));
    Files.writeString(place.config(), ConfigText.bare(values), StandardCharsets.UTF_8);
  }

  private static String writeKey(Path file, SecretKey key) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, key.exposeHex() + "\n", StandardCharsets.UTF_8);
    }
    return file.toString();
  }
}
