// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptTest {
  private final Samples samples = new Samples(11);

  @Test
  void aStoredReceiptHasNoBloomAndGetsItBackFromItsLogs() throws DecodeException {
    for (TransactionType type : TransactionType.values()) {
      for (List<Log> logs : List.of(List.<Log>of(), List.of(samples.log(), samples.log()))) {
        Receipt receipt = new Receipt(type, true, 21_000, logs);
        assertThat(receipt.encoded().size() - receipt.encodedToStore().size())
            .isGreaterThanOrEqualTo(LogsBloom.LENGTH_BYTES);
        assertThat(Receipt.decodeStored(receipt.encodedToStore())).isEqualTo(receipt);
      }
    }
  }

  @Test
  void theStoreReadsReceiptsThatStillHaveTheirBloom() throws DecodeException {
    Receipt receipt = new Receipt(TransactionType.FEE_MARKET, false, 5, List.of(samples.log()));
    Receipt old =
        new Receipt(TransactionType.LEGACY, true, Hash32.ZERO, 5, LogsBloom.EMPTY, List.of());

    assertThat(Receipt.decodeStored(receipt.encoded())).isEqualTo(receipt);
    assertThat(Receipt.decodeStored(old.encodedToStore()).stateRoot()).isEqualTo(Hash32.ZERO);
  }

  @Test
  void consensusKnowsNoReceiptWithoutABloom() {
    Receipt receipt = new Receipt(TransactionType.FEE_MARKET, true, 5, List.of(samples.log()));

    assertThatThrownBy(() -> Receipt.decode(receipt.encodedToStore()))
        .isInstanceOf(DecodeException.class);
  }
}
