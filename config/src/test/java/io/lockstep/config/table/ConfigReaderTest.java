// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.BlobsConfig;
import io.lockstep.config.HostPort;
import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OperatorKey;
import io.lockstep.config.PostingConfig;
import io.lockstep.config.PromiseConfig;
import io.lockstep.config.RpcAccess;
import io.lockstep.config.RpcBounds;
import io.lockstep.config.RpcRates;
import io.lockstep.config.cluster.ClusterFixture;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.config.secret.Keystore;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  private static final String MINIMAL =
      """
      [l1]
      rpc = ["http://127.0.0.1:8545"]
      beacon = "http://127.0.0.1:5052"
      [cluster]
      file = "cluster.json"
      [storage]
      dir = "data"
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeCluster() throws IOException {
    ClusterFixture.cluster().write(folder.resolve("cluster.json"));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("lockstep.toml"), text);
  }

  private static NodeConfig valid(ConfigResult result) {
    return switch (result) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  private static List<String> problems(ConfigResult result) {
    return switch (result) {
      case ConfigResult.Valid valid -> List.of();
      case ConfigResult.Invalid invalid -> invalid.problems();
    };
  }

  private static Map<Key<?>, List<String>> flags(String... namesAndValues) {
    Map<Key<?>, List<String>> flags = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Key<?> key = Keys.byName(namesAndValues[i]);
      if (key == null) {
        throw new AssertionError(namesAndValues[i]);
      }
      flags.put(key, List.of(namesAndValues[i + 1]));
    }
    return flags;
  }

  @Test
  void fillsEveryDefaultOfAFollower() throws Exception {
    NodeConfig config = valid(ConfigReader.readFile(file(MINIMAL)));

    assertThat(config.operator()).isNull();
    assertThat(config.l1().beacon()).containsExactly(URI.create("http://127.0.0.1:5052"));
    assertThat(config.cluster().cluster()).isEqualTo(ClusterFixture.cluster());
    assertThat(config.storage().dir()).isEqualTo(folder.resolve("data"));
    assertThat(config.rpc().port()).isEqualTo(9545);
    assertThat(config.ops().port()).isEqualTo(9546);
    assertThat(config.gossip().port()).isEqualTo(9547);
    assertThat(config.gossip().peers()).isEmpty();
    assertThat(config.rpc().callGasCap()).isEqualTo(100_000_000);
    assertThat(config.sequencer().mempoolMaxPerSender()).isEqualTo(1024);
  }

  @Test
  void fillsTheBoundsOfJsonRpcAsTheRecordsHaveThem() throws Exception {
    NodeConfig config = valid(ConfigReader.readFile(file(MINIMAL)));

    assertThat(config.rpc().bounds()).isEqualTo(RpcBounds.DEFAULT);
    assertThat(config.rpc().rates()).isEqualTo(RpcRates.DEFAULT);
    assertThat(config.rpc().access()).isEqualTo(RpcAccess.DEFAULT);
  }

  @Test
  void readsTheSecretOfTheOperatorsTokensFromAFileOfItsOwn() throws Exception {
    Path secret = Files.writeString(folder.resolve("jwt.hex"), "0x" + "ab".repeat(32) + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    String text = MINIMAL + "[rpc]\njwt-secret-file = \"jwt.hex\"\njwt-methods = [\"admin_*\"]\n";

    RpcAccess access = valid(ConfigReader.readFile(file(text))).rpc().access();

    assertThat(access.jwtMethods()).containsExactly("admin_*");
    assertThat(access.jwtSecret()).isNotNull();
    assertThat(String.valueOf(access)).doesNotContain("abab");
    Files.writeString(secret, "0xabcdef");
    assertThat(problems(ConfigReader.readFile(file(text))))
        .singleElement()
        .asString()
        .contains("does not hold 32 bytes of hex")
        .doesNotContain("abcdef");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problems(ConfigReader.readFile(file(text))))
        .singleElement()
        .asString()
        .contains("may be read or written by others");
  }

  @Test
  void refusesAWaitForAReceiptThatIsLongerThanAnAnswerMayTake() throws Exception {
    assertThat(problems(ConfigReader.readFile(file(MINIMAL + "[rpc]\nanswer-timeout-ms = 7000\n"))))
        .containsExactly("rpc.sync-timeout-max-ms: 20000 is above rpc.answer-timeout-ms, 7000");
  }

  @Test
  void readsAFollowerFromFlagsAlone() {
    NodeConfig config =
        valid(
            ConfigReader.read(
                null,
                Map.of(),
                flags(
                    "l1.rpc", "http://127.0.0.1:1",
                    "l1.beacon", "http://127.0.0.1:2",
                    "cluster.file", folder.resolve("cluster.json").toString(),
                    "storage.dir", "relative",
                    "gossip.peers", "127.0.0.1:9547, [::1]:9557")));

    assertThat(config.storage().dir()).isEqualTo(Path.of("relative").toAbsolutePath());
    assertThat(config.gossip().peers())
        .containsExactly(new HostPort("127.0.0.1", 9547), new HostPort("::1", 9557));
  }

  @Test
  void namesALineOfTheCredentialsThatIsForNoEndpoint() throws Exception {
    Path credentials = folder.resolve("l1-credentials");
    Files.writeString(
        credentials, "http://127.0.0.1:1 bearer secret\nhttp://127.0.0.1:3 bearer secret\n");
    Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));

    assertThat(
            problems(
                ConfigReader.read(
                    null,
                    Map.of(),
                    flags(
                        "l1.rpc", "ws://127.0.0.1:1",
                        "l1.beacon", "http://127.0.0.1:1",
                        "l1.credentials-file", credentials.toString(),
                        "cluster.file", folder.resolve("cluster.json").toString(),
                        "storage.dir", "relative"))))
        .singleElement()
        .asString()
        .startsWith("l1.credentials-file: no URL of l1.rpc or l1.beacon begins as its line for")
        .contains("http://127.0.0.1:3")
        .doesNotContain("secret");
  }

  @Test
  void letsAFlagGoOverTheEnvironmentAndThatOverTheFile() throws Exception {
    Path file = file(MINIMAL + "[rpc]\nmax-batch = 1\ncall-gas-cap = 30_000\nmax-connections = 3");
    Map<String, String> environment =
        Map.of("LOCKSTEP_RPC_MAX_BATCH", "2", "LOCKSTEP_RPC_CALL_GAS_CAP", "50000");

    NodeConfig config =
        valid(ConfigReader.read(file, environment, flags("rpc.call-gas-cap", "70000")));

    assertThat(config.rpc().bounds().maxConnections()).isEqualTo(3);
    assertThat(config.rpc().bounds().maxBatch()).isEqualTo(2);
    assertThat(config.rpc().callGasCap()).isEqualTo(70_000);
  }

  @Test
  void movesThePortsTogetherUnlessAnEquallyStrongSourceNamesThem() throws Exception {
    Path file = file(MINIMAL + "[rpc]\nport = 9645\n[ops]\nport = 7000");

    NodeConfig fromFile = valid(ConfigReader.readFile(file));
    assertThat(fromFile.ops().port()).isEqualTo(7000);
    assertThat(fromFile.gossip().port()).isEqualTo(9647);

    NodeConfig withFlag = valid(ConfigReader.read(file, Map.of(), flags("rpc.port", "9745")));
    assertThat(withFlag.ops().port()).isEqualTo(9746);
    assertThat(withFlag.gossip().port()).isEqualTo(9747);

    NodeConfig withBoth =
        valid(ConfigReader.read(file, Map.of(), flags("rpc.port", "9745", "gossip.port", "8000")));
    assertThat(withBoth.ops().port()).isEqualTo(9746);
    assertThat(withBoth.gossip().port()).isEqualTo(8000);

    NodeConfig anywhere = valid(ConfigReader.read(file, Map.of(), flags("rpc.port", "0")));
    assertThat(anywhere.ops().port()).isZero();
  }

  @Test
  void readsHowBatchesArePosted() throws Exception {
    Path file =
        file(
            MINIMAL
                + "[posting]\npath = \"both\"\npath-url = \"http://127.0.0.1:9\"\nmax-tip-gwei = 7\n"
                + "early-percent = 50\n[promise]\nsettle-seconds = 30\n"
                + "[blobs]\npeers = [\"http://127.0.0.1:9545\"]\nretention-epochs = 0");

    NodeConfig config = valid(ConfigReader.readFile(file));

    assertThat(config.posting())
        .isEqualTo(
            new PostingConfig(
                PostingConfig.Path.BOTH,
                URI.create("http://127.0.0.1:9"),
                7,
                20_000,
                20_000,
                2_000_000_000L,
                50));
    assertThat(config.sequencer().promises().settleSeconds()).isEqualTo(30);
    assertThat(config.blobs())
        .isEqualTo(new BlobsConfig(List.of(URI.create("http://127.0.0.1:9545")), 0));
    NodeConfig plain = valid(ConfigReader.readFile(file(MINIMAL)));
    assertThat(plain.posting()).isEqualTo(PostingConfig.DEFAULT);
    assertThat(plain.sequencer().promises()).isEqualTo(PromiseConfig.DEFAULT);
    assertThat(plain.blobs()).isEqualTo(BlobsConfig.DEFAULT);
    assertThat(problems(ConfigReader.readFile(file(MINIMAL + "[posting]\npath = \"own\""))))
        .containsExactly("posting.path-url: missing, though posting.path needs it");
  }

  @Test
  void tellsEveryFaultAtOnceWithKeyValueLimitAndSource() throws Exception {
    Path file =
        file(
            """
            [l1]
            beacon = ["ftp://a"]
            [cluster]
            file = "missing.json"
            [rpc]
            port = 70000
            call-gas-cpa = 5
            max-batch = true
            [seqencer]
            heartbeat-ms = 10
            """);

    List<String> problems =
        problems(
            ConfigReader.read(
                file,
                Map.of("LOCKSTEP_RPC_CALL_TIMEOUT_MS", "soon", "LOCKSTEP_RPC_PROT", "1"),
                flags("gossip.peers", "nowhere")));

    assertThat(problems)
        .containsExactlyInAnyOrder(
            "rpc.call-gas-cpa: unknown key, did you mean rpc.call-gas-cap? (" + file + " line 7)",
            "rpc.max-batch: expected a number from 1 to 100000 (" + file + " line 8)",
            "seqencer.heartbeat-ms: unknown key, did you mean sequencer.heartbeat-ms? ("
                + file
                + " line 10)",
            "environment LOCKSTEP_RPC_PROT: unknown, did you mean LOCKSTEP_RPC_PORT?",
            "l1.rpc: missing; give it in the file, as LOCKSTEP_L1_RPC or as --l1-rpc",
            "l1.beacon: \"ftp://a\" is not a URL of http or https with a host ("
                + file
                + " line 2)",
            "cluster.file: "
                + folder.resolve("missing.json")
                + " does not exist ("
                + file
                + " line 4)",
            "rpc.port: 70000 is above the limit of 65533 (" + file + " line 6)",
            "rpc.call-timeout-ms: \"soon\" is not a whole number (environment"
                + " LOCKSTEP_RPC_CALL_TIMEOUT_MS)",
            "gossip.peers: \"nowhere\": expected HOST:PORT (flag --gossip-peers)",
            "storage.dir: missing; give it in the file, as LOCKSTEP_STORAGE_DIR or as --data-dir");
  }

  @Test
  void leavesVariablesOfTheBuildAlone() throws Exception {
    ConfigResult result =
        ConfigReader.read(
            file(MINIMAL),
            Map.of("LOCKSTEP_LOG_LEVEL", "DEBUG", "LOCKSTEP_REQUIRE_ALL", "1", "PATH", "/bin"),
            Map.of());

    assertThat(problems(result)).isEmpty();
  }

  @Test
  void namesTheLineOfBadToml() throws Exception {
    assertThat(problems(ConfigReader.readFile(file("[l1]\nrpc = [\n"))))
        .anyMatch(problem -> problem.contains("lockstep.toml") && problem.contains("line"));
  }

  @Test
  void saysThatTheFileDoesNotExist() {
    Path file = folder.resolve("none.toml");
    assertThat(problems(ConfigReader.readFile(file)))
        .contains(file + ": cannot be read (it does not exist)");
  }

  private String keyFile(String name, int octet) throws IOException {
    Path file = folder.resolve(name);
    KeyFile.create(file, SecretKey.fromHex("0x" + "%02x".formatted(octet).repeat(32)));
    return file.getFileName().toString();
  }

  @Test
  void readsAnOperatorsKeysFromFilesBesideTheConfiguration() throws Exception {
    String text =
        MINIMAL
            + "[operator]\ncommitter-key-file = \"%s\"\nposter-key-files = [\"%s\", \"%s\"]\n"
                .formatted(keyFile("c.key", 1), keyFile("p0.key", 2), keyFile("p1.key", 3))
            + "durability = \"process\"\n";

    OperatorConfig operator = valid(ConfigReader.readFile(file(text))).operator();

    assertThat(operator).isNotNull();
    assertThat(operator.committer())
        .isInstanceOfSatisfying(
            OperatorKey.Held.class,
            held -> assertThat(held.key().exposeHex()).isEqualTo("0x" + "01".repeat(32)));
    assertThat(operator.posters()).hasSize(2);
    assertThat(operator.durability()).isEqualTo(OperatorConfig.Durability.PROCESS);
    assertThat(operator.toString()).doesNotContain("01010101").contains("SecretKey(0x");
  }

  private String keystore(String name, int octet, String password) throws IOException {
    Path file = folder.resolve(name);
    SecretKey key = SecretKey.fromHex("0x" + "%02x".formatted(octet).repeat(32));
    KeyFile.create(file, Keystore.encrypt(key, KeyPassword.of(password), new Random(octet)));
    return file.getFileName().toString();
  }

  private static Address addressOf(int octet) {
    return SecretKey.fromHex("0x" + "%02x".formatted(octet).repeat(32)).address();
  }

  @Test
  void opensAnEncryptedKeyWithThePasswordOfAFileOrTheEnvironment() throws Exception {
    Path file =
        file(
            MINIMAL
                + "[operator]\ncommitter-key-file = \"%s\"\nposter-key-files = [\"%s\", \"%s\"]\n"
                    .formatted(
                        keystore("c.json", 1, "sesame"),
                        keyFile("p0.key", 2),
                        keyFile("p1.key", 3)));

    OperatorConfig operator =
        valid(ConfigReader.read(file, Map.of("LOCKSTEP_KEY_PASSWORD", "sesame"), Map.of()))
            .operator();
    assertThat(operator).isNotNull();
    assertThat(operator.committer().address()).isEqualTo(addressOf(1));

    assertThat(problems(ConfigReader.read(file, Map.of("LOCKSTEP_KEY_PASSWORD", "no"), Map.of())))
        .singleElement()
        .asString()
        .startsWith("operator.committer-key-file: the password is not that of ");
    assertThat(problems(ConfigReader.readFile(file)))
        .singleElement()
        .asString()
        .contains("is encrypted and no password was given");

    Path password = folder.resolve("password");
    Files.writeString(password, "sesame\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(file, "key-password-file = \"password\"\n", StandardOpenOption.APPEND);
    assertThat(ConfigReader.readFile(file)).isInstanceOf(ConfigResult.Valid.class);
    Files.delete(password);
    assertThat(problems(ConfigReader.readFile(file)))
        .singleElement()
        .asString()
        .startsWith("operator.key-password-file: ")
        .contains("does not exist");
  }

  @Test
  void takesAddressesWhoseKeysASignerHolds() throws Exception {
    String keys =
        "[operator]\ncommitter-address = \"%s\"\nposter-addresses = [\"%s\", \"%s\"]\n"
            .formatted(addressOf(1), addressOf(2), addressOf(3));
    OperatorConfig operator =
        valid(
                ConfigReader.readFile(
                    file(
                        MINIMAL
                            + keys
                            + "l1-key-file = \"%s\"\n".formatted(keyFile("l1.key", 4))
                            + "signer-url = \"http://10.0.0.7:9000\"\n")))
            .operator();

    assertThat(operator).isNotNull();
    assertThat(operator.committer())
        .isEqualTo(new OperatorKey.Remote(addressOf(1), URI.create("http://10.0.0.7:9000"), 250));
    assertThat(operator.posters()).allMatch(key -> key instanceof OperatorKey.Remote);
    assertThat(operator.l1Key()).isInstanceOf(OperatorKey.Held.class);

    assertThat(problems(ConfigReader.readFile(file(MINIMAL + keys))))
        .hasSize(3)
        .allSatisfy(problem ->
            assertThat(problem).contains("nor operator.signer-url says where its key is"));
    assertThat(
            problems(
                ConfigReader.readFile(
                    file(MINIMAL + "[operator]\nsigner-url = \"http://10.0.0.7:9000\"\n"))))
        .singleElement()
        .asString()
        .startsWith("operator.signer-url: no address is given");
  }

  @Test
  void refusesAKeyFileOfAnotherAddressThanIsGiven() throws Exception {
    String text =
        MINIMAL
            + "[operator]\ncommitter-key-file = \"%s\"\nposter-key-files = [\"%s\", \"%s\"]\n"
                .formatted(keyFile("c.key", 1), keyFile("p0.key", 2), keyFile("p1.key", 3))
            + "committer-address = \"%s\"\n".formatted(addressOf(9));

    assertThat(problems(ConfigReader.readFile(file(text))))
        .singleElement()
        .asString()
        .startsWith(
            "operator.committer-key-file: holds the key of %s, and operator.committer-address says %s"
                .formatted(addressOf(1), addressOf(9)));
  }

  @Test
  void refusesHalfAnOperatorAndKeysUsedTwice() throws Exception {
    keyFile("c.key", 1);
    keyFile("p.key", 2);

    assertThat(
            problems(
                ConfigReader.readFile(
                    file(MINIMAL + "[operator]\ncommitter-key-file = \"c.key\"\n"))))
        .containsExactly(
            "operator.poster-key-files: missing, though operator.committer-key-file is given");
    assertThat(
            problems(
                ConfigReader.readFile(
                    file(
                        MINIMAL
                            + "[operator]\ncommitter-key-file = \"c.key\"\n"
                            + "poster-key-files = [\"p.key\", \"p.key\"]\n"))))
        .singleElement()
        .asString()
        .startsWith("operator.poster-key-files: the committer and the posters must be different");
  }

  @Test
  void refusesTwoServersOnOnePort() throws Exception {
    assertThat(problems(ConfigReader.readFile(file(MINIMAL + "[ops]\nport = 9545\n"))))
        .singleElement()
        .asString()
        .startsWith("ops.port: 9545 is rpc.port too");
  }

  @Test
  void answersEveryDamagedFileWithProblemsOrAConfiguration() throws Exception {
    String text = ConfigText.commented(Map.of()).replaceAll("(?m)^#(?=[a-z-]+ = )", "");
    long seed = 20_261_122;
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
        int at = random.nextInt(damaged.length() + 1);
        switch (random.nextInt(3)) {
          case 0 -> damaged.delete(at, Math.min(damaged.length(), at + 3));
          case 1 -> damaged.insert(at, "[]{}\"'=,.#\n0x-\u00e9".charAt(random.nextInt(15)));
          default -> damaged.insert(at, "\n[[rpc]]\na.b = 1979-05-27\n");
        }
      }
      ConfigResult result = ConfigReader.readFile(file(damaged.toString()));
      assertThat(result).as("seed %d, round %d", seed, i).isNotNull();
    }
  }
}
