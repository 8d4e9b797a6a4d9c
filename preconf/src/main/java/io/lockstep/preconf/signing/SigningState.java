// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a signing database says of itself, in one value so that it changes as a whole.
 *
 * @param reservation all ticks up to it are spent after a restart; -1 at first
 * @param watermark nothing up to this tick is signed any more, but what is recorded already
 * @param closedTick up to it more may have been signed than is recorded: an unfinished tick there
 *     is not continued, and what is heard of it is no surprise
 * @param prunedTick records of ticks up to it may be gone
 * @param lastEopWindowSlot newest window whose end was signed; -1 at first
 * @param mustListen whether a doppelganger is still to be listened for
 * @param restored whether the watermark is still to pass the window that was open when the database
 *     was restored, or lost its newest records with the power
 * @param hold why nothing may be signed, or null
 * @param lease where it was used last
 */
record SigningState(
    long reservation,
    long watermark,
    long closedTick,
    long prunedTick,
    long lastEopWindowSlot,
    boolean mustListen,
    boolean restored,
    @Nullable Hold hold,
    Lease lease) {
  private static final int MAX_TEXT_BYTES = 4_096;

  static SigningState fresh(Lease lease, boolean restored) {
    return new SigningState(-1, -1, -1, -1, -1, true, restored, null, lease);
  }

  SigningState withReservation(long tick) {
    return new SigningState(
        tick,
        watermark,
        closedTick,
        prunedTick,
        lastEopWindowSlot,
        mustListen,
        restored,
        hold,
        lease);
  }

  SigningState withWatermark(long tick) {
    return new SigningState(
        reservation,
        tick,
        closedTick,
        prunedTick,
        lastEopWindowSlot,
        mustListen,
        restored,
        hold,
        lease);
  }

  SigningState withClosedTick(long tick) {
    return new SigningState(
        reservation,
        watermark,
        tick,
        prunedTick,
        lastEopWindowSlot,
        mustListen,
        restored,
        hold,
        lease);
  }

  SigningState withPrunedTick(long tick) {
    return new SigningState(
        reservation,
        watermark,
        closedTick,
        tick,
        lastEopWindowSlot,
        mustListen,
        restored,
        hold,
        lease);
  }

  SigningState withLastEopWindowSlot(long slot) {
    return new SigningState(
        reservation, watermark, closedTick, prunedTick, slot, mustListen, restored, hold, lease);
  }

  SigningState withMustListen(boolean listen) {
    return new SigningState(
        reservation,
        watermark,
        closedTick,
        prunedTick,
        lastEopWindowSlot,
        listen,
        restored,
        hold,
        lease);
  }

  SigningState withRestored(boolean isRestored) {
    return new SigningState(
        reservation,
        watermark,
        closedTick,
        prunedTick,
        lastEopWindowSlot,
        mustListen,
        isRestored,
        hold,
        lease);
  }

  SigningState withHold(@Nullable Hold reason) {
    return new SigningState(
        reservation,
        watermark,
        closedTick,
        prunedTick,
        lastEopWindowSlot,
        mustListen,
        restored,
        reason,
        lease);
  }

  SigningState withLease(Lease now) {
    return new SigningState(
        reservation,
        watermark,
        closedTick,
        prunedTick,
        lastEopWindowSlot,
        mustListen,
        restored,
        hold,
        now);
  }

  byte[] encoded() {
    RlpWriter out =
        new RlpWriter(384)
            .startList()
            .integer(reservation + 1)
            .integer(watermark + 1)
            .integer(closedTick + 1)
            .integer(prunedTick + 1)
            .integer(lastEopWindowSlot + 1)
            .integer(mustListen ? 1 : 0)
            .integer(restored ? 1 : 0)
            .startList();
    if (hold != null) {
      out.bytes(utf8(hold.kind().name())).bytes(utf8(hold.detail()));
    }
    return out.endList()
        .startList()
        .bytes(utf8(lease.host()))
        .bytes(utf8(lease.machineId()))
        .bytes(utf8(lease.directory()))
        .bytes(utf8(lease.fileKey()))
        .bytes(utf8(lease.bootId()))
        .integer(lease.losesNothingWithPower() ? 1 : 0)
        .endList()
        .endList()
        .toArray();
  }

  static SigningState decode(byte[] bytes) throws DecodeException {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    whole.end();
    long reservation = in.integer() - 1;
    long watermark = in.integer() - 1;
    long closedTick = in.integer() - 1;
    long prunedTick = in.integer() - 1;
    long lastEop = in.integer() - 1;
    boolean mustListen = in.integer() == 1;
    boolean restored = in.integer() == 1;
    RlpReader held = in.list();
    Hold hold = held.hasNext() ? new Hold(kind(text(held)), text(held)) : null;
    held.end();
    RlpReader at = in.list();
    Lease lease = new Lease(text(at), text(at), text(at), text(at), text(at), at.integer() == 1);
    at.end();
    in.end();
    return new SigningState(
        reservation, watermark, closedTick, prunedTick, lastEop, mustListen, restored, hold, lease);
  }

  private static Hold.Kind kind(String name) throws DecodeException {
    for (Hold.Kind kind : Hold.Kind.values()) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new DecodeException("no such hold: " + name);
  }

  private static Bytes utf8(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        bytes.length <= MAX_TEXT_BYTES ? bytes : Arrays.copyOf(bytes, MAX_TEXT_BYTES));
  }

  private static String text(RlpReader in) throws DecodeException {
    return new String(in.bytes(MAX_TEXT_BYTES).toArray(), StandardCharsets.UTF_8);
  }
}
