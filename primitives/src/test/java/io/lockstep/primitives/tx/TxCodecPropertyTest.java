// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.testing.Samples;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Transactions, receipts, headers and blocks: round trips, and total decoding of anything. */
class TxCodecPropertyTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261122L);

  private final Samples samples = new Samples(SEED);

  @FunctionalInterface
  private interface Decoder {
    /** What the decoded value is written as. */
    Bytes reencode(Bytes input) throws DecodeException;
  }

  @Test
  void readsBackEveryTransactionAndItsSender() throws DecodeException {
    for (TransactionType type : TransactionType.values()) {
      for (int round = 0; round < 200; round++) {
        SecretKey key = samples.key();
        Transaction tx = samples.unsigned(type).sign(key);
        Transaction back = TransactionCodec.decode(tx.encoded());
        assertThat(back.fields()).as("%s, seed %d", type, SEED).isEqualTo(tx.fields());
        assertThat(back.signature()).isEqualTo(tx.signature());
        assertThat(back).isEqualTo(tx).hasSameHashCodeAs(tx);
        assertThat(back.hash()).isEqualTo(Keccak.hash(tx.encoded()));
        assertThat(back.sender()).as("%s, seed %d", type, SEED).isEqualTo(key.address());
        assertThat(back.senderBeforeHomestead()).isEqualTo(key.address());
      }
    }
  }

  @Test
  void readsBackReceiptsHeadersAndBlocks() throws DecodeException {
    for (int round = 0; round < 1_000; round++) {
      Receipt receipt = samples.receipt();
      assertThat(Receipt.decode(receipt.encoded())).as("seed %d", SEED).isEqualTo(receipt);
      assertThat(receipt.hash()).isEqualTo(Keccak.hash(receipt.encoded()));
      BlockHeader header = samples.header();
      assertThat(BlockHeader.decode(header.encoded())).as("seed %d", SEED).isEqualTo(header);
      Block block = samples.block();
      assertThat(Block.decode(block.encoded())).as("seed %d", SEED).isEqualTo(block);
    }
  }

  @Test
  void readsOneFormOfATransactionOnly() {
    checkTotal(() -> samples.forged().encoded(), input -> TransactionCodec.decode(input).encoded());
  }

  @Test
  void readsOneFormOfAReceiptOnly() {
    checkTotal(() -> samples.receipt().encoded(), input -> Receipt.decode(input).encoded());
  }

  @Test
  void readsOneFormOfAHeaderOnly() {
    checkTotal(() -> samples.header().encoded(), input -> BlockHeader.decode(input).encoded());
  }

  @Test
  void readsOneFormOfABlockOnly() {
    checkTotal(() -> samples.block().encoded(), input -> Block.decode(input).encoded());
  }

  /** Whatever comes in: a DecodeException, or a value that is written as it came in. */
  private void checkTotal(Supplier<Bytes> valid, Decoder decoder) {
    for (int round = 0; round < 20_000; round++) {
      byte[] input = samples.damaged(valid.get().toArray());
      if (round % 4 == 0) {
        input = samples.array(samples.random().nextInt(200));
      }
      Bytes bytes = Bytes.wrap(input);
      try {
        assertThat(decoder.reencode(bytes)).as("round %d, seed %d", round, SEED).isEqualTo(bytes);
      } catch (DecodeException refused) {
        assertThat(refused).hasMessageMatching(".+");
      }
    }
  }

  @Test
  void refusesALegacyTransactionInAByteStringOfABlock() {
    Transaction tx = samples.transaction(TransactionType.LEGACY);
    RlpWriter out = new RlpWriter().startList().raw(samples.header().encoded().toArray());
    out.startList().bytes(tx.encoded()).endList().startList().endList().endList();
    assertThatThrownBy(() -> Block.decode(out.toBytes())).hasMessageContaining("byte string");
  }

  @Test
  void refusesTypesItDoesNotKnow() {
    for (int type : new int[] {0, 5, 0x7f, 0x80, 0xbf}) {
      assertThatThrownBy(() -> TransactionCodec.decode(Bytes.of(type, 0xc0)))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("" + type);
    }
    assertThatThrownBy(() -> TransactionCodec.decode(Bytes.EMPTY)).hasMessageContaining("empty");
  }

  @Test
  void findsNoAuthorityOfAnAuthorisationThatIsNotSigned() {
    for (int round = 0; round < 300; round++) {
      Transaction tx = samples.forged();
      for (Authorization authorization : tx.authorizations()) {
        boolean wide = !authorization.yParity().fitsLong() || authorization.yParity().limb(0) > 1;
        if (wide) {
          assertThat(authorization.authority()).as("seed %d", SEED).isNull();
        }
      }
    }
  }

  @Test
  void findsTheAuthorityThatSigned() {
    SecretKey key = samples.key();
    var chainId = samples.uint();
    var address = samples.address();
    byte[] list =
        new RlpWriter()
            .startList()
            .integer(chainId)
            .address(address)
            .integer(-1L)
            .endList()
            .toArray();
    Hash32 digest = Keccak.hashAll(new byte[] {5}, list);
    var signature = io.lockstep.primitives.crypto.Secp256k1.sign(digest, key);
    Authorization authorization =
        new Authorization(
            chainId,
            address,
            -1,
            io.lockstep.primitives.uint.UInt256.of(signature.yParity()),
            signature.r(),
            signature.s());
    assertThat(authorization.authority()).isEqualTo(key.address());
  }
}
