// SPDX-License-Identifier: Apache-2.0
package io.lockstep.crash;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.scenario.Rpc;
import io.lockstep.scenario.TestDevnet;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A user of the follower who sends one transaction after the other and keeps every receipt that was
 * given out, with the moment it came. A transaction without an answer is sent again as it is.
 */
final class Stream {
  private final TestDevnet devnet;
  private final SecretKey account;
  private final Rpc follower;
  private final List<Given> given = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /** A receipt as it was shown. */
  record Given(JsonNode receipt, long atNanos) {
    String hash() {
      return receipt.get("transactionHash").asString();
    }

    /** Block number and index in it. */
    String place() {
      return receipt.get("blockNumber").asString()
          + "/"
          + receipt.get("transactionIndex").asString();
    }
  }

  Stream(TestDevnet devnet, int account) {
    this.devnet = devnet;
    this.account = devnet.account(account);
    List<URI> urls = devnet.file().nodes().stream().map(node -> node.rpc()).toList();
    this.follower = new Rpc(urls.getLast());
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
          follower.raw(
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_sendRawTransactionSync\",\"params\":[\""
                  + tx.encoded().toHex()
                  + "\",2000]}");
      if (answer.has("result")) {
        return new Given(answer.get("result"), System.nanoTime());
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
