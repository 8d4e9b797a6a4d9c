// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.preset.Preset;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.config.table.ConfigText;
import io.lockstep.node.testing.TestContracts;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.signing.SigningDatabase;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.RocksStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep keys …} with real files, up to the exit code. */
class KeysCommandsTest {
  @TempDir Path dir;

  private static SecretKey key(int number) {
    return SecretKey.fromHex("0x" + "%064x".formatted(number));
  }

  private static ClusterFile cluster(long inbox) {
    return new ClusterFile(
        new ClusterFile.L1(900, Hash32.ofWords(1, 2, 3, 4)),
        TestContracts.withInbox(Address.ofLong(inbox)),
        17,
        Preset.DEVNET.parameters(),
        List.of(
            new ClusterFile.Rollup(
                901,
                JsonMapper.shared()
                    .readTree(
                        "{\"config\":{\"chainId\":901},\"alloc\":{},\"gasLimit\":\"0x1\"}"))));
  }

  /** Writes an operator's configuration in a folder of its own; the committer is a number. */
  private Path config(String name, int committer, long inbox) throws Exception {
    Path folder = Files.createDirectories(dir.resolve(name));
    cluster(inbox).write(folder.resolve("cluster.json"));
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path file = folder.resolve("key-" + i);
      KeyFile.create(file, key(committer + i));
      keys.add(file.toString());
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put("l1.rpc", List.of("http://127.0.0.1:1"));
    values.put("l1.beacon", List.of("http://127.0.0.1:2"));
    values.put("cluster.file", List.of(folder.resolve("cluster.json").toString()));
    values.put("operator.committer-key-file", List.of(keys.get(0)));
    values.put("operator.poster-key-files", keys.subList(1, 3));
    values.put("storage.dir", List.of(folder.resolve("data").toString()));
    return Files.writeString(
        folder.resolve("lockstep.toml"), ConfigText.bare(values), StandardCharsets.UTF_8);
  }

  private static ExitCode run(String... arguments) {
    return switch (CommandLineParser.parse(List.of(arguments), Map.of())) {
      case Invocation.EncryptKey encrypt -> KeysCommands.encrypt(encrypt);
      case Invocation.ShowKeys show -> KeysCommands.show(show);
      case Invocation.ExportSigningDatabase export -> KeysCommands.exportDatabase(export);
      case Invocation.ImportSigningDatabase give -> KeysCommands.importDatabase(give);
      case Invocation.NewSigningDatabase renew -> KeysCommands.newDatabase(renew);
      case Invocation.UsageError _ -> ExitCode.USAGE;
      case Invocation other -> throw new AssertionError(other);
    };
  }

  @Test
  void encryptsAKeyAndShowsWhoseItIs() throws Exception {
    String plain = dir.resolve("a.key").toString();
    String encrypted = dir.resolve("a.json").toString();
    KeyFile.create(Path.of(plain), key(7));
    Path password = dir.resolve("password");
    KeyFile.create(password, "open sesame\n");
    String[] encrypt = {
      "keys", "encrypt", plain, "--out", encrypted, "--password-file", password.toString()
    };
    assertThat(run("keys", "encrypt", plain, "--out", encrypted))
        .as("no password")
        .isEqualTo(ExitCode.USAGE);
    assertThat(run(encrypt)).isEqualTo(ExitCode.DONE);
    assertThat(run(encrypt)).as("the file exists").isEqualTo(ExitCode.USAGE);
    assertThat(KeyFile.read(Path.of(encrypted), KeyPassword.of("open sesame")).address())
        .isEqualTo(key(7).address());
    assertThat(run("keys", "show", plain, encrypted)).isEqualTo(ExitCode.DONE);

    Path wrong = dir.resolve("wrong");
    KeyFile.create(wrong, "open barley\n");
    assertThat(run("keys", "show", encrypted, "--password-file", wrong.toString()))
        .isEqualTo(ExitCode.NO);
    assertThat(run("keys", "show", dir.resolve("none").toString())).isEqualTo(ExitCode.NO);
  }

  @Test
  void exportsImportsAndRenews() throws Exception {
    String a = config("a", 10, 0x101).toString();
    String b = config("b", 10, 0x101).toString();
    String file = dir.resolve("out.json").toString();
    assertThat(run("keys", "export-signing-db", "--config", a)).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(run("keys", "new-signing-db", "--config", a)).isEqualTo(ExitCode.DONE);
    assertThat(run("keys", "export-signing-db", "--config", a, "--out", file))
        .isEqualTo(ExitCode.DONE);
    assertThat(Files.readString(Path.of(file)))
        .contains(key(10).address().toHex())
        .contains("signed_seals");
    assertThat(run("keys", "export-signing-db", "--config", a, "--out", file))
        .as("the file exists")
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "import-signing-db", file, "--config", b)).isEqualTo(ExitCode.DONE);
    assertThat(run("keys", "export-signing-db", "--config", b)).isEqualTo(ExitCode.DONE);
  }

  @Test
  void refusesAnothersFileAndWhatIsNone() throws Exception {
    String a = config("a", 10, 0x101).toString();
    assertThat(run("keys", "new-signing-db", "--config", a)).isEqualTo(ExitCode.DONE);
    String file = dir.resolve("out.json").toString();
    assertThat(run("keys", "export-signing-db", "--config", a, "--out", file))
        .isEqualTo(ExitCode.DONE);
    String otherKey = config("b", 20, 0x101).toString();
    String otherCluster = config("c", 10, 0x102).toString();
    assertThat(run("keys", "import-signing-db", file, "--config", otherKey))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "import-signing-db", file, "--config", otherCluster))
        .isEqualTo(ExitCode.USAGE);
    Path bad = Files.writeString(dir.resolve("bad.json"), "{");
    assertThat(run("keys", "import-signing-db", bad.toString(), "--config", a))
        .isEqualTo(ExitCode.USAGE);
    Files.writeString(bad, "{\"metadata\":{}}");
    assertThat(run("keys", "import-signing-db", bad.toString(), "--config", a))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "import-signing-db", dir.resolve("none").toString(), "--config", a))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "import-signing-db", file)).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void cannotDoAnythingWhileTheNodeRuns() throws Exception {
    String a = config("a", 10, 0x101).toString();
    Path data = dir.resolve("a/data");
    String file = dir.resolve("out.json").toString();
    assertThat(run("keys", "new-signing-db", "--config", a)).isEqualTo(ExitCode.DONE);
    assertThat(run("keys", "export-signing-db", "--config", a, "--out", file))
        .isEqualTo(ExitCode.DONE);
    try (RocksStore main = RocksStore.open(data.resolve("db"), SigningDatabase.mainColumns());
        SigningDatabase _ =
            SigningDatabase.open(
                data.resolve("signing"),
                main,
                new SigningScope(
                    CommitmentDomain.clusterId(900, Address.ofLong(0x101)), 900, key(10).address()),
                KeyValueStore.Durability.FSYNC)) {
      assertThat(run("keys", "export-signing-db", "--config", a)).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run("keys", "import-signing-db", file, "--config", a))
          .isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run("keys", "new-signing-db", "--config", a)).isEqualTo(ExitCode.UNAVAILABLE);
    }
  }
}
