// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.l1.SteppedBox;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconEvent;
import io.lockstep.l1client.beacon.BeaconEventSource;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.Transport;
import io.lockstep.node.deploy.L1Access;
import io.lockstep.preconf.wire.EventSink;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Bytes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The L1 of a run: one box, and for each node its own way to it, which can fail. One thread. */
final class SimL1 {
  static final URI RPC = URI.create("http://l1.simulated:8545");
  static final URI BEACON = URI.create("http://l1.simulated:5052");

  /** One call in so many takes time. */
  private static final int SLOW_ONE_IN = 4;

  private static final int SLOWEST_MS = 15;
  private static final int EVENT_DELAY_MS = 60;
  private static final int LATE_SYNC_MS = 3_000;

  private final SimTime time;
  private final SplittableRandom random;
  private final SteppedBox box;
  private final List<Consumer<BeaconEvent>> streams = new ArrayList<>();

  SimL1(SimTime time, SplittableRandom random, SteppedBox box) {
    this.time = time;
    this.random = random;
    this.box = box;
    box.events(new Sink());
  }

  SteppedBox box() {
    return box;
  }

  /** The clients of somebody whose L1 node never fails; each call is answered at once. */
  static L1Access open(SteppedBox box) {
    Transport transport =
        call -> {
          byte[] body = call.jsonBody();
          if (body != null) {
            return new HttpAnswer(200, "application/json", box.rpc(body));
          }
          HttpReply.Content reply = box.get(call.uri(), call.accept());
          return new HttpAnswer(
              reply.status(), reply.contentType().toLowerCase(Locale.ROOT), reply.body());
        };
    try {
      return L1Access.open(RPC, BEACON, transport);
    } catch (DeployException e) {
      throw new IllegalStateException("the L1 of a run gives no answer", e);
    }
  }

  /** How a client of L1 behaves towards its node. */
  enum Mood {
    WELL,
    /** Every answer comes late. */
    SLOW,
    /** No answer ever. */
    SILENT,
    /** Not there at all. */
    REFUSING
  }

  /** What becomes of a node's lookahead syncs, which its client has taken. */
  enum Syncs {
    WELL,
    LATE,
    LOST
  }

  /** One node's way to L1: the faults are its own. */
  final class Access implements Transport, BeaconEventSource {
    private final Fibers fibers;
    private final Trouble trouble;
    private @Nullable Consumer<BeaconEvent> stream;

    Access(Fibers fibers, Trouble trouble) {
      this.fibers = fibers;
      this.trouble = trouble;
    }

    @Override
    public HttpAnswer exchange(HttpCall call) throws L1Exception {
      boolean beacon = call.uri().getPort() == BEACON.getPort();
      switch (beacon ? trouble.beacon : trouble.execution) {
        case WELL -> {
          if (random.nextInt(SLOW_ONE_IN) == 0) {
            takeTime(1 + random.nextInt(SLOWEST_MS));
          }
        }
        case SLOW -> takeTime(100 + random.nextInt(700));
        case SILENT -> {
          takeTime(call.timeoutMs());
          throw new L1Exception(L1Exception.Kind.TIMEOUT, call.endpoint() + ": no answer");
        }
        case REFUSING ->
            throw new L1Exception(
                L1Exception.Kind.UNREACHABLE, call.endpoint() + ": connection refused");
      }
      byte[] body = call.jsonBody();
      if (body != null) {
        return new HttpAnswer(200, "application/json", rpc(body));
      }
      HttpReply.Content reply = box.get(call.uri(), call.accept());
      return new HttpAnswer(
          reply.status(), reply.contentType().toLowerCase(Locale.ROOT), reply.body());
    }

    /** An ordinary transaction of a node, which syncs the lookahead, may come late or never. */
    private byte[] rpc(byte[] body) {
      UnaryOperator<Bytes> poison = trouble.poison;
      Bytes posting = poison == null ? null : sentTransaction(body, TransactionType.BLOB);
      if (poison != null && posting != null) {
        return box.rpc(
            new String(body, StandardCharsets.UTF_8)
                .replace(posting.toHex(), poison.apply(posting).toHex())
                .getBytes(StandardCharsets.UTF_8));
      }
      Bytes ordinary =
          trouble.syncs == Syncs.WELL ? null : sentTransaction(body, TransactionType.FEE_MARKET);
      if (ordinary == null) {
        return box.rpc(lagging(body));
      }
      if (trouble.syncs == Syncs.LATE) {
        time.after(LATE_SYNC_MS + random.nextInt(LATE_SYNC_MS), () -> box.rpc(body));
      }
      JsonNode call = JsonMapper.shared().readTree(body);
      return JsonMapper.shared()
          .writeValueAsBytes(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("jsonrpc", "2.0")
                  .put("result", Keccak.hash(ordinary).toHex())
                  .set("id", call.path("id")));
    }

    private static @Nullable Bytes sentTransaction(byte[] body, TransactionType type) {
      JsonNode call = JsonMapper.shared().readTree(body);
      if (!call.path("method").asString("").equals("eth_sendRawTransaction")) {
        return null;
      }
      Bytes raw = Bytes.fromHex(call.path("params").path(0).asString());
      return raw.get(0) == type.id() ? raw : null;
    }

    private void takeTime(long ms) throws L1Exception {
      try {
        fibers.sleep(ms);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new L1Exception(L1Exception.Kind.UNREACHABLE, "interrupted", e);
      }
    }

    /** A lagging client's newest block is not the newest. */
    private byte[] lagging(byte[] body) {
      if (trouble.lagBlocks == 0) {
        return body;
      }
      String call = new String(body, StandardCharsets.UTF_8);
      long shown = Math.max(1, box.headNumber() - trouble.lagBlocks);
      return call.replace("\"latest\"", "\"0x" + Long.toHexString(shown) + "\"")
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void start(Consumer<BeaconEvent> consumer) {
      Consumer<BeaconEvent> mine =
          event -> {
            if (!trouble.eventsSilent && trouble.beacon == Mood.WELL) {
              time.after(
                  random.nextInt(EVENT_DELAY_MS),
                  () -> {
                    if (stream != null) {
                      consumer.accept(event);
                    }
                  });
            }
          };
      stream = mine;
      streams.add(mine);
    }

    @Override
    public void close() {
      streams.remove(stream);
      stream = null;
    }
  }

  /** What is wrong with a node's L1; survives its restarts. */
  static final class Trouble {
    Mood execution = Mood.WELL;
    Mood beacon = Mood.WELL;
    Syncs syncs = Syncs.WELL;

    /** What goes to L1 in place of a posting, in its network form; null when it goes as it is. */
    @Nullable UnaryOperator<Bytes> poison;

    boolean eventsSilent;
    int lagBlocks;
  }

  private final class Sink implements EventSink {
    @Override
    public boolean send(@Nullable String event, String data) {
      BeaconEvent parsed;
      try {
        parsed = event == null ? null : BeaconEvent.parse(event, data);
      } catch (DecodeException e) {
        throw new IllegalStateException("the box's event cannot be read", e);
      }
      if (parsed != null) {
        List.copyOf(streams).forEach(stream -> stream.accept(parsed));
      }
      return true;
    }

    @Override
    public boolean comment(String text) {
      return true;
    }

    @Override
    public void onClose(Runnable action) {}

    @Override
    public void close() {}
  }
}
