// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.precompile;

import io.lockstep.execution.fork.Fork;
import io.lockstep.primitives.types.Address;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which precompiles a fork has, found by an array's index. Immutable, any thread. */
public final class Precompiles {
  /** EIP-7951: the highest address. */
  private static final int HIGHEST = 0x100;

  private static final Map<Fork, Precompiles> ALL = new EnumMap<>(Fork.class);

  static {
    for (Fork fork : Fork.values()) {
      ALL.put(fork, new Precompiles(fork));
    }
  }

  private final @Nullable Precompile[] table = new @Nullable Precompile[HIGHEST + 1];

  /** Those that were moved; null where none was. */
  private final @Nullable Map<Address, Precompile> elsewhere;

  private Precompiles(@Nullable Precompile[] table, Map<Address, Precompile> elsewhere) {
    System.arraycopy(table, 0, this.table, 0, table.length);
    this.elsewhere = Map.copyOf(elsewhere);
  }

  private Precompiles(Fork fork) {
    elsewhere = null;
    table[1] = new EcRecover();
    table[2] = new Sha256Hash();
    table[3] = new Ripemd160();
    table[4] = new Identity();
    if (fork.isAtLeast(Fork.BYZANTIUM)) {
      table[5] = new ModExp(fork);
      table[6] = new Bn254.Add(fork);
      table[7] = new Bn254.Multiply(fork);
      table[8] = new Bn254.PairingCheck(fork);
    }
    if (fork.isAtLeast(Fork.ISTANBUL)) {
      table[9] = new Blake2F();
    }
    if (fork.isAtLeast(Fork.CANCUN)) {
      table[10] = new PointEvaluation();
    }
    if (fork.isAtLeast(Fork.PRAGUE)) {
      table[0x0b] = new Bls12.Add(false);
      table[0x0c] = new Bls12.MultiplyAll(false);
      table[0x0d] = new Bls12.Add(true);
      table[0x0e] = new Bls12.MultiplyAll(true);
      table[0x0f] = new Bls12.PairingCheck();
      table[0x10] = new Bls12.MapToCurve(false);
      table[0x11] = new Bls12.MapToCurve(true);
    }
    if (fork.isAtLeast(Fork.OSAKA)) {
      table[HIGHEST] = new P256Verify();
    }
  }

  public static Precompiles of(Fork fork) {
    return Objects.requireNonNull(ALL.get(fork));
  }

  /** The precompile at the address of these words, or null. */
  public @Nullable Precompile at(long high, long middle, int low) {
    Precompile known = (high | middle) == 0 && low >= 0 && low <= HIGHEST ? table[low] : null;
    return known == null && elsewhere != null
        ? elsewhere.get(Address.ofWords(high, middle, low))
        : known;
  }

  /**
   * The same with some gone from their addresses, and some at others instead: for calls on a state
   * as it is not.
   *
   * @param gone addresses of precompiles
   * @param moved new addresses to old ones, which are precompiles here
   */
  public Precompiles with(Set<Address> gone, Map<Address, Address> moved) {
    @Nullable Precompile[] kept = table.clone();
    Map<Address, Precompile> others = new HashMap<>(elsewhere == null ? Map.of() : elsewhere);
    for (Address address : gone) {
      others.remove(address);
      if (isLow(address)) {
        kept[address.low()] = null;
      }
    }
    moved.forEach((to, from) -> {
      Precompile precompile =
          Objects.requireNonNull(at(from.high(), from.middle(), from.low()), "a precompile");
      if (isLow(to)) {
        kept[to.low()] = precompile;
      } else {
        others.put(to, precompile);
      }
    });
    return new Precompiles(kept, others);
  }

  private static boolean isLow(Address address) {
    return (address.high() | address.middle()) == 0
        && address.low() >= 0
        && address.low() <= HIGHEST;
  }

  public boolean contains(Address address) {
    return at(address.high(), address.middle(), address.low()) != null;
  }

  /** All addresses of this fork's precompiles, in rising order. */
  public List<Address> addresses() {
    List<Address> out = new ArrayList<>();
    for (int i = 0; i < table.length; i++) {
      if (table[i] != null) {
        out.add(Address.ofLong(i));
      }
    }
    return List.copyOf(out);
  }

  /** A price that grows with the words of the input. */
  static long perWord(long base, long word, int length) {
    return base + word * ((length + 31L) >>> 5);
  }

  /** The {@code wanted} bytes from {@code from} of the input, zeros past its end. */
  static byte[] padded(byte[] in, int offset, int length, int from, int wanted) {
    byte[] out = new byte[wanted];
    if (from < length) {
      System.arraycopy(in, offset + from, out, 0, Math.min(wanted, length - from));
    }
    return out;
  }
}
