// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hashes that Fabric and Commit-Boost publish, and the strict reading of payloads. */
class FabricTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261123L);

  @Test
  void namesARequestAsFabricDoes() {
    assertThat(new FabricRequest(1, Bytes.EMPTY, Address.ZERO).hash().toHex())
        .isEqualTo("0xf61a6130b6ebfffcb3738e03fe820e4b883b623ec3ab7657ffbf385b2e94edba");
  }

  @Test
  void hashesACommitmentAsFabricDoes() {
    assertThat(new FabricCommitment(1, Bytes.EMPTY, Hash32.ZERO, Address.ZERO).root().toHex())
        .isEqualTo("0x9770f15c80e37efd7af931b39a8b67e01003b923ee5d808b5a87619ebdf30da1");
  }

  private static FabricCommitment.Binding binding(String id, long chainId, String version) {
    byte[] signingId = new byte[32];
    Arrays.fill(signingId, Bytes.fromHex(id).get(0));
    return new FabricCommitment.Binding(Hash32.of(signingId), 0, chainId, Bytes.fromHex(version));
  }

  @Test
  void hasTheDomainsOfThePublicNetworks() {
    assertThat(binding("0x22", 1, "0x00000000").domain().toHex())
        .isEqualTo("0x6d6d6f43f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a9");
    assertThat(binding("0x22", 560_048, "0x10000910").domain().toHex())
        .isEqualTo("0x6d6d6f43719103511efa4f1362ff2a50996cccf329cc84cb410c5e5c7d351d03");
    assertThat(binding("0x22", 11_155_111, "0x90000069").domain().toHex())
        .isEqualTo("0x6d6d6f43d3010778cd08ee514b08fe67b6c503b510987a4ce43f42306d97c67c");
  }

  @Test
  void bindsASignatureAsCommitBoostDoes() {
    Hash32 object =
        Hash32.fromHex("0xcd9aca062121f6f50df1bfd7e74e2b023a5a0d9e1387447568a2119db5022e1b");
    assertThat(binding("0x22", 1, "0x00000000").signingRoot(object).toHex())
        .isEqualTo("0xe646b143a0ddc730a908ede9a41b6f1eac0857e2cb276537fd8362511835fcc9");
  }

  @Test
  void readsBackAPayloadAndNoOtherEncodingOfIt() throws DecodeException {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      byte[] tx = new byte[random.nextInt(300)];
      random.nextBytes(tx);
      FabricPayload payload =
          new FabricPayload(
              random.nextLong() >>> 1,
              Bytes.wrap(tx),
              random.nextLong() >>> 1,
              UInt256.of(random.nextLong()));
      Bytes encoded = payload.encoded();
      assertThat(FabricPayload.decode(encoded)).as("seed %d", SEED).isEqualTo(payload);
      byte[] longer = Arrays.copyOf(encoded.toArray(), encoded.size() + 32);
      byte[] shorter = Arrays.copyOf(encoded.toArray(), encoded.size() - 1);
      byte[] offset = encoded.toArray();
      offset[95] ^= 0x20;
      byte[] wide = encoded.toArray();
      wide[32] = 1;
      for (byte[] other : new byte[][] {longer, shorter, offset, wide, new byte[31]}) {
        assertThatThrownBy(() -> FabricPayload.decode(Bytes.wrap(other)))
            .as("seed %d", SEED)
            .isInstanceOf(DecodeException.class);
      }
    }
  }

  @Test
  void numbersItsTypesByTheKindOfPromise() {
    assertThat(FabricPayload.kindOf(FabricPayload.TYPE_BASE + 2)).isEqualTo(2);
    for (long type : new long[] {0, 1, FabricPayload.TYPE_BASE, FabricPayload.TYPE_BASE + 4, -1}) {
      assertThat(FabricPayload.kindOf(type)).isZero();
    }
  }
}
