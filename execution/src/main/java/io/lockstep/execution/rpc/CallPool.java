// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.StoppedException;
import io.lockstep.execution.state.StatePrunedException;
import io.lockstep.primitives.rpc.RpcError;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * Runs what costs CPU on a few threads of its own {@code rpc-call-i}, so that it cannot starve
 * cheap reads. A full queue is answered "busy"; a caller waits no longer than the call timeout,
 * when the call is interrupted and soon ends.
 */
final class CallPool implements AutoCloseable {
  private static final int QUEUE = 512;
  private final ThreadPoolExecutor threads;
  private final long timeoutMs;

  /** A method of the pool. */
  interface Work {
    JsonNode run() throws RpcError;
  }

  CallPool(int threadCount, long timeoutMs) {
    this.timeoutMs = timeoutMs;
    this.threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().daemon(true).name("rpc-call-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  JsonNode run(Work work) throws RpcError {
    Future<JsonNode> answer;
    try {
      answer = threads.submit(work::run);
    } catch (RejectedExecutionException e) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: too many calls at once");
    }
    try {
      return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new RpcError(RpcError.SERVER, "execution aborted (timeout = " + timeoutMs + " ms)");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.SERVER, "execution aborted");
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  /** What the work threw: an answer for the caller, or a bug for the server's log. */
  private static RpcError unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case RpcError error -> error;
      case StatePrunedException gone -> RpcError.pruned(String.valueOf(gone.getMessage()));
      case StoppedException _ -> new RpcError(RpcError.SERVER, "execution aborted");
      case RuntimeException bug -> throw bug;
      case Error bug -> throw bug;
      case null, default -> throw new IllegalStateException(e);
    };
  }

  /** For loops of work: ends them when nobody waits for their answer any more. */
  static void checkAborted() throws RpcError {
    if (Thread.currentThread().isInterrupted()) {
      throw new RpcError(RpcError.SERVER, "execution aborted");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
