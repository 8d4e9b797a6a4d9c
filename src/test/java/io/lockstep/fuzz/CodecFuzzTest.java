// SPDX-License-Identifier: Apache-2.0
package io.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;

/**
 * What anyone may send: any bytes give a value or a {@link DecodeException}, and a value has one
 * encoding, the one that was read.
 */
class CodecFuzzTest {
  private static final int MAX_DEPTH = 64;

  @FuzzTest(maxDuration = "3m")
  void rlpHasOneForm(byte[] input) {
    try {
      RlpReader in = RlpReader.over(input);
      RlpWriter out = new RlpWriter();
      copy(in, out, 0);
      assertThat(out.toArray()).isEqualTo(input);
    } catch (DecodeException refused) {
      // as it should be
    }
  }

  private static void copy(RlpReader in, RlpWriter out, int depth) throws DecodeException {
    while (in.hasNext()) {
      if (in.nextIsList() && depth < MAX_DEPTH) {
        out.startList();
        copy(in.list(), out, depth + 1);
        out.endList();
      } else if (in.nextIsList()) {
        out.raw(in.rawItem());
      } else {
        out.bytes(in.bytes());
      }
    }
  }

  @FuzzTest(maxDuration = "3m")
  void transactionsHaveOneForm(byte[] input) {
    Transaction tx;
    try {
      tx = TransactionCodec.decode(Bytes.wrap(input));
    } catch (DecodeException refused) {
      return;
    }
    assertThat(TransactionCodec.encode(tx)).isEqualTo(input);
    assertThat(tx.hash()).isNotNull();
    tx.sender(); // null or an address, nothing thrown
  }

  @FuzzTest(maxDuration = "3m")
  void blobTransactionsHaveOneForm(byte[] input) {
    try {
      assertThat(BlobTransaction.decode(Bytes.wrap(input)).encoded()).isEqualTo(Bytes.wrap(input));
    } catch (DecodeException refused) {
      // as it should be
    }
  }

  @FuzzTest(maxDuration = "3m")
  void blocksHaveOneForm(byte[] input) {
    try {
      Block block = Block.decode(Bytes.wrap(input));
      assertThat(block.encoded()).isEqualTo(Bytes.wrap(input));
      assertThat(block.header().hash()).isNotNull();
    } catch (DecodeException refused) {
      // as it should be
    }
  }
}
