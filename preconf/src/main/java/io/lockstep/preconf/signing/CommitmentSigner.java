// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.SignedObject;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.Column;
import io.lockstep.storage.kv.KeyValueStore;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Signs frags and seals with the committer key, never twice for one place (protocol §2.2, §7).
 *
 * <p>Places are ordered: tick, then its frags by index, then its seal. A place at or below the
 * highest one signed is refused unless the very same statement was signed there; then the recorded
 * signature is given again. After the end-of-window seal of a window nothing more of it is signed.
 * The record is on disk, as durable as configured, before the signature leaves. Owner: the
 * sequencing thread.
 */
public final class CommitmentSigner {
  private static final Column RECORDS = new Column("signing-records");
  private static final byte[] EOP_KEY = {(byte) 0xff, 'e', 'o', 'p'};
  private static final int PLACE_BYTES = 13;
  private static final byte FRAG = 0;
  private static final byte SEAL = 1;

  private final SecretKey key;
  private final CommitmentDomain domain;
  private final KeyValueStore store;
  private final KeyValueStore.Durability durability;
  private byte @Nullable [] highest;
  private long lastEopWindowSlot;

  /** The columns that the store handed in must have. */
  public static Collection<Column> columns() {
    return List.of(RECORDS);
  }

  public CommitmentSigner(
      SecretKey key,
      CommitmentDomain domain,
      KeyValueStore store,
      KeyValueStore.Durability durability) {
    this.key = key;
    this.domain = domain;
    this.store = store;
    this.durability = durability;
    byte[] top = new byte[PLACE_BYTES];
    Arrays.fill(top, (byte) 0x7f);
    store.scanDown(
        RECORDS,
        top,
        (place, _) -> {
          highest = place;
          return false;
        });
    byte[] eop = store.get(RECORDS, EOP_KEY);
    lastEopWindowSlot = eop == null ? -1 : ByteBuffer.wrap(eop).getLong();
  }

  public Address committer() {
    return key.address();
  }

  /** The highest tick for which anything was signed, or -1. */
  public long highestTick() {
    return highest == null ? -1 : ByteBuffer.wrap(highest).getLong();
  }

  /** Whether the tick with this number can still be opened: nothing at or above it was signed. */
  public boolean mayOpen(long tick, long windowSlot) {
    return tick > highestTick() && windowSlot > lastEopWindowSlot;
  }

  /** Writes what must be on disk together with the signature before that is released. */
  @FunctionalInterface
  public interface AlongWith<T extends SignedObject> {
    void put(KeyValueStore.Batch batch, Signed<T> signed);
  }

  public SigningOutcome<Frag> sign(Frag frag, Ctx ctx, AlongWith<Frag> alongWith) {
    return sign(frag, ctx, place(frag.tick(), FRAG, frag.fragIdx()), false, alongWith);
  }

  public SigningOutcome<Seal> sign(Seal seal, Ctx ctx, AlongWith<Seal> alongWith) {
    return sign(seal, ctx, place(seal.tick(), SEAL, 0), seal.eop(), alongWith);
  }

  private <T extends SignedObject> SigningOutcome<T> sign(
      T object, Ctx ctx, byte[] place, boolean eop, AlongWith<T> alongWith) {
    if (!ctx.hash().equals(object.ctxHash())) {
      throw new IllegalStateException("the ctx handed in is not the one in the object");
    }
    byte[] recorded = store.get(RECORDS, place);
    if (recorded != null) {
      return repeat(object, ctx, recorded);
    }
    if (highest != null && Arrays.compareUnsigned(place, highest) < 0) {
      return new SigningOutcome.Refused<>(
          "tick "
              + ByteBuffer.wrap(place).getLong()
              + " lies below what was signed already, up to tick "
              + highestTick());
    }
    if (object.windowSlot() <= lastEopWindowSlot) {
      return new SigningOutcome.Refused<>(
          "window "
              + object.windowSlot()
              + " is over: the end of window "
              + lastEopWindowSlot
              + " was signed");
    }
    Signature signature = Secp256k1.sign(domain.digest(object), key);
    KeyValueStore.Batch batch =
        store.newBatch().put(RECORDS, place, record(object.identity(), atMs(object), signature));
    if (eop) {
      batch.put(RECORDS, EOP_KEY, longBytes(object.windowSlot()));
    }
    Signed<T> signed = new Signed<>(object, ctx, signature);
    alongWith.put(batch, signed);
    store.commit(batch, durability);
    highest = place;
    if (eop) {
      lastEopWindowSlot = object.windowSlot();
    }
    return new SigningOutcome.Granted<>(signed);
  }

  private <T extends SignedObject> SigningOutcome<T> repeat(T object, Ctx ctx, byte[] recorded) {
    try {
      RlpReader in = RlpReader.over(recorded).list();
      Hash32 identity = in.hash();
      long atMs = in.integer();
      Signature signature = Signature.fromBytes(in.bytes(Signature.LENGTH_BYTES));
      if (identity.equals(object.identity()) && atMs == atMs(object)) {
        Signed<T> signed = new Signed<>(object, ctx, signature);
        return Objects.equals(key.address(), domain.signer(signed))
            ? new SigningOutcome.Granted<>(signed)
            : new SigningOutcome.Refused<>("this place was signed with another key or domain");
      }
    } catch (DecodeException e) {
      throw new StorageException("a record of the signing database is damaged", e);
    }
    return new SigningOutcome.Refused<>("something else was signed at this place");
  }

  private static long atMs(SignedObject object) {
    return switch (object) {
      case Frag frag -> frag.sentAtMs();
      case Seal seal -> seal.sealedAtMs();
      case io.lockstep.preconf.commitment.Promise _ -> 0;
    };
  }

  private static byte[] record(Hash32 identity, long atMs, Signature signature) {
    Bytes bytes = signature.toBytes();
    return new RlpWriter(128)
        .startList()
        .hash(identity)
        .integer(atMs)
        .bytes(bytes)
        .endList()
        .toArray();
  }

  private static byte[] place(long tick, byte kind, long index) {
    return ByteBuffer.allocate(PLACE_BYTES).putLong(tick).put(kind).putInt((int) index).array();
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }
}
