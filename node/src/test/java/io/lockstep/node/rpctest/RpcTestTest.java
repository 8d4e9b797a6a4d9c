// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpctest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversations over a chain of one block, its genesis: every file counts, and a wrong one fails.
 */
class RpcTestTest {
  private static final SecretKey KEY = SecretKey.fromHex("0x" + "11".repeat(32));

  @TempDir private Path dir;

  @BeforeEach
  void aChainWithoutBlocks() throws IOException {
    Files.createDirectories(dir.resolve("chain"));
    Files.createDirectories(dir.resolve("tests/b"));
    Files.write(dir.resolve("chain/chain.rlp"), new byte[0]);
    Files.writeString(
        dir.resolve("chain/genesis.json"),
        """
        {"config": {"chainId": 901, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0,
           "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0,
           "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0,
           "terminalTotalDifficulty": 0, "shanghaiTime": 0},
         "gasLimit": "0x1c9c380", "difficulty": "0x0", "timestamp": "0x65",
         "baseFeePerGas": "0x3b9aca00", "alloc": {"%s": {"balance": "0x8ac7230489e80000"}}}
        """
            .formatted(KEY.address()));
  }

  private void file(String name, String... lines) throws IOException {
    Files.write(dir.resolve("tests").resolve(name), List.of(lines));
  }

  private static String ask(String method, String params) {
    return ">> {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}"
        .formatted(method, params);
  }

  private static String expect(String json) {
    return "<< {\"jsonrpc\":\"2.0\",\"id\":1," + json.replace('\'', '"') + "}";
  }

  private List<RpcTest.Result> results() throws Exception {
    List<RpcTest.Result> results = new ArrayList<>();
    try (RpcTest test =
        new RpcTest(dir.resolve("chain"), Files.createDirectory(dir.resolve("work")))) {
      test.playAll(dir.resolve("tests"), results::add);
    }
    return results;
  }

  @Test
  void playsEveryFileInOrderOfPathAndTellsTheWrongOnes() throws Exception {
    file("c.io", "// a remark", ask("eth_chainId", ""), expect("'result':'0x385'"));
    file("a.io", ask("eth_chainId", ""), expect("'result':'0x386'"));
    file(
        "b/two.io",
        ask("eth_chainId", ""),
        expect("'result':'0x385'"),
        ask("no_such", ""),
        expect("'error':{'code':-32601,'message':'?'}"));
    file("d.io", "// speconly: shape", ask("eth_chainId", ""), expect("'result':'0x1'"));
    file("e.io", ask("eth_chainId", ""));
    file("f.io");
    file("not-one.txt", "anything");

    List<RpcTest.Result> results = results();

    assertThat(results.stream().map(RpcTest.Result::name))
        .containsExactly("a.io", "b/two.io", "c.io", "d.io", "e.io", "f.io");
    assertThat(results.stream().filter(each -> each.fault() == null).map(RpcTest.Result::name))
        .containsExactly("b/two.io", "c.io", "d.io");
    assertThat(results.getFirst().fault()).contains("0x386");
    assertThat(results.get(4).fault()).contains("no answer");
  }

  @Test
  void takesTransactionsAndBuildsBlocks() throws Exception {
    Transaction tx =
        Transaction.Unsigned.feeMarket(
                UInt256.of(901),
                0,
                UInt256.of(2),
                UInt256.of(10_000_000_000L),
                21_000,
                Address.ZERO,
                UInt256.of(1),
                Bytes.EMPTY)
            .sign(KEY);
    String raw = "\"" + tx.encoded() + "\"";
    file(
        "a.io",
        ask("eth_sendRawTransaction", raw),
        expect("'result':'" + tx.hash() + "'"),
        ask("eth_sendRawTransaction", raw),
        expect("'error':{'code':-32000,'message':'known'}"),
        ask("txpool_status", ""),
        expect("'result':{'pending':'0x1','queued':'0x0'}"));
    String attributes =
        "{\"timestamp\":\"0x66\",\"prevRandao\":\"0x%s\",\"suggestedFeeRecipient\":\"0x%s\",\"withdrawals\":[]}"
            .formatted("00".repeat(32), "00".repeat(20));
    file(
        "b.io",
        "// speconly",
        ask("testing_buildBlockV1", "\"0x" + "12".repeat(32) + "\"," + attributes + ",[]"),
        expect("'error':{'code':-32000,'message':'not found'}"));

    assertThat(results()).allSatisfy(each -> assertThat(each.fault()).as(each.name()).isNull());
  }

  @Test
  void refusesAChainThatIsNotOne() throws Exception {
    Files.write(dir.resolve("chain/chain.rlp"), new byte[] {(byte) 0xc1, (byte) 0x80});
    Path work = Files.createDirectory(dir.resolve("work"));
    assertThatThrownBy(() -> new RpcTest(dir.resolve("chain"), work).close())
        .isInstanceOf(DecodeException.class);
    assertThat(Objects.requireNonNull(work.toFile().list())).isNotEmpty();
  }
}
