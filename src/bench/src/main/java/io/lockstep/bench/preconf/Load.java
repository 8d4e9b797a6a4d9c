// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.preconf;

import io.lockstep.bench.client.RpcHttp;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The signed transfers in the order of sending, as the messages that send them. Immutable once
 * made; any thread.
 */
final class Load {
  private final List<String> messages;
  private final Map<Hash32, Integer> indices;

  private Load(List<String> messages, Map<Hash32, Integer> indices) {
    this.messages = messages;
    this.indices = indices;
  }

  private record Prepared(Hash32 txHash, String message) {}

  /** Signs {@code count} transfers of 1 wei to themselves, the senders in turn. */
  static Load sign(Funding.Fees fees, UInt256 chainId, List<SecretKey> senders, int count) {
    List<Prepared> prepared =
        IntStream.range(0, count)
            .parallel()
            .mapToObj(i -> prepare(fees, chainId, senders, i))
            .toList();
    Map<Hash32, Integer> indices = HashMap.newHashMap(count);
    for (int i = 0; i < count; i++) {
      indices.put(prepared.get(i).txHash, i);
    }
    return new Load(prepared.stream().map(Prepared::message).toList(), indices);
  }

  private static Prepared prepare(
      Funding.Fees fees, UInt256 chainId, List<SecretKey> senders, int index) {
    SecretKey sender = senders.get(index % senders.size());
    long nonce = (long) index / senders.size();
    Transaction tx = fees.transfer(chainId, nonce, sender.address(), UInt256.ONE, sender);
    return new Prepared(
        tx.hash(), RpcHttp.request(index, "eth_sendRawTransaction", tx.encoded().toHex()));
  }

  int size() {
    return messages.size();
  }

  String message(int index) {
    return messages.get(index);
  }

  /** The place of a transaction, or -1 when it is not of this load. */
  int indexOf(Hash32 txHash) {
    return indices.getOrDefault(txHash, -1);
  }
}
