// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.journal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;

/** Prepared code by its hash, bounded by bytes. Any thread. */
public final class CodeCache {
  public static final long DEFAULT_LIMIT_BYTES = 64L << 20;

  private final Cache<Hash32, Code> cache;

  public CodeCache(long limitBytes) {
    // Maintenance runs on the caller: a background pool would make runs differ from one another.
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(limitBytes)
            .weigher((Hash32 hash, Code code) -> code.weightBytes())
            .executor(Runnable::run)
            .build();
  }

  public CodeCache() {
    this(DEFAULT_LIMIT_BYTES);
  }

  /** The code with this hash, read from {@code reader} when it is not here. */
  public Code get(Hash32 hash, StateReader reader) {
    if (hash.equals(Keccak.EMPTY)) {
      return Code.EMPTY;
    }
    Code known = cache.getIfPresent(hash);
    if (known != null) {
      return known;
    }
    Bytes bytes = reader.code(hash);
    if (bytes.isEmpty()) {
      throw new IllegalStateException("the state has no code with hash " + hash);
    }
    Code code = Code.of(hash, bytes);
    cache.put(hash, code);
    return code;
  }

  /** Weighs code again that was given a form, if it is here. */
  void reweigh(Code code) {
    cache.asMap().replace(code.hash(), code, code);
  }
}
