// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cli.CommandLineParser;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import io.lockstep.execution.fixture.MapState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep evm …test} as somebody from outside tries it: N passed and M failed are all the
 * cases there are, and what cannot be read has failed.
 */
class EvmCommandsTest {
  private record Ran(ExitCode code, List<String> lines) {
    String last() {
      return lines.getLast();
    }
  }

  @TempDir private Path dir;
  private ObjectNode state;

  /** A transaction that nobody can pay for leaves the state as it was. */
  @BeforeEach
  void aStateTest() throws Exception {
    state =
        (ObjectNode)
            JsonMapper.shared()
                .readTree(
                    """
                    {"env":{"currentNumber":"0x1","currentTimestamp":"0x1","currentGasLimit":"0xffffff",
                      "currentCoinbase":"0x00000000000000000000000000000000000000fe","currentBaseFee":"0x7"},
                     "pre":{"0x00000000000000000000000000000000000000aa":{"balance":"0x1"}},
                     "transaction":{"data":["0x"],"gasLimit":["0x5208"],"value":["0x0"],"nonce":"0x0",
                       "gasPrice":"0x7","to":"0x00000000000000000000000000000000000000aa",
                       "secretKey":"0x1111111111111111111111111111111111111111111111111111111111111111"}}
                    """);
    String entry =
        "{\"indexes\":{},\"expectException\":\"x\",\"hash\":\""
            + MapState.parse(state.get("pre")).root()
            + "\"}";
    state.set("post", json("{\"Cancun\":[" + entry + "," + entry + "],\"Osaka\":[" + entry + "]}"));
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  private String wrapped(String name, JsonNode test) {
    return JsonMapper.shared().createObjectNode().set(name, test).toString();
  }

  private Path gzip(String name, String text, int keptBytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return Files.write(
        dir.resolve(name), Arrays.copyOf(packed.toByteArray(), Math.min(keptBytes, packed.size())));
  }

  /** Runs {@code lockstep evm} with its stdout caught. */
  private static Ran evm(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "evm";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Invocation invocation = CommandLineParser.parse(List.of(all), Map.of());
    PrintStream before = System.out;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setOut(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      ExitCode code =
          switch (invocation) {
            case Invocation.EvmStateTest tests -> EvmCommands.stateTest(tests.options());
            case Invocation.EvmBlockTest tests -> EvmCommands.blockTest(tests.options());
            case Invocation.EvmTransactionTest tests ->
                EvmCommands.transactionTest(tests.options());
            default -> throw new AssertionError(invocation);
          };
      return new Ran(code, caught.toString(StandardCharsets.UTF_8).lines().toList());
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void countsEveryPostEntryOfEveryFileOfAFolder() throws Exception {
    write("a.json", wrapped("one", state));
    Files.createDirectories(dir.resolve("sub"));
    write(
        "sub/b.jsonl",
        "{\"id\":\"two\",\"test\":" + state + "}\n\n{\"id\":\"three\",\"test\":" + state + "}\n");
    gzip("sub/c.jsonl.gz", "{\"id\":\"four\",\"test\":" + state + "}\n", 1 << 20);
    write("notes.txt", "nothing of ours");

    Ran ran = evm("statetest", dir.toString());

    assertThat(ran.last()).isEqualTo("12 passed, 0 failed");
    assertThat(ran.lines()).hasSize(13);
    assertThat(ran.code()).isEqualTo(ExitCode.DONE);
    assertThat(json(ran.lines().getFirst()).get("name").asString()).isEqualTo("one");
  }

  @Test
  void takesSeveralFilesAndFilters() throws Exception {
    String one = write("a.json", wrapped("one", state)).toString();
    String two = write("b.json", wrapped("two", state)).toString();

    assertThat(evm("statetest", one, two).last()).isEqualTo("6 passed, 0 failed");
    assertThat(evm("statetest", one, two, "--fork", "Osaka").last())
        .isEqualTo("2 passed, 0 failed");
    assertThat(evm("statetest", one, two, "--name", "tw").last()).isEqualTo("3 passed, 0 failed");
  }

  @Test
  void countsWhatCannotBeReadAsFailedWhateverIsWanted() throws Exception {
    write("good.json", wrapped("one", state));
    write("broken.json", "{\"a\": {");
    write("empty.json", "");
    write("list.json", "[]");
    write("deep.json", "[".repeat(100_000));
    write("no-gzip.json.gz", "hello");
    gzip("half.json.gz", wrapped("one", state), 60);
    write("lines.jsonl", "{bad\n5\n");

    for (String command : List.of("statetest", "blocktest", "transactiontest")) {
      for (String[] filter : new String[][] {{}, {"--name", "one"}, {"--fork", "Osaka"}}) {
        String[] arguments = {command, dir.toString()};
        String[] all = Arrays.copyOf(arguments, 2 + filter.length);
        System.arraycopy(filter, 0, all, 2, filter.length);
        Ran ran = evm(all);
        assertThat(ran.code()).isEqualTo(ExitCode.NO);
        long unread =
            ran.lines().stream()
                .filter(line ->
                    line.contains("not JSON")
                        || line.contains("cannot be read")
                        || line.contains("not a map"))
                .count();
        assertThat(unread).as("%s %s", command, ran.lines()).isEqualTo(7);
      }
    }
    assertThat(evm("statetest", dir.toString()).last()).isEqualTo("3 passed, 8 failed");
  }

  @Test
  void countsCasesThatAreNotWhole() throws Exception {
    ObjectNode unknownFork = state.deepCopy();
    unknownFork.set("post", json("{\"Amsterdamned\":[{\"indexes\":{},\"hash\":\"0x00\"}]}"));
    ObjectNode withoutPost = state.deepCopy();
    withoutPost.remove("post");
    ObjectNode emptyPost = state.deepCopy();
    emptyPost.set("post", json("{\"Osaka\":[]}"));
    ObjectNode badSchedule = state.deepCopy();
    badSchedule.set(
        "config",
        json(
            "{\"blobSchedule\":{\"Osaka\":{\"target\":\"0xffffffffff\",\"max\":0,\"baseFeeUpdateFraction\":0}}}"));
    ObjectNode noTransaction = state.deepCopy();
    noTransaction.set("transaction", json("7"));
    ObjectNode all = JsonMapper.shared().createObjectNode();
    all.set("unknown fork", unknownFork);
    all.set("without post", withoutPost);
    all.set("empty post", emptyPost);
    all.set("bad schedule", badSchedule);
    all.put("a number", 5).put("a text", "x").putNull("nothing");
    all.set("good", state);

    Ran ran = evm("statetest", write("cases.json", all.toString()).toString());

    // Three of the bad schedule, three that pass, one of each other.
    assertThat(ran.last()).isEqualTo("3 passed, 9 failed");
    assertThat(ran.lines().toString())
        .contains("unknown fork Amsterdamned")
        .contains("the case has no post state")
        .contains("the fork has no list of posts")
        .contains("unreadable: blob schedule")
        .doesNotContain("broken: ");
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    // A transaction that nobody can build is refused, as this test wants it.
    assertThat(
            evm("statetest", write("tx.json", wrapped("no tx", noTransaction)).toString()).last())
        .isEqualTo("3 passed, 0 failed");
  }

  @Test
  void saysWhichCommandTakesAFile() throws Exception {
    String states = write("state.json", wrapped("one", state)).toString();
    String transactions =
        write(
                "tx.json",
                "{\"short\":{\"txbytes\":\"0xc0\",\"result\":{\"Osaka\":{\"exception\":\"x\"},"
                    + "\"Cancun\":{\"hash\":\"0x\"},\"Nowhere\":{}}}}")
            .toString();
    String blocks =
        write("blocks.json", "{\"b\":{\"blocks\":[],\"network\":\"Osaka\"}}").toString();

    assertThat(evm("blocktest", states).lines().getFirst())
        .contains("a state test, use evm statetest");
    assertThat(evm("statetest", blocks).lines().getFirst())
        .contains("a blockchain test, use evm blocktest");
    assertThat(evm("statetest", transactions).lines().getFirst())
        .contains("a transaction test, use evm transactiontest");
    assertThat(evm("transactiontest", blocks).lines().getFirst())
        .contains("a blockchain test, use evm blocktest");
    assertThat(evm("transactiontest", transactions).last()).isEqualTo("1 passed, 2 failed");
    assertThat(evm("blocktest", blocks).last()).isEqualTo("0 passed, 1 failed");
  }
}
