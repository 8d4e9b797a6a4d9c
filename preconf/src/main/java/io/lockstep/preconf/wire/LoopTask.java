// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.preconf.wire.RpcExchange.RpcContext;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands work from an event loop to a virtual thread and its outcome back, under the call timeout.
 * Started on the event loop, to which the outcome returns exactly once.
 */
final class LoopTask {
  private static final Logger LOG = LoggerFactory.getLogger(LoopTask.class);

  private LoopTask() {}

  /** Answers a JSON-RPC message. */
  static void rpc(
      RpcContext context,
      byte[] body,
      Gate.Caller caller,
      @Nullable Subscriber subscriber,
      EventLoop loop,
      RpcExchange.Outcome onLoop) {
    Future<?>[] timer = new Future<?>[1];
    RpcExchange exchange =
        new RpcExchange(
            context,
            body,
            caller,
            subscriber,
            (answer, started) ->
                back(
                    loop,
                    () -> {
                      timer[0].cancel(false);
                      onLoop.answered(answer, started);
                    }));
    timer[0] =
        loop.schedule(exchange::expire, context.bounds().answerTimeoutMs(), TimeUnit.MILLISECONDS);
    context.workers().start(exchange);
  }

  /** Answers an HTTP request through its handler. */
  static void http(
      RpcContext context,
      Gate.Caller caller,
      HttpHandler handler,
      HttpRequest request,
      EventLoop loop,
      Consumer<HttpReply> onLoop) {
    AtomicBoolean finished = new AtomicBoolean();
    Thread[] worker = new Thread[1];
    Consumer<HttpReply> once =
        reply -> {
          if (finished.compareAndSet(false, true)) {
            back(loop, () -> onLoop.accept(reply));
          }
        };
    Future<?> timer =
        loop.schedule(
            () -> {
              once.accept(HttpReply.error(504, "request timed out"));
              synchronized (worker) {
                if (worker[0] != null) {
                  worker[0].interrupt();
                }
              }
            },
            context.bounds().answerTimeoutMs(),
            TimeUnit.MILLISECONDS);
    context
        .workers()
        .start(() -> {
          synchronized (worker) {
            worker[0] = Thread.currentThread();
          }
          once.accept(reply(context, caller, handler, request, finished));
          back(loop, () -> timer.cancel(false));
        });
  }

  private static HttpReply reply(
      RpcContext context,
      Gate.Caller caller,
      HttpHandler handler,
      HttpRequest request,
      AtomicBoolean finished) {
    HttpReply refusal = context.gate().refusal(caller);
    if (refusal != null) {
      return refusal;
    }
    if (!context.workers().enter()) {
      return HttpReply.error(503, "busy: too many calls at once");
    }
    try {
      return handler.handle(request);
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      if (!finished.get()) {
        LOG.error("HTTP {} {} failed", request.method(), request.path(), e);
      }
      return HttpReply.error(500, "internal error");
    } finally {
      context.workers().leave();
    }
  }

  /** Runs on the loop; when the server closes nobody is left to be answered. */
  static boolean back(EventLoop loop, Runnable action) {
    try {
      loop.execute(action);
      return true;
    } catch (RejectedExecutionException closing) {
      return false;
    }
  }
}
