// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import io.lockstep.config.preset.Preset;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A small, valid cluster for tests. */
public final class ClusterFixture {
  private ClusterFixture() {}

  public static ClusterFile cluster() {
    Map<String, Address> contracts = new LinkedHashMap<>();
    contracts.put(ClusterFile.OPERATOR_REGISTRY, Address.ofLong(0x100));
    contracts.put(ClusterFile.LOOKAHEAD_ORACLE, Address.ofLong(0x102));
    contracts.put(ClusterFile.CLUSTER_INBOX, Address.ofLong(0x101));
    contracts.put(ClusterFile.L1_MESSENGER, Address.ofLong(0x103));
    return new ClusterFile(
        new ClusterFile.L1(900, Hash32.ofWords(1, 2, 3, 4)),
        contracts,
        17,
        Preset.DEVNET.parameters(),
        List.of(
            new ClusterFile.Rollup(
                901,
                JsonMapper.shared()
                    .readTree(
                        "{\"config\":{\"chainId\":901},\"alloc\":{},\"gasLimit\":\"0x1\"}"))));
  }
}
