// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction's receipt as consensus has it.
 *
 * @param success the status of EIP-658; meaningless when {@code stateRoot} is set
 * @param stateRoot the intermediate root of receipts before Byzantium, else null
 * @param cumulativeGasUsed gas of the block up to and with this transaction
 */
public record Receipt(
    TransactionType type,
    boolean success,
    @Nullable Hash32 stateRoot,
    long cumulativeGasUsed,
    Bytes bloom,
    List<Log> logs) {
  public Receipt {
    logs = List.copyOf(logs);
  }

  public Receipt(TransactionType type, boolean success, long cumulativeGasUsed, List<Log> logs) {
    this(type, success, null, cumulativeGasUsed, LogsBloom.of(logs), logs);
  }

  /** The EIP-2718 form that the receipts trie holds. */
  public Bytes encoded() {
    return encoded(true);
  }

  /** The same without the bloom, which follows from the logs; {@link #decodeStored} reads it. */
  public Bytes encodedToStore() {
    return encoded(false);
  }

  private Bytes encoded(boolean withBloom) {
    RlpWriter out = new RlpWriter((withBloom ? 320 : 64) + logs.size() * 128).startList();
    if (stateRoot != null) {
      out.hash(stateRoot);
    } else {
      out.integer(success ? 1 : 0);
    }
    out.integer(cumulativeGasUsed);
    if (withBloom) {
      out.bytes(bloom);
    }
    writeLogs(out, logs);
    byte[] rlp = out.endList().toArray();
    if (type == TransactionType.LEGACY) {
      return Bytes.wrap(rlp);
    }
    byte[] typed = new byte[rlp.length + 1];
    typed[0] = (byte) type.id();
    System.arraycopy(rlp, 0, typed, 1, rlp.length);
    return Bytes.wrap(typed);
  }

  /** Keccak of {@link #encoded()}: what a frag or a promise commits to. */
  public Hash32 hash() {
    return Keccak.hash(encoded());
  }

  public static void writeLogs(RlpWriter out, List<Log> logs) {
    out.startList();
    for (Log log : logs) {
      out.startList().address(log.address()).startList();
      log.topics().forEach(out::hash);
      out.endList().bytes(log.data()).endList();
    }
    out.endList();
  }

  /** Reads {@link #encoded()}. */
  public static Receipt decode(Bytes encoded) throws DecodeException {
    return decode(encoded, false);
  }

  /** Reads {@link #encodedToStore()}, and {@link #encoded()} too, of which stores were made. */
  public static Receipt decodeStored(Bytes encoded) throws DecodeException {
    return decode(encoded, true);
  }

  private static Receipt decode(Bytes encoded, boolean stored) throws DecodeException {
    if (encoded.isEmpty()) {
      throw new DecodeException("empty receipt");
    }
    int first = encoded.get(0) & 0xff;
    boolean typed = first < 0xc0;
    TransactionType type = typed ? TransactionType.ofWireByte(first) : TransactionType.LEGACY;
    RlpReader whole = RlpReader.over(typed ? encoded.slice(1, encoded.size()) : encoded);
    RlpReader in = whole.list();
    whole.end();
    Bytes status = in.bytes(32);
    Hash32 root = status.size() == 32 ? Hash32.of(status.unsafeArray()) : null;
    if (root == null && (status.size() > 1 || (status.size() == 1 && status.get(0) != 1))) {
      throw new DecodeException("receipt status " + status);
    }
    long cumulativeGasUsed = in.integer();
    Bytes bloom = stored && in.nextIsList() ? null : in.bytes(LogsBloom.LENGTH_BYTES);
    if (bloom != null && bloom.size() != LogsBloom.LENGTH_BYTES) {
      throw new DecodeException("bloom of " + bloom.size() + " bytes, expected 256");
    }
    List<Log> logs = new ArrayList<>();
    RlpReader list = in.list();
    while (list.hasNext()) {
      RlpReader entry = list.list();
      Address address = entry.address();
      List<Hash32> topics = new ArrayList<>();
      RlpReader topicList = entry.list();
      while (topicList.hasNext()) {
        topics.add(topicList.hash());
      }
      logs.add(new Log(address, topics, entry.bytes(Integer.MAX_VALUE)));
      entry.end();
    }
    in.end();
    Bytes known = bloom == null ? LogsBloom.of(logs) : bloom;
    return new Receipt(type, status.size() == 1, root, cumulativeGasUsed, known, logs);
  }
}
