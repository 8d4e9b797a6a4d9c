// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.testing.FakeChain;
import io.lockstep.l1client.testing.StubL1;
import io.lockstep.l1client.testing.TestBlobs;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TxSenderTest {
  private final FakeChain chain = new FakeChain();
  private final StubL1 l1 = new StubL1(chain);
  private final JdkTransport transport = new JdkTransport(1_000);
  private final ExecutionClient execution =
      new ExecutionClient(l1.pool(), transport, HttpOptions.DEFAULT);
  private final AccountLanes lanes = new AccountLanes();
  private final TxSender sender =
      new TxSender(
          execution,
          UInt256.of(900),
          new FeeReader(execution, BlobSchedule.UNKNOWN, FakeChain.SLOT_SECONDS),
          FeePolicy.DEFAULT,
          lanes);

  @AfterEach
  void close() {
    l1.close();
    transport.close();
  }

  @Test
  void sendsAndFindsTheReceipt() throws L1Exception {
    Hash32 tx = sender.send(TestBlobs.KEY, TestBlobs.INBOX, UInt256.of(5), Bytes.of(1, 2));
    chain.mine();

    L1Receipt receipt = sender.await(tx, 1_000);

    assertThat(receipt.success()).isTrue();
    assertThat(chain.head().txs().getFirst().tx().value()).isEqualTo(UInt256.of(5));
    assertThat(chain.head().txs().getFirst().tx().gasLimit()).isEqualTo(62_500);
  }

  @Test
  void worksWithANodeThatHasNeitherPriorityFeesNorThePendingTag() throws L1Exception {
    l1.execution().fail("eth_maxPriorityFeePerGas", -32601, "no such method");

    sender.send(TestBlobs.KEY, TestBlobs.INBOX, UInt256.ZERO, Bytes.EMPTY);

    assertThat(l1.execution().sentRaw()).hasSize(1);
  }

  @Test
  void givesTheReasonOfACallThatWouldRevert() {
    l1.execution().fail("eth_estimateGas", 3, "execution reverted: Frozen");

    assertThatThrownBy(() -> sender.send(TestBlobs.KEY, TestBlobs.INBOX, UInt256.ZERO, Bytes.EMPTY))
        .isInstanceOf(L1Exception.class)
        .hasMessageContaining("Frozen");
    assertThat(l1.execution().sentRaw()).isEmpty();
  }

  @Test
  void sendsNothingOrdinaryFromAnAccountThatPostsBlobs() {
    lanes.claim(TestBlobs.KEY.address(), AccountLanes.Lane.BLOB);

    assertThatThrownBy(() -> sender.send(TestBlobs.KEY, TestBlobs.INBOX, UInt256.ZERO, Bytes.EMPTY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one kind");
    assertThat(l1.execution().sentRaw()).isEmpty();
  }

  @Test
  void doesNotWaitForEver() {
    assertThatThrownBy(() -> sender.await(Hash32.ZERO, 1))
        .isInstanceOf(L1Exception.class)
        .hasMessageContaining("in no block");
  }
}
