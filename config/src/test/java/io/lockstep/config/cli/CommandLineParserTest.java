// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cluster.ClusterFixture;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.table.ConfigText;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Bytes;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineParserTest {
  @TempDir Path folder;

  private static Invocation parse(String... args) {
    return CommandLineParser.parse(List.of(args), Map.of());
  }

  private static List<String> problems(String... args) {
    return parse(args) instanceof Invocation.UsageError error ? error.problems() : List.of();
  }

  private String cluster() throws Exception {
    Path file = folder.resolve("cluster.json");
    ClusterFixture.cluster().write(file);
    return file.toString();
  }

  @Test
  void readsADevnetWithAllItsDefaults() {
    assertThat(parse("devnet"))
        .isEqualTo(
            new Invocation.Devnet(
                new DevnetOptions(
                    3,
                    1,
                    1,
                    2,
                    null,
                    Path.of(".lockstep/devnet").toAbsolutePath(),
                    9545,
                    DevnetOptions.NodesIn.INPROCESS,
                    false,
                    null,
                    null,
                    null,
                    18545,
                    15052,
                    DevnetOptions.L1Fork.FULU)));
  }

  @Test
  void readsADevnetWithEveryFlag() throws Exception {
    Path key = folder.resolve("funding.key");
    KeyFile.create(key, SecretKey.fromHex("0x" + "01".repeat(32)));

    Invocation invocation =
        parse(
            ("devnet --operators 2 --followers 0 --rollups 2 --slot-seconds 4 --genesis g.json"
                    + " --data-dir d --rpc-port 9645 --nodes processes --l1-rpc http://127.0.0.1:1"
                    + " --l1-beacon http://127.0.0.1:2 --l1-fork gloas --funding-key-file "
                    + key)
                .split(" "));

    assertThat(invocation).isInstanceOf(Invocation.Devnet.class);
    DevnetOptions options = ((Invocation.Devnet) invocation).options();
    assertThat(options.operators()).isEqualTo(2);
    assertThat(options.followers()).isZero();
    assertThat(options.nodes()).isEqualTo(DevnetOptions.NodesIn.PROCESSES);
    assertThat(options.genesis()).isEqualTo(Path.of("g.json").toAbsolutePath());
    assertThat(options.l1Beacon()).isEqualTo(URI.create("http://127.0.0.1:2"));
    assertThat(options.fundingKey()).isNotNull();
    assertThat(options.l1Fork()).isEqualTo(DevnetOptions.L1Fork.GLOAS);
  }

  @Test
  void tellsEveryFaultOfADevnetAtOnce() {
    assertThat(
            problems(
                "devnet",
                "--operators",
                "0",
                "--rpc-port",
                "65530",
                "--nodes",
                "x",
                "--only-l1",
                "--l1-fork",
                "phase0",
                "--l1-beacon",
                "http://a"))
        .containsExactly(
            "--operators: 0 is not within 1 and 64",
            "--l1-beacon: needs --l1-rpc too",
            "--only-l1: runs the L1 in a box, so --l1-beacon makes no sense with it",
            "--rpc-port: 65530 is not within 1 and 65523",
            "--nodes: \"x\" is not inprocess or processes",
            "--l1-fork: \"phase0\" is not fulu or gloas",
            "Help: lockstep devnet --help");
  }

  @Test
  void readsAnExportFromADirectoryOrAnEndpoint() {
    Invocation stored =
        parse(
            "export --data-dir d --rollup 902 --genesis g.json --blocks b.rlp --last 7".split(" "));
    Invocation live = parse("export --rpc http://127.0.0.1:1/902 --blocks b --first 3".split(" "));

    assertThat(stored)
        .isEqualTo(
            new Invocation.Export(
                new ExportOptions(
                    new ExportOptions.Source.DataDir(Path.of("d").toAbsolutePath(), null, 902L),
                    Path.of("g.json").toAbsolutePath(),
                    Path.of("b.rlp").toAbsolutePath(),
                    1,
                    7L)));
    assertThat(live)
        .isEqualTo(
            new Invocation.Export(
                new ExportOptions(
                    new ExportOptions.Source.Rpc(URI.create("http://127.0.0.1:1/902")),
                    null,
                    Path.of("b").toAbsolutePath(),
                    3,
                    null)));
  }

  @Test
  void tellsEveryFaultOfAnExportAtOnce() {
    assertThat(problems("export", "--first", "9", "--last", "8"))
        .containsExactly(
            "one of --genesis and --blocks is needed",
            "--last: 8 is not within 9 and 9223372036854775807",
            "one of --data-dir and --rpc is needed",
            "Help: lockstep export --help");
    assertThat(
            problems(
                "export", "--rpc", "http://a", "--cluster", "c", "--genesis", "x", "--blocks", "x"))
        .containsExactly(
            "--genesis and --blocks are the same file",
            "--cluster: is for --data-dir",
            "Help: lockstep export --help");
  }

  @Test
  void readsANodeFromFlagsInBothTheirForms() throws Exception {
    Invocation invocation =
        parse(
            "node",
            "--cluster",
            cluster(),
            "--l1-rpc=http://127.0.0.1:1",
            "--l1-rpc",
            "http://127.0.0.1:3",
            "--l1-beacon",
            "http://127.0.0.1:2",
            "--data-dir",
            "d",
            "--rpc-port",
            "9645",
            "--peer",
            "127.0.0.1:1",
            "--peer",
            "127.0.0.1:2");

    assertThat(invocation).isInstanceOf(Invocation.Node.class);
    var config = ((Invocation.Node) invocation).config();
    assertThat(config.l1().rpc()).hasSize(2);
    assertThat(config.gossip().port()).isEqualTo(9647);
    assertThat(config.gossip().peers()).hasSize(2);
  }

  @Test
  void readsANodeFromFileAndEnvironment() throws Exception {
    Path file = folder.resolve("lockstep.toml");
    cluster();
    Files.writeString(file, ConfigText.commented(Map.of()));

    Invocation invocation =
        CommandLineParser.parse(
            List.of("node", "--config", file.toString()), Map.of("LOCKSTEP_RPC_PORT", "9845"));

    assertThat(invocation).isInstanceOf(Invocation.Node.class);
    assertThat(((Invocation.Node) invocation).config().ops().port()).isEqualTo(9846);
  }

  @Test
  void writesFlagsIntoANewConfiguration() {
    Invocation invocation = parse("init", "my.toml", "--force", "--rpc-port", "9999");

    assertThat(invocation).isInstanceOf(Invocation.Init.class);
    Invocation.Init init = (Invocation.Init) invocation;
    assertThat(init.file()).isEqualTo(Path.of("my.toml").toAbsolutePath());
    assertThat(init.overwrite()).isTrue();
    assertThat(init.text()).contains("\nport = 9999\n");
  }

  @Test
  void checksAConfiguration() throws Exception {
    Path file = Files.writeString(folder.resolve("lockstep.toml"), "[rpc]\nport = -1\n");

    Invocation invocation = parse("config", "--check", file.toString());

    assertThat(invocation).isInstanceOf(Invocation.ConfigCheck.class);
    assertThat(((Invocation.ConfigCheck) invocation).problems())
        .contains("rpc.port: -1 is below the limit of 0 (" + file + " line 2)")
        .hasSize(5);
  }

  @Test
  void readsAVerification() throws Exception {
    assertThat(
            parse(
                "verify",
                "c.json",
                "--l1-rpc",
                "http://127.0.0.1:1",
                "--cluster",
                cluster(),
                "--rpc",
                "http://127.0.0.1:9545",
                "--json"))
        .isEqualTo(
            new Invocation.Verify(
                Path.of("c.json").toAbsolutePath(),
                URI.create("http://127.0.0.1:1"),
                ClusterFixture.cluster(),
                URI.create("http://127.0.0.1:9545"),
                true));
    assertThat(problems("verify", "c.json"))
        .containsExactly("--l1-rpc: missing", "--cluster: missing", "Help: lockstep verify --help");
    assertThat(problems("verify")).first().asString().contains("FILE");
  }

  @Test
  void asksTheNodeOfAConfigurationForItsStatus() throws Exception {
    Path file = folder.resolve("lockstep.toml");
    cluster();
    Files.writeString(
        file,
        ConfigText.commented(Map.of()).replace("#host = \"127.0.0.1\"", "host = \"0.0.0.0\""));

    assertThat(parse("status", "--config", file.toString()))
        .isEqualTo(new Invocation.Status(URI.create("http://127.0.0.1:9545"), false));
    assertThat(parse("status", "--rpc", "http://h:1", "--json"))
        .isEqualTo(new Invocation.Status(URI.create("http://h:1"), true));
  }

  @Test
  void readsTheCommandsOfTheEvm() throws Exception {
    Path code = Files.writeString(folder.resolve("code"), "0x6001\n");
    assertThat(parse("evm", "run", "--code-file", code.toString(), "--input", "0xff"))
        .isEqualTo(
            new Invocation.EvmRun(
                new EvmRunOptions(
                    Bytes.of(0x60, 1),
                    Bytes.of(0xff),
                    30_000_000,
                    0,
                    "Osaka",
                    "register",
                    false,
                    false,
                    false)));
    assertThat(parse("evm", "run", "--code", "60", "--value", "7", "--trace", "--bench"))
        .isEqualTo(
            new Invocation.EvmRun(
                new EvmRunOptions(
                    Bytes.of(0x60),
                    Bytes.EMPTY,
                    30_000_000,
                    7,
                    "Osaka",
                    "register",
                    true,
                    true,
                    false)));
    assertThat(problems("evm", "run", "--code", "60", "--code-file", "x"))
        .contains("one of --code and --code-file is needed");
    assertThat(parse("evm", "statetest", folder.toString(), "--fork", "Osaka"))
        .isEqualTo(
            new Invocation.EvmStateTest(
                new FixtureOptions(List.of(folder), "Osaka", null, "eager", false, false)));
    assertThat(parse("evm", "blocktest", folder.toString(), code.toString()))
        .isEqualTo(
            new Invocation.EvmBlockTest(
                new FixtureOptions(List.of(folder, code), null, null, "eager", false, false)));
    assertThat(problems("evm", "blocktest", "/does/not/exist"))
        .contains("FILE: /does/not/exist does not exist");
  }

  @Test
  void readsTheSimulation() {
    assertThat(parse("sim")).isEqualTo(new Invocation.Sim(new SimOptions(1, 1, 3, 2, false)));
    assertThat(parse("sim", "--seeds", "200", "--first-seed", "7", "--epochs", "4"))
        .isEqualTo(new Invocation.Sim(new SimOptions(7, 200, 4, 2, false)));
    assertThat(parse("sim", "--seed", "47", "--trace"))
        .isEqualTo(new Invocation.Sim(new SimOptions(47, 1, 3, 1, true)));
    assertThat(problems("sim", "--epochs", "1")).isNotEmpty();
  }

  @Test
  void readsTheBenchmark() {
    assertThat(parse("bench", "preconf", "--devnet", "/d.json", "--rate", "5"))
        .isEqualTo(
            new Invocation.BenchPreconf(
                new BenchOptions(Path.of("/d.json"), 5, 30, 10, 0, null, false)));
  }

  @Test
  void suggestsTheNameThatWasMeant() {
    assertThat(problems("nod"))
        .containsExactly("nod: unknown command, did you mean node?", "Help: lockstep --help");
    assertThat(problems("node", "--rpc-prot", "1"))
        .contains("--rpc-prot: unknown option, did you mean --rpc-port?");
    assertThat(problems("devnet", "now")).contains("now: not expected here");
    assertThat(problems()).contains("Missing command");
    assertThat(problems("evm")).contains("Missing command", "Help: lockstep evm --help");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "devnet --help",
        "node -h",
        "init --help",
        "config --help",
        "status --help",
        "verify --help",
        "evm --help",
        "evm run --help",
        "evm statetest --help",
        "evm blocktest --help",
        "sim --help",
        "bench --help",
        "bench preconf --help",
        "bench rpc --help",
        "bench evm --help",
        "bench state --help",
        "bench fanout --help",
        "evm transactiontest --help",
        "export --help",
        "snapshot --help",
        "snapshot export --help",
        "snapshot import --help"
      })
  void helpsWithEveryCommandInPlainText(String args) {
    Invocation invocation = parse(args.split(" "));

    assertThat(invocation).isInstanceOf(Invocation.Help.class);
    assertThat(((Invocation.Help) invocation).text())
        .contains("Usage: lockstep")
        .doesNotContain("\u001b");
  }

  @Test
  void listsOnlyCommandsThatExist() {
    String help = ((Invocation.Help) parse("--help")).text();

    assertThat(help).contains("  devnet ", "  node ", "  verify ", "  snapshot ");
    assertThat(help).doesNotContain("watch", "economics", "slash");
  }

  @Test
  void knowsItsVersion() {
    assertThat(parse("--version")).isInstanceOf(Invocation.Version.class);
    assertThat(CommandLineParser.version()).matches("lockstep \\d+\\.\\d+.* \\(Java 25.*\\)");
  }
}
