// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.devnet.deploy.DevAccounts;
import io.lockstep.devnet.deploy.L1Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.devnet.l1.BoxOptions;
import io.lockstep.devnet.l1.L1Box;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against the L1 in a box, with the example of the operators' guide. */
class DeployCommandTest {
  private static final List<OperatorKeys> KEYS = OperatorKeys.devnets(1);

  @TempDir Path dir;
  private L1Box box;
  private Path keyFile;

  @BeforeEach
  void start() throws Exception {
    box =
        L1Box.start(
            BoxOptions.of(
                    dir.resolve("l1"),
                    OperatorKeys.owners(KEYS),
                    genesisSeconds -> L1Genesis.json(genesisSeconds, KEYS))
                .withPorts(0, 0));
    keyFile = dir.resolve("payer.key");
    Files.createFile(
        keyFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(keyFile, DevAccounts.keys().getFirst().exposeHex() + "\n");
  }

  @AfterEach
  void stop() {
    box.close();
  }

  @Test
  void deploysTheGuidesExampleAndWritesItsClusterFile() throws Exception {
    Path params = dir.resolve("params.json");
    Files.writeString(params, forTheBox(example()));
    Path out = dir.resolve("out/cluster.json");

    assertThat(run(params, out).code).isEqualTo(ExitCode.DONE);

    ClusterFile cluster = ClusterFile.read(out);
    assertThat(cluster.contracts()).hasSize(4);
    assertThat(cluster.rollups()).extracting(ClusterFile.Rollup::chainId).containsExactly(901L);
    assertThat(cluster.parameters().openAfterSlots()).isEqualTo(16);
    assertThat(
            cluster
                .rollups()
                .getFirst()
                .genesis()
                .path("alloc")
                .path("0x4c6f636b73746570000000000000000000000003")
                .path("storage")
                .propertyNames())
        .hasSize(1);
  }

  @Test
  void namesEachParameterThatBreaksARuleAndSendsNothing() throws Exception {
    Path params = dir.resolve("params.json");
    Files.writeString(params, example()); // made for mainnet's slots
    Path out = dir.resolve("cluster.json");

    Ran ran = run(params, out);

    assertThat(ran.code).isEqualTo(ExitCode.USAGE);
    assertThat(ran.stderr)
        .contains("--params: handoverLeadSeconds 4 must not exceed the L1's slot of 2 seconds")
        .contains("--params: windowCapSlots 31 must be the L1's slots per epoch less one, 7");
    assertThat(out).doesNotExist();
    assertThat(box.headSlot()).isZero();
  }

  @Test
  void refusesAFileThatIsNoneBeforeItAsksAnybody() throws Exception {
    Path params = dir.resolve("params.json");
    Files.writeString(params, example().replace("\"tickSeconds\"", "\"tick\""));

    assertThat(parse(params, dir.resolve("cluster.json")))
        .isInstanceOfSatisfying(
            Invocation.UsageError.class,
            error ->
                assertThat(error.problems())
                    .anyMatch(problem -> problem.contains("parameters.tick: unknown field")));
  }

  /** The guide's example, which must stay one that works. */
  private static String example() throws Exception {
    Path guide = Path.of(System.getProperty("lockstep.root", ".."), "docs/operators.md");
    Matcher block =
        Pattern.compile("```json\n(\\{\\s*\"parameters\".*?)```", Pattern.DOTALL)
            .matcher(Files.readString(guide));
    assertThat(block.find()).as("an example of --params in " + guide).isTrue();
    return block.group(1);
  }

  /** The numbers of protocol §8 for the box's slots. */
  private static String forTheBox(String json) {
    return json.replace("\"handoverLeadSeconds\": 4", "\"handoverLeadSeconds\": 2")
        .replace("\"windowCapSlots\": 31", "\"windowCapSlots\": 7")
        .replace("\"openAfterSlots\": 64", "\"openAfterSlots\": 16")
        .replace("\"evidenceSlots\": 7800", "\"evidenceSlots\": 120")
        .replace("\"answerSlots\": 64", "\"answerSlots\": 16");
  }

  private record Ran(ExitCode code, String stderr) {}

  private Ran run(Path params, Path out) {
    if (!(parse(params, out) instanceof Invocation.Deploy deploy)) {
      throw new AssertionError(parse(params, out));
    }
    PrintStream stderr = System.err;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      return new Ran(DeployCommand.run(deploy.options()), caught.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(stderr);
    }
  }

  private Invocation parse(Path params, Path out) {
    return CommandLineParser.parse(
        List.of(
            "deploy",
            "--l1-rpc",
            box.rpcUri().toString(),
            "--l1-beacon",
            box.beaconUri().toString(),
            "--params",
            params.toString(),
            "--key-file",
            keyFile.toString(),
            "--out",
            out.toString()),
        Map.of());
  }
}
