// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.primitives.crypto.SecretKey;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a devnet is made of. Any thread.
 *
 * @param operators nodes with keys, registered with stake
 * @param followers nodes without
 * @param rollups rollups of the cluster; their chain ids count from 901
 * @param slotSeconds L1 slot of the L1 in a box, seconds
 * @param genesis geth-form genesis of the first rollup; null for the devnet's own
 * @param dataDir everything the devnet writes
 * @param rpcPort JSON-RPC of node 0; node i has 10 more for each i, operations and gossip one and
 *     two more
 * @param nodes where the nodes run
 * @param onlyL1 only what the box keeps of the L1, without contracts and nodes
 * @param l1Rpc a given execution client instead of the box's
 * @param l1Beacon a given beacon node; with a given execution client alone the box keeps the beacon
 *     side
 * @param fundingKey pays on a given L1; null for the first account of the test mnemonic
 * @param l1RpcPort port of the box's execution JSON-RPC
 * @param l1BeaconPort port of the box's beacon API
 * @param l1Fork consensus fork of the box
 */
public record DevnetOptions(
    int operators,
    int followers,
    int rollups,
    int slotSeconds,
    @Nullable Path genesis,
    Path dataDir,
    int rpcPort,
    NodesIn nodes,
    boolean onlyL1,
    @Nullable URI l1Rpc,
    @Nullable URI l1Beacon,
    @Nullable SecretKey fundingKey,
    int l1RpcPort,
    int l1BeaconPort,
    L1Fork l1Fork) {

  /** Ports from one node's JSON-RPC to the next one's. */
  public static final int PORTS_PER_NODE = 10;

  /** Consensus forks that the box can be at. */
  public enum L1Fork {
    FULU,
    /** As of consensus-specs 1.7.0-alpha. */
    GLOAS
  }

  /** Where the nodes of a devnet run. */
  public enum NodesIn {
    /** In the devnet's own process. */
    INPROCESS,
    /** Each in a process of its own. */
    PROCESSES
  }
}
