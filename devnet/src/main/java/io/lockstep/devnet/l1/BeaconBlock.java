// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.StorageException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the box keeps of one beacon block, canonical or not: its header and what stands in its body.
 *
 * @param root hash tree root of the header
 * @param executionHash the execution block that it carries
 * @param commitments the KZG commitments of its blobs, 48 bytes each, in the block's order
 */
record BeaconBlock(
    Hash32 root,
    BeaconHeader header,
    Hash32 executionHash,
    long executionNumber,
    List<Bytes> commitments) {
  BeaconBlock {
    commitments = List.copyOf(commitments);
  }

  static BeaconBlock of(
      BeaconHeader header, Hash32 executionHash, long executionNumber, List<Bytes> commitments) {
    return new BeaconBlock(header.root(), header, executionHash, executionNumber, commitments);
  }

  /** Stands for what else is in a body; SHA-256 over what the box puts there. */
  static Hash32 bodyRoot(Hash32 executionHash, Hash32 randao, List<Bytes> commitments) {
    byte[][] parts = new byte[2 + commitments.size()][];
    parts[0] = executionHash.toArray();
    parts[1] = randao.toArray();
    for (int i = 0; i < commitments.size(); i++) {
      parts[2 + i] = commitments.get(i).unsafeArray();
    }
    return Sha256.hash(parts);
  }

  long slot() {
    return header.slot();
  }

  byte[] encoded() {
    RlpWriter out =
        new RlpWriter()
            .startList()
            .integer(header.slot())
            .integer(header.proposerIndex())
            .hash(header.parentRoot())
            .hash(header.stateRoot())
            .hash(header.bodyRoot())
            .hash(executionHash)
            .integer(executionNumber)
            .startList();
    commitments.forEach(out::bytes);
    return out.endList().endList().toArray();
  }

  /** Reads what {@link #encoded()} wrote to the box's own store. */
  static BeaconBlock decode(byte[] encoded) {
    try {
      RlpReader in = RlpReader.over(encoded).list();
      BeaconHeader header =
          new BeaconHeader(in.integer(), in.integer(), in.hash(), in.hash(), in.hash());
      Hash32 executionHash = in.hash();
      long executionNumber = in.integer();
      List<Bytes> commitments = new ArrayList<>();
      RlpReader list = in.list();
      while (list.hasNext()) {
        commitments.add(list.bytes(Kzg.COMMITMENT_BYTES));
      }
      in.end();
      return of(header, executionHash, executionNumber, commitments);
    } catch (DecodeException e) {
      throw new StorageException("a beacon block record of the box is damaged", e);
    }
  }
}
