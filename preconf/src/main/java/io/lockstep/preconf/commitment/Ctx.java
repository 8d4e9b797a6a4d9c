// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What everything signed in one tick depends on (protocol §2.2).
 *
 * @param anchorNumber L1 block that the tick is anchored to
 * @param windowParent identity of the seal that the window builds on, or the hash of the last batch
 *     when nothing below it is unposted (§1.4)
 * @param flags any of {@link #PROVISIONAL}, {@link #FALLBACK}, {@link #L1COND}
 */
public record Ctx(long anchorNumber, Hash32 anchorHash, Hash32 windowParent, int flags) {
  /** Binds to nothing but itself until a later final seal builds on it (§1.4). */
  public static final int PROVISIONAL = 1;

  /** The signer sequences as fallback and has no slot of its own to force inclusion (§1.3). */
  public static final int FALLBACK = 2;

  /** Valid only if the tick's own L1 transaction lands (§5.1). */
  public static final int L1COND = 4;

  static final String TYPE =
      "Ctx(uint64 anchorNumber,bytes32 anchorHash,bytes32 windowParent,uint8 flags)";
  private static final Hash32 TYPE_HASH = Keccak.hash(TYPE.getBytes(StandardCharsets.UTF_8));

  public Ctx {
    if (anchorNumber < 0 || flags < 0 || flags > 7) {
      throw new IllegalArgumentException(
          "anchor number " + anchorNumber + " or flags " + flags + " out of range");
    }
  }

  /** EIP-712 hash of this struct: the {@code ctxHash} of what is signed. */
  public Hash32 hash() {
    return Keccak.hash(
        new AbiWords(5)
            .word(TYPE_HASH)
            .uint(anchorNumber)
            .word(anchorHash)
            .word(windowParent)
            .uint(flags)
            .toArray());
  }

  public boolean isProvisional() {
    return (flags & PROVISIONAL) != 0;
  }

  /** The flags by their names. */
  public List<String> flagNames() {
    List<String> out = new ArrayList<>();
    if (isProvisional()) {
      out.add("PROVISIONAL");
    }
    if ((flags & FALLBACK) != 0) {
      out.add("FALLBACK");
    }
    if ((flags & L1COND) != 0) {
      out.add("L1COND");
    }
    return out;
  }
}
