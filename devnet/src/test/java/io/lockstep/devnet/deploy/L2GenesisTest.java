// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class L2GenesisTest {
  private static final long GENESIS_SECONDS = 1_700_000_000L;

  @Test
  void givesEachRollupItsChainIdAndTheL1sGenesisTime() throws Exception {
    Genesis genesis = Genesis.parse(L2Genesis.json(1, GENESIS_SECONDS, DevAccounts.BALANCE));

    assertThat(genesis.chainId()).isEqualTo(UInt256.of(902));
    BlockHeader header = genesis.header(Hash32.ZERO);
    assertThat(header.timestampSeconds()).isEqualTo(GENESIS_SECONDS);
    assertThat(header.gasLimit()).isEqualTo(30_000_000L);
    assertThat(header.coinbase()).isEqualTo(GenesisJson.FEE_VAULT);
    assertThat(header.requestsHash()).isEqualTo(BlockHeader.EMPTY_REQUESTS_HASH);
  }

  @Test
  void holdsSystemContractsPredeploysAndWallets() throws Exception {
    Genesis genesis = Genesis.parse(L2Genesis.json(0, GENESIS_SECONDS, DevAccounts.BALANCE));

    assertThat(genesis.allocation().accounts())
        .containsKeys(GenesisJson.SYSTEM_ANCHOR, GenesisJson.SYSTEM_KEY.address())
        .containsKeys(GenesisJson.systemContracts().keySet().toArray(Address[]::new));
    assertThat(balance(genesis, GenesisJson.SYSTEM_KEY.address()).toBigInteger())
        .isEqualTo(BigInteger.TWO.pow(127));
    assertThat(balance(genesis, DevAccounts.keys().get(9).address()))
        .isEqualTo(DevAccounts.BALANCE.amount());
  }

  @Test
  void keepsWhatAUsersFileSaysAndAddsOnlyPredeploysAndSystemContracts() throws Exception {
    JsonNode user =
        GenesisJson.MAPPER.readTree(
            """
            {"config": {"chainId": 4242, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0},
             "gasLimit": "0x1c9c380", "baseFeePerGas": "0x7", "timestamp": "0x5", "extraData": "0xaa",
             "alloc": {"00000000000000000000000000000000000000aa": {"balance": "0x10"}}}
            """);

    ObjectNode merged = L2Genesis.merge(user, GENESIS_SECONDS, null);
    Genesis genesis = Genesis.parse(merged);

    assertThat(genesis.chainId()).isEqualTo(UInt256.of(4242));
    BlockHeader header = genesis.header(Hash32.ZERO);
    assertThat(header.baseFeePerGas()).isEqualTo(UInt256.of(7));
    assertThat(header.gasLimit()).isEqualTo(30_000_000L);
    assertThat(header.timestampSeconds()).isEqualTo(GENESIS_SECONDS);
    assertThat(merged.get("config").has("osakaTime")).isFalse();
    // Four system contracts, four predeploys, the system account and the user's one.
    assertThat(genesis.allocation().accounts()).hasSize(10).containsKey(Address.ofLong(0xaa));
  }

  @Test
  void refusesAFileThatBeginsBeforePrague() throws Exception {
    JsonNode user =
        GenesisJson.MAPPER.readTree(
            """
            {"config": {"chainId": 4242, "londonBlock": 5, "shanghaiTime": 0, "cancunTime": 0,
             "pragueTime": 4000000000}, "alloc": {}}
            """);

    assertThatThrownBy(() -> L2Genesis.merge(user, GENESIS_SECONDS, null))
        .isInstanceOf(L2Genesis.Refused.class)
        .hasMessageContaining("londonBlock")
        .hasMessageContaining("pragueTime");
  }

  @Test
  void refusesAFileWithSomethingWhereAPredeployMustBe() throws Exception {
    JsonNode user =
        GenesisJson.MAPPER.readTree(
            """
            {"config": {"chainId": 4242, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0},
             "alloc": {"%s": {"balance": "0x1"}}}
            """
                .formatted(GenesisJson.SYSTEM_ANCHOR.toHex()));

    assertThatThrownBy(() -> L2Genesis.merge(user, GENESIS_SECONDS, null))
        .isInstanceOf(L2Genesis.Refused.class)
        .hasMessageContaining(GenesisJson.SYSTEM_ANCHOR.toHex());
  }

  private static UInt256 balance(Genesis genesis, Address address) {
    StateDiff.AccountChange change = genesis.allocation().accounts().get(address);
    assertThat(change).isNotNull();
    AccountState account = change.after();
    assertThat(account).isNotNull();
    return account.balance();
  }
}
