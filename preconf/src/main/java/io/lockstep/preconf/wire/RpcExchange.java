// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.RpcBounds;
import io.lockstep.primitives.rpc.BatchedMethod;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.rpc.RpcMethod;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON-RPC message from its bytes to its answer: runs on a virtual thread; calls of a batch run
 * in their order, neighbours of one {@link BatchedMethod} together. {@link #expire} may come from
 * another thread at any moment: then what is answered so far goes out, and the rest as timed out.
 */
final class RpcExchange implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RpcExchange.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int MAX_NAME_CHARS = 100;

  /** Calls answered as one piece of work, at most: others wait for the threads that it keeps. */
  private static final int MAX_UNIT_CALLS = 128;

  private final RpcContext context;
  private final byte[] body;
  private final Gate.Caller caller;
  private final @Nullable Subscriber subscriber;
  private final Outcome outcome;

  private final AtomicBoolean finished = new AtomicBoolean();
  private @Nullable Thread worker;
  private @Nullable RpcMessage message;
  private final List<byte[]> answers = new ArrayList<>();
  private final List<Subscription> started = new ArrayList<>();
  private int answered;
  private long answerBytes;

  /** What the exchanges of one endpoint share. */
  record RpcContext(
      RpcEndpoint endpoint, RpcBounds bounds, Json json, Workers workers, Gate gate) {}

  /** Takes the end of an exchange, once, from any thread. */
  interface Outcome {
    /**
     * The answer is ready.
     *
     * @param answer null when there was nothing but notifications
     * @param started subscriptions to activate after the answer was written
     */
    void answered(byte @Nullable [] answer, List<Subscription> started);
  }

  RpcExchange(
      RpcContext context,
      byte[] body,
      Gate.Caller caller,
      @Nullable Subscriber subscriber,
      Outcome outcome) {
    this.context = context;
    this.body = body;
    this.caller = caller;
    this.subscriber = subscriber;
    this.outcome = outcome;
  }

  @Override
  public void run() {
    synchronized (this) {
      worker = Thread.currentThread();
    }
    RpcMessage parsed = RpcMessage.parse(context.json, body, context.bounds.maxBatch());
    synchronized (this) {
      message = parsed;
    }
    if (parsed instanceof RpcMessage.Calls(List<RpcMessage.Call> calls, boolean batch)) {
      int from = 0;
      while (from < calls.size()) {
        if (finished.get() || !hasRoom()) {
          return;
        }
        int to = endOfUnit(calls, from);
        List<RpcMessage.Call> unit = calls.subList(from, to);
        List<Answer> unitAnswers =
            unit.size() == 1 ? List.of(answer(unit.getFirst())) : answerAll(unit);
        for (int i = 0; i < unit.size(); i++) {
          if (!keep(unit.get(i), unitAnswers.get(i))) {
            return;
          }
        }
        from = to;
      }
    }
    finish();
  }

  /** Where the calls end that are answered together with the one at {@code from}. */
  private int endOfUnit(List<RpcMessage.Call> calls, int from) {
    int to = from + 1;
    String method = calls.get(from).method();
    if (context.endpoint.methods().get(method) instanceof BatchedMethod) {
      while (to < calls.size()
          && to - from < MAX_UNIT_CALLS
          && calls.get(to).method().equals(method)) {
        to++;
      }
    }
    return to;
  }

  /** Waits while the caller is behind with reading; false when that took too long. */
  private boolean hasRoom() {
    try {
      if (subscriber != null) {
        subscriber.awaitRoom();
      }
      return true;
    } catch (InterruptedException e) {
      // The time is up: what is left was answered as timed out.
      return false;
    }
  }

  /** An answer with the subscription that it announces, if any. */
  private record Answer(ObjectNode node, @Nullable Subscription subscription) {}

  private boolean keep(RpcMessage.Call call, Answer answer) {
    byte[] bytes = call.id() == null ? null : encode(call.id(), answer.node);
    synchronized (this) {
      if (!finished.get()) {
        answered++;
        if (bytes != null) {
          answers.add(bytes);
          answerBytes += bytes.length;
        }
        if (answer.subscription != null) {
          started.add(answer.subscription);
        }
        return true;
      }
    }
    if (answer.subscription != null && subscriber != null) {
      // The caller was told that the call timed out: nobody knows this subscription's id.
      subscriber.unsubscribe(answer.subscription.id());
    }
    return false;
  }

  private byte[] encode(JsonNode id, ObjectNode answer) {
    byte[] bytes = Json.write(answer);
    long limit = context.bounds.maxAnswerBytes();
    if (answerBytes + bytes.length > limit) {
      return Json.write(
          failure(
              id,
              new RpcError(
                  RpcError.LIMIT_EXCEEDED, "answer exceeds the limit of " + limit + " bytes")));
    }
    return bytes;
  }

  private Answer answer(RpcMessage.Call call) {
    JsonNode id = call.id() == null ? JSON.nullNode() : call.id();
    RpcError refusal = context.gate.refusal(caller, call.method());
    RpcError fault = refusal == null ? call.fault() : refusal;
    if (fault != null) {
      return new Answer(failure(id, fault), null);
    }
    if (!context.workers.enter()) {
      return new Answer(
          failure(id, new RpcError(RpcError.LIMIT_EXCEEDED, "busy: too many calls at once")), null);
    }
    try {
      return switch (call.method()) {
        case "eth_subscribe" -> subscribe("eth", call, id);
        case "preconf_subscribe" -> subscribe("preconf", call, id);
        case "eth_unsubscribe", "preconf_unsubscribe" ->
            new Answer(success(id, JSON.booleanNode(unsubscribe(call))), null);
        default -> new Answer(success(id, method(call.method()).call(call.params())), null);
      };
    } catch (RpcError e) {
      return new Answer(failure(id, e), null);
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      if (!finished.get()) {
        LOG.error("JSON-RPC method {} failed", shorten(call.method()), e);
      }
      return new Answer(failure(id, new RpcError(RpcError.INTERNAL, "internal error")), null);
    } finally {
      context.workers.leave();
    }
  }

  /** Answers neighbouring calls of one batched method: those that may be made, at once. */
  private List<Answer> answerAll(List<RpcMessage.Call> unit) {
    List<@Nullable RpcError> refusals = new ArrayList<>(unit.size());
    List<JsonNode> params = new ArrayList<>(unit.size());
    for (RpcMessage.Call call : unit) {
      RpcError refusal = context.gate.refusal(caller, call.method());
      RpcError fault = refusal == null ? call.fault() : refusal;
      refusals.add(fault);
      if (fault == null) {
        params.add(call.params());
      }
    }
    Iterator<BatchedMethod.Answer> made = callAll(unit.getFirst().method(), params).iterator();
    List<Answer> out = new ArrayList<>(unit.size());
    for (int i = 0; i < unit.size(); i++) {
      RpcMessage.Call call = unit.get(i);
      JsonNode id = call.id() == null ? JSON.nullNode() : call.id();
      RpcError refusal = refusals.get(i);
      BatchedMethod.Answer answer =
          refusal == null ? made.next() : new BatchedMethod.Answer.Failure(refusal);
      out.add(
          switch (answer) {
            case BatchedMethod.Answer.Result(JsonNode value) ->
                new Answer(success(id, value), null);
            case BatchedMethod.Answer.Failure(RpcError error) ->
                new Answer(failure(id, error), null);
          });
    }
    return out;
  }

  private List<BatchedMethod.Answer> callAll(String name, List<JsonNode> params) {
    if (params.isEmpty()) {
      return List.of();
    }
    if (!context.workers.enter()) {
      return allFailed(params, RpcError.LIMIT_EXCEEDED, "busy: too many calls at once");
    }
    try {
      if (!(context.endpoint.methods().get(name) instanceof BatchedMethod method)) {
        throw new IllegalStateException("not a batched method: " + name);
      }
      List<BatchedMethod.Answer> answers = method.callAll(params);
      if (answers.size() != params.size()) {
        throw new IllegalStateException(answers.size() + " answers to " + params.size());
      }
      return answers;
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      if (!finished.get()) {
        LOG.error("JSON-RPC method {} failed", shorten(name), e);
      }
      return allFailed(params, RpcError.INTERNAL, "internal error");
    } finally {
      context.workers.leave();
    }
  }

  private static List<BatchedMethod.Answer> allFailed(
      List<JsonNode> params, int code, String message) {
    BatchedMethod.Answer failure = new BatchedMethod.Answer.Failure(new RpcError(code, message));
    return Collections.nCopies(params.size(), failure);
  }

  private RpcMethod method(String name) throws RpcError {
    RpcMethod method = context.endpoint.methods().get(name);
    if (method == null) {
      throw new RpcError(
          RpcError.METHOD_NOT_FOUND,
          "the method " + shorten(name) + " does not exist/is not available");
    }
    return method;
  }

  /**
   * Starts a subscription.
   *
   * @param namespace in whose name it is told: both have all subscriptions
   */
  private Answer subscribe(String namespace, RpcMessage.Call call, JsonNode id) throws RpcError {
    if (subscriber == null) {
      throw new RpcError(
          RpcError.METHOD_NOT_FOUND, "notifications not supported: subscribe over a WebSocket");
    }
    JsonNode params = call.params();
    if (!params.isArray() || !params.path(0).isString()) {
      throw RpcError.invalidParams("params[0] must name a subscription");
    }
    String name = params.path(0).asString();
    SubscriptionSource source = context.endpoint.subscriptions().get(name);
    if (source == null) {
      throw new RpcError(
          RpcError.METHOD_NOT_FOUND,
          "no \"" + shorten(name) + "\" subscription in " + namespace + " namespace");
    }
    if (call.id() == null) {
      throw new RpcError(RpcError.INVALID_REQUEST, "a subscription without an id is lost");
    }
    ArrayNode rest = JSON.arrayNode();
    for (int i = 1; i < params.size(); i++) {
      rest.add(params.get(i));
    }
    Subscription subscription = subscriber.subscribe(namespace, source, rest);
    return new Answer(success(id, JSON.stringNode(subscription.id())), subscription);
  }

  private boolean unsubscribe(RpcMessage.Call call) throws RpcError {
    if (subscriber == null) {
      throw new RpcError(RpcError.METHOD_NOT_FOUND, "notifications not supported");
    }
    if (!call.params().isArray() || !call.params().path(0).isString()) {
      throw RpcError.invalidParams("params[0] must be a subscription id");
    }
    if (!subscriber.unsubscribe(call.params().path(0).asString())) {
      throw new RpcError(RpcError.SERVER, "subscription not found");
    }
    return true;
  }

  /** Ends the exchange with what there is. */
  void expire() {
    Thread running;
    synchronized (this) {
      running = worker;
    }
    finish();
    if (running != null) {
      running.interrupt();
    }
  }

  private void finish() {
    byte[] answer;
    List<Subscription> toActivate;
    synchronized (this) {
      if (!finished.compareAndSet(false, true)) {
        return;
      }
      answer = compose();
      toActivate = List.copyOf(started);
    }
    outcome.answered(answer, toActivate);
  }

  /** Joins the answers; calls without one have timed out. */
  private byte @Nullable [] compose() {
    RpcError late = new RpcError(RpcError.RESOURCE_UNAVAILABLE, "request timed out");
    return switch (message) {
      case null -> Json.write(failure(JSON.nullNode(), late));
      case RpcMessage.Unreadable(RpcError error) -> Json.write(failure(JSON.nullNode(), error));
      case RpcMessage.Calls(List<RpcMessage.Call> calls, boolean batch) -> {
        for (RpcMessage.Call call : calls.subList(answered, calls.size())) {
          if (call.id() != null) {
            answers.add(Json.write(failure(call.id(), late)));
          }
        }
        if (answers.isEmpty()) {
          yield null;
        }
        yield batch ? join(answers) : answers.getFirst();
      }
    };
  }

  private static byte[] join(List<byte[]> answers) {
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(answers.stream().mapToInt(a -> a.length + 1).sum() + 1);
    char separator = '[';
    for (byte[] answer : answers) {
      out.write(separator);
      out.writeBytes(answer);
      separator = ',';
    }
    out.write(']');
    return out.toByteArray();
  }

  private static ObjectNode success(JsonNode id, JsonNode result) {
    ObjectNode answer = JSON.objectNode().put("jsonrpc", "2.0");
    answer.set("id", id);
    answer.set("result", result);
    return answer;
  }

  static ObjectNode failure(JsonNode id, RpcError error) {
    ObjectNode answer = JSON.objectNode().put("jsonrpc", "2.0");
    answer.set("id", id);
    ObjectNode detail = answer.putObject("error");
    detail.put("code", error.code()).put("message", error.text());
    if (error.data() != null) {
      detail.set("data", error.data());
    }
    return answer;
  }

  private static String shorten(String name) {
    return name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS) + "…";
  }
}
