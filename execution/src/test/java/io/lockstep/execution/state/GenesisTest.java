// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class GenesisTest {
  @Test
  void readsWhatGethReads() throws Exception {
    Genesis genesis = TestChain.GENESIS;
    AccountChange contract = genesis.allocation().accounts().get(Address.ofLong(2));
    BlockHeader header = genesis.header(Hash32.ZERO);

    assertThat(genesis.chainId()).isEqualTo(UInt256.of(901));
    assertThat(genesis.forks().at(0, header.timestampSeconds())).isEqualTo(Fork.PRAGUE);
    assertThat(contract).isNotNull();
    AccountState after = contract.after();
    assertThat(after).isNotNull();
    assertThat(after.balance()).isEqualTo(UInt256.of(7));
    assertThat(after.nonce()).isEqualTo(1);
    assertThat(contract.storage()).isEqualTo(Map.of(UInt256.ONE, UInt256.of(2)));
    assertThat(genesis.allocation().newCode().get(after.codeHash())).isEqualTo(Bytes.of(0x60, 1));
    assertThat(header.timestampSeconds()).isEqualTo(0x65);
    assertThat(header.gasLimit()).isEqualTo(30_000_000);
    assertThat(header.baseFeePerGas()).isEqualTo(UInt256.of(1_000_000_000));
    assertThat(header.blobGasUsed()).isZero();
    assertThat(header.parentBeaconBlockRoot()).isEqualTo(Hash32.ZERO);
    assertThat(header.requestsHash()).isEqualTo(BlockHeader.EMPTY_REQUESTS_HASH);
    assertThat(BlockHeader.decode(header.encoded())).isEqualTo(header);
  }

  @Test
  void leavesOutTheFieldsOfForksThatHaveNotBegun() {
    Genesis frontier =
        TestChain.genesis(
            """
            {"config": {"chainId": 1}, "gasLimit": 5000, "difficulty": "0x400000000",
             "nonce": "0x42", "extraData": "0x11", "alloc": {}}
            """);
    BlockHeader header = frontier.header(Hash32.ZERO);

    assertThat(header.baseFeePerGas()).isNull();
    assertThat(header.withdrawalsRoot()).isNull();
    assertThat(header.requestsHash()).isNull();
    assertThat(header.nonce()).isEqualTo(Bytes.fromHex("0x0000000000000042"));
    assertThat(header.gasLimit()).isEqualTo(5000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|field config is missing",
        "[]|is a JSON object",
        "{'config': 3}|field config is not an object",
        "{'config': {}}|field config.chainId is missing",
        "{'config': {'chainId': 1}}|field alloc is missing",
        "{'config': {'chainId': 1, 'pragueTime': 'soon'}}|pragueTime",
        "{'config': {'chainId': 1}, 'alloc': {}}|field difficulty is missing",
        "{'config': {'chainId': 1}, 'alloc': {}, 'difficulty': 0}|field gasLimit is missing",
        "{'config': {'chainId': 1}, 'alloc': {}, 'difficulty': -1}|field difficulty is not a number",
        "{'config': {'chainId': 1}, 'alloc': {'0x12': {}}}|alloc.0x12 is not an address",
        "{'config': {'chainId': 1}, 'alloc': {'0000000000000000000000000000000000000001': 1}}"
            + "|alloc.0000000000000000000000000000000000000001 is not an object",
        "{'config': {'chainId': 1}, 'alloc': {'0000000000000000000000000000000000000001':"
            + " {'nonce': '0x10000000000000000'}}}|nonce has more than 64 bits",
        "{'config': {'chainId': 1}, 'alloc': {'0000000000000000000000000000000000000001':"
            + " {'code': 'zz'}}}|code is not hex",
        "{'config': {'chainId': 1}, 'alloc': {'0000000000000000000000000000000000000001':"
            + " {'storage': {'0x01': '0xgg'}}}}|storage.0x01 is not a pair of words",
        "{'config': {'chainId': 1}, 'alloc': {'000000000000000000000000000000000000000a': {},"
            + " '0x000000000000000000000000000000000000000A': {}}}|stands twice",
        "{'config': {'chainId': 1}, 'alloc': {}, 'difficulty': 0, 'gasLimit': '0x5',"
            + " 'mixHash': '0x01'}|mixHash has 1 bytes",
        "{'config': {'chainId': 1}, 'alloc': {}, 'difficulty': 0,"
            + " 'gasLimit': '0xffffffffffffffff'}|gasLimit is too large",
      })
  void namesTheFieldThatIsWrong(String json, String message) {
    assertThatThrownBy(() -> Genesis.parse(JsonMapper.shared().readTree(json.replace('\'', '"'))))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void keepsTheFileAsItWasRead() {
    assertThat(TestChain.genesis(TestChain.GENESIS.json().toString()).json())
        .isEqualTo(TestChain.GENESIS.json());
  }
}
