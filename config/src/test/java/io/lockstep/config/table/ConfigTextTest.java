// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.config.NodeConfig;
import io.lockstep.config.cluster.ClusterFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTextTest {
  @TempDir Path folder;

  @Test
  void writesACommentedFileThatIsValidAsItStands() throws Exception {
    ClusterFixture.cluster().write(folder.resolve("cluster.json"));
    Path file = folder.resolve("lockstep.toml");
    Files.writeString(file, ConfigText.commented(Map.of()));

    assertThat(ConfigReader.readFile(file)).isInstanceOf(ConfigResult.Valid.class);
  }

  @Test
  void writesCommentedValuesThatAreTheDefaults() throws Exception {
    ClusterFixture.cluster().write(folder.resolve("cluster.json"));
    String commented = ConfigText.commented(Map.of());
    Path asItStands = Files.writeString(folder.resolve("a.toml"), commented);
    String uncommented = commented.replaceAll("(?m)^#(?=[a-z-]+ = )", "");
    // What is off unless it is given has an example and no default.
    Path spelledOut =
        Files.writeString(
            folder.resolve("b.toml"),
            uncommented.replaceAll(
                "(?m)^(committer-|poster-|l1-key|l1-address|key-password|signer-url|credentials"
                    + "|path-url|jwt-secret).*$",
                ""));

    assertThat(ConfigReader.readFile(spelledOut)).isEqualTo(ConfigReader.readFile(asItStands));
  }

  @Test
  void fillsInWhatWasGiven() {
    String text =
        ConfigText.commented(
            Map.of(Keys.RPC_PORT, List.of("9999"), Keys.GOSSIP_PEERS, List.of("a:1", "b:2")));

    assertThat(text).contains("\nport = 9999\n").contains("\npeers = [\"a:1\", \"b:2\"]\n");
  }

  @Test
  void writesABareFileThatReadsBack() throws Exception {
    ClusterFixture.cluster().write(folder.resolve("cluster.json"));
    String text =
        ConfigText.bare(
            Map.of(
                "l1.rpc", List.of("http://127.0.0.1:1"),
                "l1.beacon", List.of("http://127.0.0.1:2"),
                "cluster.file", List.of("cluster.json"),
                "storage.dir", List.of("da\"ta\\"),
                "rpc.port", List.of("9645")));
    Path file = Files.writeString(folder.resolve("lockstep.toml"), text);

    if (!(ConfigReader.readFile(file) instanceof ConfigResult.Valid(NodeConfig config))) {
      throw new AssertionError(ConfigReader.readFile(file));
    }
    assertThat(config.rpc().port()).isEqualTo(9645);
    assertThat(config.storage().dir()).isEqualTo(folder.resolve("da\"ta\\"));
    assertThatThrownBy(() -> ConfigText.bare(Map.of("rpc.prot", List.of("1"))))
        .hasMessage("no such key: rpc.prot");
  }

  @Test
  void givesEveryKeyNamesOfItsOwnAndASection() {
    Set<String> names = new HashSet<>();
    for (Key<?> key : Keys.all()) {
      assertThat(names.add(key.flag())).as(key.flag()).isTrue();
      assertThat(names.add(key.environmentName())).as(key.environmentName()).isTrue();
      assertThat(Keys.sectionDescriptions()).containsKey(key.section());
    }
    assertThat(Keys.RPC_CALL_GAS_CAP.flag()).isEqualTo("--rpc-call-gas-cap");
    assertThat(Keys.RPC_CALL_GAS_CAP.environmentName()).isEqualTo("LOCKSTEP_RPC_CALL_GAS_CAP");
  }
}
