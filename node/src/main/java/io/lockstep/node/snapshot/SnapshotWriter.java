// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.snapshot;

import com.github.luben.zstd.ZstdOutputStream;
import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.state.StateVisitor;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/**
 * Writes a snapshot file: a zstd stream of frames, each a kind, a length, a payload and the CRC-32C
 * of all three; the last holds the SHA-256 of the payloads. One thread.
 */
final class SnapshotWriter implements StateVisitor, AutoCloseable {
  private static final int STATE_BYTES = 64 << 10;

  private final DataOutputStream out;
  private final MessageDigest digest = Digests.sha256();
  private long frames;
  private RlpWriter state = new RlpWriter(STATE_BYTES).startList();
  private int stateEntries;

  /** Takes over {@code file}, which is closed with this. */
  SnapshotWriter(OutputStream file) throws IOException {
    file.write(Frame.MAGIC);
    this.out = new DataOutputStream(new ZstdOutputStream(file, 3).setChecksum(true));
  }

  void write(Frame kind, byte[] payload) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(kind.number());
    crc.update(payload, 0, payload.length);
    out.writeByte(kind.number());
    out.writeInt(payload.length);
    out.write(payload);
    out.writeInt((int) crc.getValue());
    digest.update((byte) kind.number());
    digest.update(payload);
    frames++;
  }

  @Override
  public void code(Bytes code) throws IOException {
    write(Frame.CODE, code.toArray());
  }

  @Override
  public void account(Address address, AccountState account) throws IOException {
    state
        .startList()
        .integer(Frame.ACCOUNT)
        .address(address)
        .integer(account.nonce())
        .integer(account.balance())
        .hash(account.codeHash())
        .endList();
    entryDone();
  }

  @Override
  public void word(UInt256 slot, UInt256 value) throws IOException {
    state.startList().integer(Frame.WORD).integer(slot).integer(value).endList();
    entryDone();
  }

  private void entryDone() throws IOException {
    // An entry is at most some 110 bytes long.
    if (++stateEntries >= STATE_BYTES / 128) {
      endState();
    }
  }

  /** Ends the state of a rollup. */
  void endState() throws IOException {
    if (stateEntries > 0) {
      write(Frame.STATE, state.endList().toArray());
      state = new RlpWriter(STATE_BYTES).startList();
      stateEntries = 0;
    }
  }

  /** Writes the last frame; without it a file is not whole. */
  void finish() throws IOException {
    long before = frames;
    byte[] sum = digest.digest();
    write(Frame.END, new RlpWriter(48).startList().integer(before).bytes(sum).endList().toArray());
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
