// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a commitment's payload is, and which promises answer which requests. */
class FabricAnswerTest {
  private static final long SEED = Long.getLong("lockstep.seed", 20261123L);
  private static final Bytes VERSION = Bytes.fromHex("0x20000089");

  private final Scene scene = new Scene(SEED);
  private final Ctx ctx = scene.ctx();
  private final Transaction tx = scene.transaction();

  /** The ABI by its rules: numbers and hashes are words, lists are structs, bytes are dynamic. */
  private static byte[] abi(Object value) {
    return switch (value) {
      case Long number -> UInt256.of(number).toArray();
      case UInt256 number -> number.toArray();
      case Hash32 word -> word.toArray();
      case Bytes bytes -> {
        byte[] padded = Arrays.copyOf(bytes.toArray(), Math.ceilDiv(bytes.size(), 32) * 32);
        yield join(abi((long) bytes.size()), padded);
      }
      case List<?> struct -> {
        int head = struct.stream().mapToInt(one -> isDynamic(one) ? 32 : abi(one).length).sum();
        byte[] front = new byte[0];
        byte[] tail = new byte[0];
        for (Object one : struct) {
          front = join(front, isDynamic(one) ? abi((long) head + tail.length) : abi(one));
          tail = isDynamic(one) ? join(tail, abi(one)) : tail;
        }
        yield join(front, tail);
      }
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  private static boolean isDynamic(Object value) {
    return value instanceof Bytes
        || (value instanceof List<?> struct
            && struct.stream().anyMatch(FabricAnswerTest::isDynamic));
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  private Signed<Promise> signed(PromiseBody body) {
    return scene.sign(scene.promise(7, ctx, body, 4), ctx);
  }

  private PromiseBody.Inclusion inclusion() {
    return new PromiseBody.Inclusion(Scene.FIRST_ROLLUP, scene.address(), 9, tx.hash(), 90);
  }

  private Promise promise(PromiseBody body) {
    return Promise.of(scene.clusterId(), 7, body, UInt256.of(5), 90, ctx.hash(), 0);
  }

  private FabricAsk ask(long type, FabricPayload payload, Address slasher) {
    return new FabricAsk(
        new FabricRequest(type, payload.encoded(), slasher),
        FabricAnswer.binding(scene.clusterId(), scene.domain(), VERSION));
  }

  private FabricPayload payload(long lastTick, UInt256 coverage) {
    return new FabricPayload(Scene.FIRST_ROLLUP, tx.encoded(), lastTick, coverage);
  }

  private @Nullable String obstacle(FabricAsk ask, PromiseBody body) {
    return FabricAnswer.obstacle(ask, promise(body), ask.request().hash(), tx, scene.domain());
  }

  @Test
  void encodesThePromiseAsTheAbiDoesAndReadsItBack() throws DecodeException {
    for (PromiseBody body :
        List.of(
            inclusion(),
            new PromiseBody.StateLock(
                Scene.FIRST_ROLLUP, 8, scene.hash(), scene.address(), scene.hash(), UInt256.ONE))) {
      Signed<Promise> signed = signed(body);
      Promise p = signed.object();
      Object struct =
          List.of(
              List.of(
                  (long) p.kind(),
                  p.clusterId(),
                  p.windowSlot(),
                  p.body(),
                  p.coverageWei(),
                  p.deadlineTick(),
                  p.ctxHash(),
                  p.nonce()),
              List.of(ctx.anchorNumber(), ctx.anchorHash(), ctx.windowParent(), (long) ctx.flags()),
              signed.signature().toBytes());
      FabricCommitment commitment = FabricAnswer.commitment(signed, scene.hash(), scene.domain());
      assertThat(commitment.payload())
          .as("seed %d", SEED)
          .isEqualTo(Bytes.wrap(abi(List.of(struct))));
      assertThat(commitment.commitmentType()).isEqualTo(FabricPayload.TYPE_BASE + body.kind());
      assertThat(FabricAnswer.promise(commitment.payload())).isEqualTo(signed);
    }
  }

  @Test
  void readsNoOtherEncodingOfAPromise() {
    byte[] good =
        FabricAnswer.commitment(signed(inclusion()), scene.hash(), scene.domain())
            .payload()
            .toArray();
    for (int at : new int[] {31, 63, 223, 32 * 10 + 31, good.length - 1, 32 * 16 - 1}) {
      byte[] other = good.clone();
      other[at] ^= 1;
      assertThatThrownBy(() -> FabricAnswer.promise(Bytes.wrap(other)))
          .as("byte %d, seed %d", at, SEED)
          .isInstanceOf(DecodeException.class);
    }
    for (int size : new int[] {0, 31, 32, good.length - 32, good.length + 32, 1 << 16}) {
      assertThatThrownBy(() -> FabricAnswer.promise(Bytes.wrap(Arrays.copyOf(good, size))))
          .as("%d bytes", size)
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void answersARequestWithThePromiseThatItAsksForAndNoOther() {
    Address slasher = scene.domain().verifyingContract();
    long inclusionType = FabricPayload.TYPE_BASE + Promise.INCLUSION;
    UInt256 five = UInt256.of(5);
    assertThat(obstacle(ask(inclusionType, payload(90, five), slasher), inclusion())).isNull();
    assertThat(obstacle(ask(inclusionType, payload(0, five), slasher), inclusion())).isNull();
    String other = "is not the one";
    assertThat(obstacle(ask(inclusionType, payload(89, five), slasher), inclusion()))
        .contains(other);
    assertThat(obstacle(ask(inclusionType, payload(90, UInt256.ONE), slasher), inclusion()))
        .contains(other);
    assertThat(obstacle(ask(inclusionType + 1, payload(90, five), slasher), inclusion()))
        .contains(other);
    assertThat(obstacle(ask(inclusionType, payload(90, five), scene.address()), inclusion()))
        .contains("does not judge");
    PromiseBody stranger =
        new PromiseBody.Inclusion(Scene.FIRST_ROLLUP, scene.address(), 9, scene.hash(), 90);
    assertThat(obstacle(ask(inclusionType, payload(90, five), slasher), stranger)).contains(other);
  }

  @Test
  void bindsItsAnswersToItsCluster() {
    FabricRequest request =
        new FabricRequest(
            FabricPayload.TYPE_BASE + 1,
            payload(0, UInt256.of(5)).encoded(),
            scene.domain().verifyingContract());
    FabricAsk elsewhere =
        new FabricAsk(request, FabricAnswer.binding(scene.hash(), scene.domain(), VERSION));
    assertThat(obstacle(elsewhere, inclusion())).contains("not be bound to this cluster");
    FabricAsk good =
        new FabricAsk(request, FabricAnswer.binding(scene.clusterId(), scene.domain(), VERSION));
    assertThat(FabricAnswer.obstacle(good, promise(inclusion()), scene.hash(), tx, scene.domain()))
        .contains("for another request");
  }
}
