// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.rpc;

import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.promise.PromiseAnswer;
import io.lockstep.sequencer.promise.PromiseAsk;
import io.lockstep.sequencer.promise.PromiseOffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Asks the sequencing thread about promises, and waits. Any thread. */
public final class PromiseGate {
  /** The loop answers within two ticks, and within this when its disk is slow. */
  private static final long ANSWER_MS = 10_000;

  private final Predicate<Command> loop;

  /**
   * @param loop takes a command; false when it is too busy
   */
  public PromiseGate(Predicate<Command> loop) {
    this.loop = loop;
  }

  PromiseAnswer request(PromiseAsk ask) throws RpcError {
    CompletableFuture<PromiseAnswer> answer = new CompletableFuture<>();
    offer(new Command.RequestPromise(ask, answer::complete));
    return await(answer);
  }

  PromiseOffer price(PromiseAsk ask) throws RpcError {
    CompletableFuture<PromiseOffer> answer = new CompletableFuture<>();
    offer(new Command.PricePromise(ask, answer::complete));
    return await(answer);
  }

  private void offer(Command command) throws RpcError {
    if (!loop.test(command)) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: the sequencer's inbox is full, try again");
    }
  }

  private static <T> T await(CompletableFuture<T> answer) throws RpcError {
    try {
      return answer.get(ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RpcError(RpcError.LIMIT_EXCEEDED, "busy: the sequencer did not answer in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the loop never fails an answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcError(RpcError.RESOURCE_UNAVAILABLE, "the node is stopping");
    }
  }
}
