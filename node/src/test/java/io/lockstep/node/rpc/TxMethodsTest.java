// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateReader;
import io.lockstep.execution.rpc.ChainView;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sending, and waiting for the receipt, as EIP-7966 says. */
class TxMethodsTest {
  private static final SecretKey KEY = SecretKey.fromHex("0x" + "11".repeat(32));
  private static final Transaction TX = transaction(3);

  private final SyncDesk desk = new SyncDesk();
  private final Map<String, RpcMethod> methods = new HashMap<>();
  private TxGate.Taken answer = TxGate.Taken.PENDING;
  private Runnable onOffer = () -> {};
  private long waitedMs;
  private volatile ChainView.@Nullable OpenPart open;

  private static Transaction transaction(long nonce) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            nonce,
            UInt256.ONE,
            UInt256.of(100),
            21_000,
            Address.ZERO,
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(KEY);
  }

  @BeforeEach
  void table() {
    TxGate gate =
        raw -> {
          if (!raw.equals(TX.encoded())) {
            throw new RpcError(RpcError.SERVER, "invalid transaction");
          }
          return new TxGate.Incoming() {
            @Override
            public Transaction transaction() {
              return TX;
            }

            @Override
            public TxGate.Taken offer() throws RpcError {
              onOffer.run();
              if (answer == TxGate.Taken.KNOWN && open != null) {
                throw new RpcError(RpcError.SERVER, "nonce too low");
              }
              return answer;
            }
          };
        };
    new TxMethods(view(), gate, desk, new TxMethods.Timeouts(40, 400)).addTo(methods);
  }

  private long pendingNonce = 3;

  private ChainView view() {
    return (ChainView)
        Proxy.newProxyInstance(
            ChainView.class.getClassLoader(),
            new Class<?>[] {ChainView.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "forks" -> ForkSchedule.allAt(Fork.OSAKA);
                  case "pendingNonce" -> pendingNonce;
                  case "open" -> open;
                  case "transaction", "waiting" -> null;
                  default -> throw new AssertionError(method);
                });
  }

  private void include() {
    BlockEnv env =
        new BlockEnv(
            7,
            Hash32.ZERO,
            1,
            Address.ZERO,
            Hash32.ZERO,
            UInt256.ZERO,
            30_000_000,
            UInt256.ONE,
            0,
            Hash32.ZERO,
            Bytes.EMPTY);
    Receipt receipt =
        new Receipt(
            TransactionType.FEE_MARKET, true, null, 21_000, LogsBloom.of(List.of()), List.of());
    open = new ChainView.OpenPart(env, List.of(TX), List.of(receipt), new Nothing());
  }

  private static final class Nothing implements StateReader {
    @Override
    public @Nullable AccountState account(Address address) {
      return null;
    }

    @Override
    public UInt256 storage(Address address, UInt256 key) {
      return UInt256.ZERO;
    }

    @Override
    public Bytes code(Hash32 codeHash) {
      return Bytes.EMPTY;
    }
  }

  private JsonNode send(String method, String more) throws RpcError {
    long began = System.nanoTime();
    try {
      return Objects.requireNonNull(methods.get(method))
          .call(JsonMapper.shared().readTree("[\"" + TX.encoded() + "\"" + more + "]"));
    } finally {
      waitedMs = (System.nanoTime() - began) / 1_000_000;
    }
  }

  private RpcError refused(String method, String more) {
    RpcError error = catchThrowableOfType(RpcError.class, () -> send(method, more));
    assertThat(error).as(method).isNotNull();
    return error;
  }

  private static String text(@Nullable JsonNode node) {
    return node == null ? "" : node.asString();
  }

  @Test
  void sendingAnswersWithTheHash() throws Exception {
    assertThat(send("eth_sendRawTransaction", "").asString()).isEqualTo(TX.hash().toHex());
    answer = TxGate.Taken.QUEUED;
    assertThat(send("eth_sendRawTransaction", "").asString()).isEqualTo(TX.hash().toHex());
    answer = TxGate.Taken.KNOWN;
    assertThat(refused("eth_sendRawTransaction", "").text()).isEqualTo("already known");
  }

  @Test
  void answersWithTheReceiptAsSoonAsThereIsOne() throws Exception {
    onOffer =
        () -> {
          include();
          desk.shown(List.of(TX.hash()));
        };
    JsonNode receipt = send("eth_sendRawTransactionSync", ",400");
    assertThat(receipt.path("transactionHash").asString()).isEqualTo(TX.hash().toHex());
    assertThat(receipt.path("blockNumber").asString()).isEqualTo("0x7");
    assertThat(waitedMs).isLessThan(390);
    // Sent again, it is answered without being offered.
    onOffer =
        () -> {
          throw new AssertionError("offered again");
        };
    assertThat(send("eth_sendRawTransactionSync", "")).isEqualTo(receipt);
  }

  @Test
  void saysWithCode4ThatItWasNotProcessedInTime() {
    RpcError late = refused("eth_sendRawTransactionSync", ",90");
    assertThat(late.code()).isEqualTo(4);
    assertThat(text(late.data())).isEqualTo(TX.hash().toHex());
    assertThat(waitedMs).isGreaterThanOrEqualTo(89);
    assertThat(refused("eth_sendRawTransactionSync", ",\"0x5a\"").text()).contains("90 ms");
  }

  @Test
  void aTimeoutThatIsNotValidMeansTheDefault() {
    for (String invalid : List.of("", ",0", ",-5", ",401", ",\"soon\"", ",null", ",1.5")) {
      RpcError late = refused("eth_sendRawTransactionSync", invalid);
      assertThat(late.code()).isEqualTo(4);
      assertThat(late.text()).as(invalid).contains("within 40 ms");
    }
  }

  @Test
  void saysWithCode5ThatItCannotRunYet() {
    answer = TxGate.Taken.QUEUED;
    RpcError queued = refused("eth_sendRawTransactionSync", "");
    assertThat(queued.code()).isEqualTo(5);
    assertThat(text(queued.data())).isEqualTo(TX.hash().toHex());
  }

  @Test
  void refusesANonceGapWithCode6AndDoesNotOfferIt() {
    pendingNonce = 1;
    onOffer =
        () -> {
          throw new AssertionError("offered");
        };
    RpcError gap = refused("eth_sendRawTransactionSync", "");
    assertThat(gap.code()).isEqualTo(6);
    assertThat(text(gap.data())).isEqualTo("0x1");
  }

  @Test
  void aRefusalOfWhatWasJustIncludedIsItsReceipt() throws Exception {
    answer = TxGate.Taken.KNOWN;
    onOffer = this::include;
    assertThat(send("eth_sendRawTransactionSync", "").path("status").asString()).isEqualTo("0x1");
  }
}
