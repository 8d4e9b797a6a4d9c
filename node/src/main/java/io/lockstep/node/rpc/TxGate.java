// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Where a chain's transactions are sent. Any thread. */
@FunctionalInterface
public interface TxGate {
  /**
   * Reads a transaction in its network form and checks what needs no state.
   *
   * @throws RpcError saying why it is refused
   */
  Incoming read(Bytes raw) throws RpcError;

  /**
   * Reads several and offers them in their order.
   *
   * @return what became of each
   */
  default List<Outcome> takeAll(List<Bytes> raws) {
    List<Outcome> outcomes = new ArrayList<>(raws.size());
    for (Bytes raw : raws) {
      try {
        Incoming incoming = read(raw);
        outcomes.add(new Outcome.Accepted(incoming.transaction(), incoming.offer()));
      } catch (RpcError e) {
        outcomes.add(new Outcome.Refused(e));
      }
    }
    return outcomes;
  }

  /** What became of one of several. */
  sealed interface Outcome {
    record Accepted(Transaction transaction, Taken taken) implements Outcome {}

    record Refused(RpcError why) implements Outcome {}
  }

  /** A transaction that was read. */
  interface Incoming {
    Transaction transaction();

    /**
     * Offers it to the pool.
     *
     * @throws RpcError saying why it is refused
     */
    Taken offer() throws RpcError;
  }

  /** What became of one that was not refused. */
  enum Taken {
    /** It can run now. */
    PENDING,
    /** It stands behind a gap, or without funds. */
    QUEUED,
    /** It waits already. */
    KNOWN
  }
}
