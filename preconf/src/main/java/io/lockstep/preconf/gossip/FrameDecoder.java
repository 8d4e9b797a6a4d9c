// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.codec.DecodeException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts the stream into frames. Until the hello a frame may be no longer than one: a stranger makes
 * it hold next to nothing. On the connection's event loop.
 */
final class FrameDecoder extends ByteToMessageDecoder {
  private final int maxFrameBytes;
  private int limitBytes = Frame.MAX_HEAD_BYTES + Frame.MAX_REASON_BYTES;

  FrameDecoder(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** The other side has said hello: full frames from now on. */
  void admit() {
    limitBytes = maxFrameBytes + Frame.MAX_HEAD_BYTES;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws DecodeException {
    if (in.readableBytes() < 4) {
      return;
    }
    long length = in.getUnsignedInt(in.readerIndex());
    if (length > limitBytes) {
      in.skipBytes(in.readableBytes());
      throw new DecodeException("frame of " + length + " bytes, limit " + limitBytes);
    }
    if (in.readableBytes() < 4 + length) {
      return;
    }
    byte[] body = new byte[(int) length];
    in.skipBytes(4).readBytes(body);
    out.add(Frame.decode(body));
  }
}
