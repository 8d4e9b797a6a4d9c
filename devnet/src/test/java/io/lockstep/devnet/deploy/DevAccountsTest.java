// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.crypto.SecretKey;
import org.junit.jupiter.api.Test;

class DevAccountsTest {
  @Test
  void areTheWellKnownAccountsOfTheTestMnemonic() {
    assertThat(DevAccounts.keys().stream().map(key -> key.address().toHex()))
        .containsExactly(
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
            "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
            "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
            "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65",
            "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc",
            "0x976ea74026e726554db657fa54763abd0c3a0aa9",
            "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
            "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f",
            "0xa0ee7a142d267c1f36714e4a8f75612f20a79720");
    assertThat(DevAccounts.keys().getFirst().exposeHex())
        .isEqualTo("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  }

  @Test
  void followsTheVectorsOfBip32() {
    // BIP-32, test vector 1 has another seed; this one is BIP-39's first with an empty passphrase.
    HdKey root =
        HdKey.ofMnemonic(
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon"
                + " about");

    SecretKey first = root.derive("m/44'/60'/0'/0/0").key();

    assertThat(first.address().toHex()).isEqualTo("0x9858effd232b4033e47d90003d41ec34ecaeda94");
  }

  @Test
  void areNotTheOperatorsKeys() {
    for (OperatorKeys keys : OperatorKeys.devnets(8)) {
      assertThat(DevAccounts.keys().stream().map(SecretKey::address))
          .doesNotContain(
              keys.owner().address(),
              keys.posters().get(0).address(),
              keys.posters().get(1).address(),
              keys.committer().address());
    }
  }
}
