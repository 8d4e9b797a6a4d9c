// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.testing.Vectors;
import io.lockstep.primitives.types.Bytes;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The blocks of the public blockchain tests, decoded and written again. */
class BlockVectorsTest {
  @Test
  void givesTheSameBytesHashesAndSenders() throws Exception {
    int[] count = {0, 0, 0};
    for (Path file : Vectors.files(Vectors.folder("blockchain-tests"))) {
      Vectors.lines(
          file,
          line -> {
            JsonNode test = line.get("test");
            String id = line.get("id").asString();
            Bytes genesis = Bytes.fromHex(test.get("genesisRLP").asString());
            Block first = Block.decode(genesis);
            assertThat(first.encoded()).as(id).isEqualTo(genesis);
            assertThat(first.header().hash().toHex())
                .as(id)
                .isEqualTo(test.get("genesisBlockHeader").get("hash").asString());
            for (JsonNode block : test.get("blocks")) {
              Bytes rlp = Bytes.fromHex(block.get("rlp").asString());
              String exception = exception(block);
              if (exception == null) {
                count[0]++;
                count[1] += checkValid(id, rlp, block);
              } else {
                count[2]++;
                checkInvalid(id, rlp, exception);
              }
            }
          });
    }
    assertThat(count[0]).as("valid blocks").isGreaterThan(3_000);
    assertThat(count[1]).as("transactions with a known sender").isGreaterThan(1_000);
    assertThat(count[2]).as("invalid blocks").isGreaterThan(300);
  }

  private static @Nullable String exception(JsonNode block) {
    for (String name : block.propertyNames()) {
      if (name.startsWith("expectException")) {
        return block.get(name).asString();
      }
    }
    return null;
  }

  private static int checkValid(String id, Bytes rlp, JsonNode expected) throws DecodeException {
    Block block = Block.decode(rlp);
    assertThat(block.encoded()).as(id).isEqualTo(rlp);
    assertThat(block.header().hash().toHex())
        .as(id)
        .isEqualTo(expected.get("blockHeader").get("hash").asString());
    JsonNode transactions = expected.path("transactions");
    int senders = 0;
    for (int i = 0; i < transactions.size(); i++) {
      JsonNode sender = transactions.get(i).get("sender");
      if (sender != null) {
        senders++;
        assertThat(String.valueOf(block.transactions().get(i).sender()))
            .as("%s, transaction %d", id, i)
            .isEqualTo(sender.asString());
      }
    }
    return senders;
  }

  private static void checkInvalid(String id, Bytes rlp, String exception) {
    // A block without its list of withdrawals has the form of an older one: execution refuses it.
    boolean mustBeMalformed =
        exception.contains("RLP_") && !exception.contains("RLP_WITHDRAWALS_NOT_READ");
    try {
      assertThat(Block.decode(rlp).encoded()).as(id).isEqualTo(rlp);
      assertThat(mustBeMalformed).as("%s decodes, expected %s", id, exception).isFalse();
    } catch (DecodeException e) {
      assertThat(mustBeMalformed || exception.contains("Block") || exception.contains("TYPE_"))
          .as("%s does not decode: %s, expected %s", id, e.getMessage(), exception)
          .isTrue();
    }
  }
}
