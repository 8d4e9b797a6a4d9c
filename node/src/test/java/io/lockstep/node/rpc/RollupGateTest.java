// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.rpc.ChainView;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.rpc.BatchedMethod;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.mempool.AddResult;
import io.lockstep.sequencer.mempool.DropListener;
import io.lockstep.sequencer.mempool.Mempool;
import io.lockstep.sequencer.mempool.MempoolLimits;
import io.lockstep.sequencer.mempool.SenderState;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Batches of raw transactions on their way into a pool. */
class RollupGateTest {
  private static final SenderState RICH = new SenderState(0, UInt256.of(1_000_000_000_000_000L));

  private final Mempool pool = new Mempool(MempoolLimits.DEFAULT, DropListener.NONE);
  private final List<Integer> commands = new ArrayList<>();
  private final List<Transaction> passedOn = new ArrayList<>();
  private final List<Transaction> kept = new ArrayList<>();
  private boolean busy;

  private final RollupGate gate =
      new RollupGate(
          901,
          this::take,
          new Streams(new CommitmentDomain(900, Address.ZERO), Runnable::run),
          (id, tx) -> passedOn.add(tx),
          tx -> tx.gasLimit() < 21_000 ? "intrinsic gas too low" : null,
          kept::addAll);

  private boolean take(Command command) {
    if (!busy && command instanceof Command.Submit submit) {
      commands.add(submit.txs().size());
      List<AddResult> results = new ArrayList<>();
      submit.txs().forEach(tx -> results.add(pool.add(tx, address -> RICH, 0)));
      submit.reply().accept(results);
    }
    return !busy;
  }

  private static Transaction tx(int sender, long nonce, long gas) {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            nonce,
            UInt256.ONE,
            UInt256.of(100),
            gas,
            Address.ZERO,
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(SecretKey.fromHex("0x" + "%02x".formatted(sender + 1).repeat(32)));
  }

  private static ArrayNode params(String raw) {
    return JsonNodeFactory.instance.arrayNode().add(raw);
  }

  private List<BatchedMethod.Answer> send(List<? extends JsonNode> calls) {
    Map<String, RpcMethod> methods = new HashMap<>();
    new TxMethods(unused(), gate, new SyncDesk(), new TxMethods.Timeouts(1, 1)).addTo(methods);
    RpcMethod method = Objects.requireNonNull(methods.get("eth_sendRawTransaction"));
    return ((BatchedMethod) method).callAll(List.copyOf(calls));
  }

  private static ChainView unused() {
    return (ChainView)
        Proxy.newProxyInstance(
            RollupGateTest.class.getClassLoader(),
            new Class<?>[] {ChainView.class},
            (proxy, method, args) -> {
              throw new AssertionError(method);
            });
  }

  private static String fault(BatchedMethod.Answer answer) {
    return answer instanceof BatchedMethod.Answer.Failure(RpcError error) ? error.text() : "";
  }

  @Test
  void takesABatchAsOneCommandInItsOrder() {
    List<Transaction> txs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      txs.add(tx(i % 4, i / 4, 21_000));
    }
    List<BatchedMethod.Answer> answers =
        send(txs.stream().map(tx -> params(tx.encoded().toHex())).toList());

    for (int i = 0; i < 100; i++) {
      assertThat(answers.get(i))
          .isEqualTo(
              new BatchedMethod.Answer.Result(
                  JsonNodeFactory.instance.stringNode(txs.get(i).hash().toHex())));
    }
    assertThat(commands).containsExactly(100);
    assertThat(pool.pendingCount()).isEqualTo(100);
    assertThat(passedOn).isEqualTo(txs);
    assertThat(kept).isEqualTo(txs);
  }

  @Test
  void aBadOneOfABatchSpoilsNoOther() {
    Transaction first = tx(0, 0, 21_000);
    Transaction second = tx(0, 1, 21_000);
    List<BatchedMethod.Answer> answers =
        send(
            List.of(
                params(first.encoded().toHex()),
                params("0x02c0"),
                params("nonsense"),
                params(tx(1, 0, 20_999).encoded().toHex()),
                params(first.encoded().toHex()),
                JsonNodeFactory.instance.arrayNode(),
                params(second.encoded().toHex())));

    assertThat(answers.get(0)).isInstanceOf(BatchedMethod.Answer.Result.class);
    assertThat(fault(answers.get(1))).startsWith("invalid transaction");
    assertThat(fault(answers.get(2))).contains("transaction");
    assertThat(fault(answers.get(3))).isEqualTo("intrinsic gas too low");
    assertThat(fault(answers.get(4))).isEqualTo("already known");
    assertThat(fault(answers.get(5))).isNotEmpty();
    assertThat(answers.get(6)).isInstanceOf(BatchedMethod.Answer.Result.class);
    assertThat(commands).containsExactly(3);
    assertThat(pool.pendingCount()).isEqualTo(2);
    assertThat(kept).containsExactly(first, second);
  }

  @Test
  void aFullInboxIsAnsweredAsBusy() {
    busy = true;
    List<BatchedMethod.Answer> answers =
        send(
            List.of(
                params(tx(0, 0, 21_000).encoded().toHex()),
                params(tx(0, 1, 21_000).encoded().toHex())));
    assertThat(answers).hasSize(2).allSatisfy(a -> assertThat(fault(a)).startsWith("busy"));
    assertThat(passedOn).isEmpty();
  }

  @Test
  void aPeersPassingOnIsRepeatedForOneThatWaitsAlready() throws Exception {
    Transaction tx = tx(0, 0, 21_000);
    assertThat(gate.read(tx.encoded()).offer()).isEqualTo(TxGate.Taken.PENDING);
    assertThat(gate.read(tx.encoded()).offer()).isEqualTo(TxGate.Taken.KNOWN);
    assertThat(gate.read(tx(0, 2, 21_000).encoded()).offer()).isEqualTo(TxGate.Taken.QUEUED);
    assertThat(passedOn).hasSize(3);
    assertThat(kept).hasSize(2);
    Transaction again = tx(0, 1, 21_000);
    gate.takeAgain(List.of(again.encoded()));
    assertThat(pool.get(again.hash())).isNotNull();
    assertThat(kept).hasSize(2);
  }
}
