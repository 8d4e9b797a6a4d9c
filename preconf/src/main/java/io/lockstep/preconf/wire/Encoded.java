// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One result as bytes that go to any number of subscribers. A long one lies once outside the heap
 * and every frame refers to it, so that slow readers hold no copies; it is freed when nobody refers
 * to it any more. Any thread.
 */
final class Encoded {
  /** Below, a copy is cheaper than one more part of a frame. */
  private static final int SHARED_FROM_BYTES = 2_048;

  private final byte @Nullable [] small;
  private final @Nullable ByteBuf shared;
  private final int lengthBytes;

  Encoded(byte[] json) {
    lengthBytes = json.length;
    if (json.length < SHARED_FROM_BYTES) {
      small = json;
      shared = null;
    } else {
      small = null;
      ByteBuffer outside = ByteBuffer.allocateDirect(json.length).put(json).flip();
      shared = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(outside));
    }
  }

  int lengthBytes() {
    return lengthBytes;
  }

  /** The bytes when they are few, else null. */
  byte @Nullable [] small() {
    return small;
  }

  /** The bytes as a part of a frame; not for those that are few. */
  ByteBuf part() {
    if (shared == null) {
      throw new IllegalStateException("a small result is copied");
    }
    return shared.duplicate();
  }
}
