// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.intake;

import io.lockstep.bench.client.BenchException;
import io.lockstep.config.cli.BenchRpcOptions;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What is sent: signed before the clock runs. Each class of transactions by fresh accounts. */
enum Workload {
  TRANSFERS("transfers"),
  TOKEN_TRANSFERS("token transfers");

  private static final long TOKEN_GAS = 60_000;

  final String title;

  Workload(String title) {
    this.title = title;
  }

  int count(BenchRpcOptions options) {
    return this == TRANSFERS ? options.transfers() : options.tokenTransfers();
  }

  /** Signs all; each lane has senders of its own, so that none waits for another's nonces. */
  List<List<Batch>> lanes(Wallets wallets, BenchRpcOptions options) throws BenchException {
    List<SecretKey> senders = wallets.fund(options.senders());
    Address token = this == TRANSFERS ? Address.ZERO : wallets.token(senders);
    int lanes = options.parallel();
    List<List<Batch>> out = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      int first = lane;
      List<SecretKey> own =
          IntStream.range(0, senders.size())
              .filter(i -> i % lanes == first)
              .mapToObj(senders::get)
              .toList();
      int share = count(options) * (lane + 1) / lanes - count(options) * lane / lanes;
      List<Transaction> txs =
          IntStream.range(0, share).parallel().mapToObj(i -> sign(wallets, own, i, token)).toList();
      List<Batch> batches = new ArrayList<>();
      for (int from = 0; from < share; from += options.batch()) {
        batches.add(Batch.of(txs.subList(from, Math.min(share, from + options.batch()))));
      }
      out.add(batches);
    }
    return out;
  }

  private Transaction sign(Wallets wallets, List<SecretKey> own, int index, Address token) {
    SecretKey sender = own.get(index % own.size());
    long nonce = (long) index / own.size();
    // The next sender's address: it exists, as that of most recipients does.
    Address to = own.get((index + 1) % own.size()).address();
    if (this == TRANSFERS) {
      return wallets.sign(sender, nonce, to, UInt256.ONE, 21_000, Bytes.EMPTY);
    }
    byte[] data = new byte[68];
    Bytes selector = Bytes.fromHex("0xa9059cbb");
    System.arraycopy(selector.toArray(), 0, data, 0, 4);
    to.write(data, 16);
    data[67] = 1;
    return wallets.sign(sender, nonce, token, UInt256.ZERO, TOKEN_GAS, Bytes.wrap(data));
  }
}
