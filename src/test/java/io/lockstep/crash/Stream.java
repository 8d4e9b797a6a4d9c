// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A user of one node who sends one transaction after the other and keeps every receipt that was
 * given out, with the moment it came. A transaction without an answer is sent again as it is.
 */
final class Stream {
  private final TestDevnet devnet;
  private final SecretKey account;
  private final Rpc node;
  private final List<Given> given = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * A receipt as it was shown.
   *
   * @param commitment what the node had to show for it at that moment; JSON null when nothing
   */
  record Given(JsonNode receipt, JsonNode commitment, long atNanos) {
    private static final int PROVISIONAL = 1;

    String hash() {
      return receipt.get("transactionHash").asString();
    }

    /** Block number and index in it. */
    String place() {
      return Stream.place(receipt);
    }

    /** Whether it is known that a signature without the provisional flag stands behind it. */
    boolean isFinal() {
      JsonNode leaf = commitment.path("leaf");
      String promised = leaf.path("number").asString("") + "/" + leaf.path("txIdx").asString("");
      return promised.equals(place())
          && (Integer.decode(commitment.at("/ctx/flags").asString()) & PROVISIONAL) == 0;
    }
  }

  static String place(JsonNode receipt) {
    return receipt.get("blockNumber").asString() + "/" + receipt.get("transactionIndex").asString();
  }

  /** A user of the follower. */
  Stream(TestDevnet devnet, int account) {
    this(devnet, account, devnet.file().nodes().size() - 1);
  }

  Stream(TestDevnet devnet, int account, int node) {
    this.devnet = devnet;
    this.account = devnet.account(account);
    this.node = devnet.node(node);
    this.thread = Thread.ofVirtual().name("stream").start(this::run);
  }

  private void run() {
    try {
      for (long nonce = 0; !stopped; nonce++) {
        Transaction tx = devnet.transfer(account, nonce, Address.ofLong(0xbeef), 1);
        Given one = untilGiven(tx);
        synchronized (given) {
          given.add(one);
        }
      }
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      failure = e;
    }
  }

  private Given untilGiven(Transaction tx) throws IOException, InterruptedException {
    while (true) {
      JsonNode answer =
          node.raw(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransactionSync\",\"params\":[\""
                  + tx.encoded().toHex()
                  + "\",2000]}");
      if (answer.has("result")) {
        JsonNode commitment = node.call("preconf_getCommitment", tx.hash().toHex());
        return new Given(answer.get("result"), commitment, System.nanoTime());
      }
      int code = answer.get("error").get("code").asInt();
      if (code != 4 && code != 6) {
        throw new AssertionError("nonce " + tx.nonce() + ": " + answer.get("error"));
      }
      Thread.sleep(50); // nobody sequences, or a receipt was shown and its block is being rebuilt
    }
  }

  List<Given> given() {
    Throwable failed = failure;
    if (failed != null) {
      throw new AssertionError("the stream of transactions has ended", failed);
    }
    synchronized (given) {
      return List.copyOf(given);
    }
  }

  /** Ends after the transaction that is under way. */
  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
