// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevnetFileTest {
  @TempDir Path folder;

  @Test
  void readsBackWhatItWrote() throws Exception {
    SecretKey account = SecretKey.fromHex("0x" + "11".repeat(32));
    DevnetFile devnet =
        new DevnetFile(
            new DevnetFile.L1(
                URI.create("http://127.0.0.1:18545"), URI.create("http://127.0.0.1:15052"), 900),
            folder.resolve("cluster.json"),
            Map.of(ClusterFile.CLUSTER_INBOX, Address.ofLong(1)),
            List.of(new DevnetFile.Rollup(901, folder.resolve("genesis-901.json"))),
            List.of(
                new DevnetFile.Node(
                    "operator-0",
                    DevnetFile.Role.OPERATOR,
                    URI.create("http://127.0.0.1:9545"),
                    URI.create("ws://127.0.0.1:9545"),
                    URI.create("http://127.0.0.1:9546"),
                    "127.0.0.1:9547",
                    42,
                    folder.resolve("operator-0/lockstep.toml"),
                    folder.resolve("operator-0/data"))),
            List.of(account));
    Path file = folder.resolve("devnet.json");
    devnet.write(file);

    DevnetFile read = DevnetFile.read(file);

    assertThat(read).usingRecursiveComparison().ignoringFields("accounts").isEqualTo(devnet);
    assertThat(read.accounts()).extracting(SecretKey::address).containsExactly(account.address());
    assertThat(devnet.toJson().toString())
        .contains("\"role\":\"operator\"")
        .contains("\"accounts\":[{\"address\":\"0x")
        .contains("\"privateKey\":\"0x1111");
  }
}
