// SPDX-License-Identifier: Apache-2.0
package io.lockstep.interop;

import static org.awaitility.Awaitility.await;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Promises asked of whichever operator of a devnet sequences, and false ones in their place. */
final class Promises {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final UInt256 TIP_WEI = UInt256.of(10_000_000_000L);
  private static final UInt256 CAP_WEI = UInt256.of(200_000_000_000L);

  private final TestDevnet devnet;
  private long tick;

  Promises(TestDevnet devnet) {
    this.devnet = devnet;
  }

  /** In which the last one that was asked for was signed. */
  long tick() {
    return tick;
  }

  /** Asks for {@code inclusion}, {@code top} or {@code lock} until somebody promises it. */
  JsonNode ask(String name) {
    AtomicReference<@Nullable JsonNode> given = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          for (int i = 0; i < devnet.file().nodes().size() - 1; i++) {
            JsonNode answer = devnet.node(i).raw(request(name));
            if (answer.has("result")) {
              given.set(answer.get("result"));
              return true;
            }
          }
          return false;
        });
    JsonNode promise = Objects.requireNonNull(given.get());
    tick = Long.decode(promise.get("tick").asString());
    return promise;
  }

  private String request(String name) throws IOException, InterruptedException {
    ObjectNode ask = Rpc.JSON.createObjectNode();
    if (name.equals("lock")) {
      ask.put("kind", "0x3");
      ask.put("account", devnet.account(3).address().toHex());
      ask.put("slot", Hash32.ZERO.toHex());
    } else {
      ask.put("kind", name.equals("top") ? "0x3" : "0x1");
      ask.put("transaction", transfer().encoded().toHex());
    }
    ObjectNode request = Rpc.JSON.createObjectNode();
    request.put("jsonrpc", "2.0").put("id", 1).put("method", "preconf_requestPromise");
    request.putArray("params").add(ask);
    return request.toString();
  }

  private Transaction transfer() throws IOException, InterruptedException {
    SecretKey sender = devnet.account(3);
    long nonce =
        devnet.follower().number("eth_getTransactionCount", sender.address().toHex(), "pending");
    return Transaction.Unsigned.feeMarket(
            UInt256.of(devnet.file().rollups().getFirst().chainId()),
            nonce,
            TIP_WEI,
            CAP_WEI,
            21_000,
            Address.ofLong(0xcafe),
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(sender);
  }

  /** What the committer did not keep, in the place of what it kept by {@code tick}. */
  static HeldPromise lie(
      CommitmentDomain domain, HeldPromise kept, SecretKey committer, long tick) {
    PromiseBody said =
        switch (kept.said()) {
          case PromiseBody.Inclusion inclusion ->
              new PromiseBody.Inclusion(
                  inclusion.rollupId(),
                  inclusion.sender(),
                  inclusion.nonce() + 1_000,
                  inclusion.txHash(),
                  tick);
          case PromiseBody.Placed placed ->
              new PromiseBody.Top(
                  placed.rollupId(), placed.number(), 0, placed.txHash(), placed.receiptHash());
          case PromiseBody.StateLock lock ->
              new PromiseBody.StateLock(
                  lock.rollupId(),
                  lock.number(),
                  lock.parentHash(),
                  lock.account(),
                  lock.slot(),
                  UInt256.of(7));
        };
    Promise original = kept.signed().object();
    Promise promise =
        Promise.of(
            original.clusterId(),
            original.windowSlot(),
            said,
            original.coverageWei(),
            said instanceof PromiseBody.Inclusion ? tick : original.deadlineTick(),
            original.ctxHash(),
            original.nonce());
    Signed<Promise> signed =
        new Signed<>(
            promise, kept.signed().ctx(), Secp256k1.sign(domain.digest(promise), committer));
    return new HeldPromise(committer.address(), signed, said);
  }
}
