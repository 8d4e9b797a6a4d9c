// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldTextTest {
  private static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(7));
  private static final SecretKey KEY = SecretKey.of(Keccak.hash(new byte[] {1}).toArray());
  private static final Hash32 HASH = Keccak.hash(new byte[] {2});
  private static final Ctx FINAL = new Ctx(5, HASH, HASH, 0);
  private static final TxLeaf LEAF = new TxLeaf(901, 80, HASH, 2, HASH, HASH);
  private static final String WHO = KEY.address().toHex();

  private static <T extends SignedObject> Signed<T> sign(T object, Ctx ctx) {
    return new Signed<>(object, ctx, Secp256k1.sign(DOMAIN.digest(object), KEY));
  }

  private static String promised(PromiseBody body) {
    Promise promise = Promise.of(HASH, 43, body, UInt256.ZERO, 81, FINAL.hash(), 0);
    return HeldText.of(new HeldPromise(KEY.address(), sign(promise, FINAL), body));
  }

  @Test
  void saysWhatAFragPromises() {
    Ctx provisional = new Ctx(5, HASH, HASH, Ctx.PROVISIONAL);
    Frag frag = new Frag(HASH, 43, 80, 0, HASH, provisional.hash(), HASH, 1);
    Commitment commitment =
        new Commitment(KEY.address(), sign(frag, provisional), LEAF, List.of(), null);
    assertThat(HeldText.of(commitment))
        .isEqualTo(
            WHO
                + " promises transaction "
                + HASH
                + " at index 2 of block 80 of rollup 901, window 43 (provisional)");
  }

  @Test
  void saysWhatEachKindOfPromiseSays() {
    assertThat(promised(new PromiseBody.Inclusion(901, Address.ofLong(9), 4, HASH, 81)))
        .isEqualTo(
            WHO
                + " promises nonce 4 of "
                + Address.ofLong(9)
                + ", transaction "
                + HASH
                + ", by tick 81 of rollup 901, window 43");
    assertThat(promised(PromiseBody.Execution.of(LEAF)))
        .contains("promises transaction " + HASH + " at index 2 of block 80 of rollup 901");
    assertThat(promised(PromiseBody.Top.of(LEAF)))
        .contains("promises at the top transaction " + HASH + " at index 2 of block 80 of rollup");
    assertThat(
            promised(
                new PromiseBody.StateLock(
                    901, 80, HASH, Address.ofLong(9), HASH, UInt256.of(0xbeef))))
        .contains("beef in word " + HASH + " of " + Address.ofLong(9) + " below block 80");
  }
}
