// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.intake;

import io.lockstep.bench.client.BenchException;
import io.lockstep.bench.client.RpcHttp;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Transactions as one JSON-RPC message. Immutable; any thread.
 *
 * @param hashes of the transactions, which are also the expected results
 */
record Batch(String message, List<Hash32> hashes) {
  static Batch of(List<Transaction> txs) {
    String message =
        IntStream.range(0, txs.size())
            .mapToObj(
                i -> RpcHttp.request(i, "eth_sendRawTransaction", txs.get(i).encoded().toHex()))
            .collect(Collectors.joining(",", "[", "]"));
    return new Batch(message, txs.stream().map(Transaction::hash).toList());
  }

  /** Every one was taken and is answered with its hash. */
  void check(JsonNode answers) throws BenchException {
    Map<Integer, JsonNode> byId = new HashMap<>();
    answers.forEach(answer -> byId.put(answer.path("id").asInt(-1), answer));
    for (int i = 0; i < hashes.size(); i++) {
      JsonNode answer = byId.get(i);
      if (answer == null || !answer.path("result").asString("").equals(hashes.get(i).toHex())) {
        throw new BenchException(
            "a transaction was not taken: " + (answer == null ? answers : answer));
      }
    }
  }
}
