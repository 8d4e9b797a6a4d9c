// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Contract code prepared for running: padded so that neither the loop nor a push reads past its
 * end, with a bitmap of its jump destinations. What engines derive from it is kept beside it. Any
 * thread: the code itself is immutable, and a race for the rest costs work, never a result.
 */
public final class Code {
  /** What an engine made of the code, to run it faster. Immutable. */
  public interface Form {
    /** What it takes in memory. */
    int weightBytes();
  }

  /** The longest push's data, and a STOP after it. */
  private static final int PADDING_BYTES = 33;

  /** EIP-7702: 0xef0100 and an address. */
  private static final int DELEGATION_BYTES = 23;

  public static final Code EMPTY = new Code(Keccak.EMPTY, Bytes.EMPTY);

  private final Hash32 hash;
  private final Bytes bytes;
  private final byte[] padded;
  private final long[] jumpDestinations;
  private final @Nullable Address delegate;
  private volatile @Nullable Form form;
  private int spentGas;

  private Code(Hash32 hash, Bytes bytes) {
    this.hash = hash;
    this.bytes = bytes;
    this.padded = Arrays.copyOf(bytes.unsafeArray(), bytes.size() + PADDING_BYTES);
    this.jumpDestinations = scan(padded, bytes.size());
    this.delegate = delegateOf(bytes);
  }

  /** Prepares code whose hash is known. */
  public static Code of(Hash32 hash, Bytes bytes) {
    return bytes.isEmpty() ? EMPTY : new Code(hash, bytes);
  }

  /** Prepares code that is run once or not yet stored; its hash is not computed and is zero. */
  public static Code unhashed(Bytes bytes) {
    return new Code(Hash32.ZERO, bytes);
  }

  public static Code of(Bytes bytes) {
    return of(Keccak.hash(bytes), bytes);
  }

  public Hash32 hash() {
    return hash;
  }

  public Bytes bytes() {
    return bytes;
  }

  public int size() {
    return bytes.size();
  }

  /** The code and at least 33 zero bytes; not to be changed. */
  public byte[] padded() {
    return padded;
  }

  /** One bit a byte of code, set where a JUMPDEST stands that is not a push's data. */
  public long[] jumpDestinations() {
    return jumpDestinations;
  }

  /** Whose code runs in place of this designation (EIP-7702), or null when it is plain code. */
  public @Nullable Address delegate() {
    return delegate;
  }

  /** The 23 bytes that delegate to {@code target}. */
  public static Bytes delegation(Address target) {
    byte[] out = new byte[DELEGATION_BYTES];
    out[0] = (byte) 0xef;
    out[1] = 0x01;
    target.write(out, 3);
    return Bytes.wrap(out);
  }

  /** What an engine last made of it, or null. */
  public @Nullable Form form() {
    return form;
  }

  public void setForm(Form made) {
    form = made;
  }

  /** Gas that was spent on running it without a form: says whether making one is worth it. */
  public int spentGas() {
    return spentGas;
  }

  /** Counts gas that was spent on running it without a form. */
  public void spend(long gas) {
    spentGas = (int) Math.min(Integer.MAX_VALUE, spentGas + Math.max(0, gas));
  }

  /** What the prepared code takes in memory. */
  int weightBytes() {
    Form made = form;
    int own = 160 + bytes.size() * 2 + jumpDestinations.length * 8;
    return made == null ? own : own + made.weightBytes();
  }

  private static long[] scan(byte[] padded, int length) {
    long[] bits = new long[(length + 63) >>> 6];
    for (int i = 0; i < length; i++) {
      int op = padded[i];
      if (op >= 0x60) { // signed: PUSH1 to PUSH32 are the only opcodes from 0x60 to 0x7f
        i += op - 0x5f;
      } else if (op == 0x5b) {
        bits[i >>> 6] |= 1L << i;
      }
    }
    return bits;
  }

  private static @Nullable Address delegateOf(Bytes bytes) {
    return bytes.size() == DELEGATION_BYTES
            && bytes.get(0) == (byte) 0xef
            && bytes.get(1) == 0x01
            && bytes.get(2) == 0x00
        ? Address.read(bytes.unsafeArray(), 3)
        : null;
  }
}
