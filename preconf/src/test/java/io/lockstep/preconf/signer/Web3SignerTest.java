// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client over real HTTP, against a signer that tells the truth or not. */
class Web3SignerTest {
  private static final SecretKey KEY = SecretKey.fromHex("0x" + "42".repeat(32));
  private static final Bytes PREIMAGE = Bytes.fromHex("0x1901" + "ab".repeat(64));
  private static final long TIMEOUT_MS = 300;

  private FakeWeb3Signer server;
  private final Signers signers = new Signers();
  private Web3Signer signer;

  @BeforeEach
  void start() throws Exception {
    server = new FakeWeb3Signer(KEY);
    signer = signers.remote(server.key(TIMEOUT_MS));
  }

  @AfterEach
  void stop() {
    signers.close();
    server.close();
  }

  @Test
  void signsAsALocalKeyDoesAndSendsWhatIsHashed() throws Exception {
    assertThat(signer.look()).isNull();
    assertThat(signer.trouble()).isNull();

    assertThat(signer.sign(PREIMAGE)).isEqualTo(KEY.sign(PREIMAGE));
    assertThat(server.asked()).containsExactly(PREIMAGE);
    assertThat(signer.isRemote()).isTrue();
    assertThat(KEY.isRemote()).isFalse();
  }

  @Test
  void signsTransactionsOfL1() throws Exception {
    Transaction.Unsigned fields =
        Transaction.Unsigned.feeMarket(
            UInt256.of(900),
            7,
            UInt256.ONE,
            UInt256.of(9),
            21_000,
            Address.ofLong(5),
            UInt256.of(3),
            Bytes.EMPTY);
    assertThat(signer.look()).isNull();

    Transaction signed = fields.sign(signer);
    assertThat(signed.sender()).isEqualTo(KEY.address());
    assertThat(signed.encoded()).isEqualTo(fields.sign(KEY).encoded());
    assertThat(server.asked().getFirst().get(0)).as("type of EIP-1559").isEqualTo((byte) 2);
  }

  @ParameterizedTest
  @EnumSource(FakeWeb3Signer.Mood.class)
  void takesNothingThatIsNotTheKeysSignature(FakeWeb3Signer.Mood mood) throws Exception {
    assertThat(signer.look()).isNull();
    server.mood = mood;
    if (mood.isGood()) {
      Signature signature = signer.sign(PREIMAGE);
      assertThat(Secp256k1.recover(Keccak.hash(PREIMAGE), signature)).isEqualTo(KEY.address());
      return;
    }
    long began = System.nanoTime();
    assertThatThrownBy(() -> signer.sign(PREIMAGE))
        .isInstanceOf(SignerException.class)
        .hasMessageStartingWith("signer 127.0.0.1:")
        .hasMessageContaining(mood.refusal);
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertThat(tookMs).as("milliseconds").isLessThan(TIMEOUT_MS + 2_000);

    assertThat(signer.trouble()).contains(mood.refusal);
    assertThatThrownBy(() -> signer.sign(PREIMAGE)).hasMessageContaining(mood.refusal);
    assertThat(server.asked()).as("asked once, then let alone").hasSize(1);

    server.mood = FakeWeb3Signer.Mood.HONEST;
    assertThat(signer.look()).isNull();
    assertThat(signer.sign(PREIMAGE)).isEqualTo(KEY.sign(PREIMAGE));
  }

  @Test
  void saysThatTheSignerIsAwayAndNoticesThatItIsBack() throws Exception {
    assertThat(signer.trouble()).contains("has not answered yet");
    awaitWell();
    server.die();
    assertThatThrownBy(() -> signer.sign(PREIMAGE)).hasMessageContaining("is away");
    assertThat(signer.look()).contains("is away");

    server.comeBack();
    awaitWell();
    assertThat(signer.sign(PREIMAGE)).isEqualTo(KEY.sign(PREIMAGE));
  }

  /** Asking what is wrong is what makes it look. */
  private void awaitWell() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (signer.trouble() != null) {
      assertThat(System.nanoTime()).as("within 20 s: " + signer.trouble()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  @Test
  void saysThatTheSignerDoesNotHoldTheKey() {
    server.holdsTheKey = false;
    assertThat(signer.look()).contains("does not hold the key of " + KEY.address());
    assertThatThrownBy(() -> signer.sign(PREIMAGE)).hasMessageContaining("does not hold the key");
    assertThat(server.asked()).isEmpty();
  }
}
