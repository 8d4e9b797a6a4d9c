// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Frame;
import io.lockstep.execution.evm.Status;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the logs of a run, and if wanted among them each transfer of ether as the log that an
 * ERC-20 token would write (ERC-7528 gives the address). One run; its thread.
 */
final class LogTracer implements Tracer {
  private static final Address ETHER =
      Address.fromHex("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

  /** Keccak of {@code Transfer(address,address,uint256)}. */
  private static final Hash32 TRANSFER =
      Hash32.fromHex("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");

  private final boolean transfers;
  private final Deque<List<Numbered>> open = new ArrayDeque<>();
  private List<Numbered> logs = List.of();
  private int nextIndex;

  /** A log and its number in the block; one that is undone keeps its number to itself. */
  record Numbered(Log log, int index) {}

  /**
   * @param transfers whether to see transfers of ether as logs
   * @param firstIndex the number of the first log
   */
  LogTracer(boolean transfers, int firstIndex) {
    this.transfers = transfers;
    this.nextIndex = firstIndex;
  }

  /** All logs of what was not undone. */
  List<Numbered> logs() {
    return List.copyOf(logs);
  }

  /** The number that the next log would have. */
  int nextIndex() {
    return nextIndex;
  }

  @Override
  public void enter(Frame frame) {
    open.push(new ArrayList<>());
    if (frame.kind() != Op.DELEGATECALL && frame.kind() != Op.CALLCODE) {
      add(transfer(frame.callerAddress(), frame.selfAddress(), frame.value()));
    }
  }

  @Override
  public void step(Frame frame, int op) {
    int size = frame.stackSize();
    if (op >= Op.LOG0 && op <= Op.LOG4) {
      add(TracedLog.of(frame, op - Op.LOG0));
    } else if (op == Op.SELFDESTRUCT && size >= 1) {
      Address self = frame.selfAddress();
      Address heir = Address.read(frame.stackWord(size - 1).toArray(), 12);
      add(transfer(self, heir, frame.state().account(self).balance()));
    }
  }

  @Override
  public void exit(Frame frame, int status) {
    List<Numbered> own = open.pop();
    if (!Status.isSuccess(status)) {
      own = List.of();
    }
    List<Numbered> parent = open.peek();
    if (parent == null) {
      logs = own;
    } else {
      parent.addAll(own);
    }
  }

  private void add(@Nullable Log log) {
    List<Numbered> current = open.peek();
    if (log != null && current != null) {
      current.add(new Numbered(log, nextIndex++));
    }
  }

  private @Nullable Log transfer(Address from, Address to, UInt256 wei) {
    return !transfers || wei.isZero()
        ? null
        : new Log(ETHER, List.of(TRANSFER, word(from), word(to)), Bytes.wrap(wei.toArray()));
  }

  private static Hash32 word(Address address) {
    byte[] word = new byte[32];
    System.arraycopy(address.toArray(), 0, word, 12, 20);
    return Hash32.of(word);
  }
}
