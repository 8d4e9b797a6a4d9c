// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.testing;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.primitives.types.Address;
import java.util.LinkedHashMap;
import java.util.Map;

/** Contracts of a cluster file whose L1 is never asked about them. */
public final class TestContracts {
  private TestContracts() {}

  public static Map<String, Address> withInbox(Address inbox) {
    Map<String, Address> contracts = new LinkedHashMap<>();
    contracts.put(ClusterFile.OPERATOR_REGISTRY, Address.ofLong(0x100));
    contracts.put(ClusterFile.LOOKAHEAD_ORACLE, Address.ofLong(0x102));
    contracts.put(ClusterFile.CLUSTER_INBOX, inbox);
    contracts.put(ClusterFile.L1_MESSENGER, Address.ofLong(0x103));
    return contracts;
  }
}
