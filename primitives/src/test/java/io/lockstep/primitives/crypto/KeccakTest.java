// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.junit.jupiter.api.Test;

class KeccakTest {
  private static Hash32 of(String text) {
    return Keccak.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void givesKnownAnswers() {
    assertThat(Keccak.EMPTY.toHex())
        .isEqualTo("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assertThat(Keccak.EMPTY_TRIE_ROOT.toHex())
        .isEqualTo("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    assertThat(Keccak.EMPTY_LIST.toHex())
        .isEqualTo("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");
    assertThat(of("abc").toHex())
        .isEqualTo("0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    assertThat(of("Transfer(address,address,uint256)").toHex())
        .isEqualTo("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
  }

  @Test
  void agreesWithAnotherImplementationForEveryLength() {
    Samples samples = new Samples(12);
    KeccakDigest other = new KeccakDigest(256);
    byte[] expected = new byte[32];
    for (int length = 0; length < 600; length++) {
      byte[] bytes = samples.array(length + 3);
      other.update(bytes, 3, length);
      other.doFinal(expected, 0);
      assertThat(Keccak.hash(bytes, 3, length).toArray()).isEqualTo(expected);
    }
  }

  @Test
  void hashesPartsAsTheirConcatenation() {
    Samples samples = new Samples(11);
    for (int length = 0; length < 400; length++) {
      byte[] whole = samples.array(length);
      int at = length == 0 ? 0 : samples.random().nextInt(length);
      Hash32 expected = Keccak.hash(whole);
      assertThat(
              Keccak.hashAll(Arrays.copyOf(whole, at), Arrays.copyOfRange(whole, at, whole.length)))
          .isEqualTo(expected);
      byte[] shifted = new byte[length + 5];
      System.arraycopy(whole, 0, shifted, 3, length);
      assertThat(Keccak.hash(shifted, 3, length)).isEqualTo(expected);
    }
  }
}
