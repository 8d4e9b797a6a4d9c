// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.L1Config;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class L1LinkTest {
  @Test
  void namesAnL1ThatDoesNotAnswerWithoutTheKeysInItsUrls() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String host = "127.0.0.1:" + closed;
    L1Config config =
        new L1Config(
            List.of(URI.create("http://" + host + "/v2/secret-path")),
            List.of(URI.create("http://name:secret-word@" + host + "/?key=secret-query")),
            1_000);

    try (JdkTransport transport = new JdkTransport(2_000)) {
      assertThatThrownBy(() ->
              L1Link.open(
                  config, cluster(), transport, Runnable::run, BlobProofs.KZG, System::nanoTime))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("L1 cannot be reached")
          .hasMessageContaining(host)
          .hasMessageNotContaining("secret");
    }
  }

  private static ClusterFile cluster() {
    return new ClusterFile(
        new ClusterFile.L1(900, Hash32.ofWords(1, 2, 3, 4)),
        Map.of(
            ClusterFile.OPERATOR_REGISTRY, Address.ofLong(0x100),
            ClusterFile.CLUSTER_INBOX, Address.ofLong(0x101)),
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
