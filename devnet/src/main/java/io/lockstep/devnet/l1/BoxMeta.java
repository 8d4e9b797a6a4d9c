// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the box knows about itself beside its blocks. Immutable.
 *
 * @param genesisSeconds beacon genesis, Unix seconds
 * @param fingerprint of the settings that must not change between starts
 * @param live whether the warm-up is over
 * @param proposers orders that scripts set, by epoch
 */
record BoxMeta(
    long genesisSeconds,
    Hash32 fingerprint,
    boolean live,
    SortedMap<Long, List<Integer>> proposers) {

  /** Of what must be the same at every start. */
  static Hash32 fingerprint(BoxOptions options, Validators validators) {
    return Sha256.hash(
        ByteBuffer.allocate(16)
            .putLong(options.slotSeconds())
            .putLong(BoxOptions.SLOTS_PER_EPOCH)
            .array(),
        validators.registryRoot().toArray(),
        options.fork() == BeaconFork.FULU
            ? new byte[0]
            : options.fork().version().getBytes(StandardCharsets.US_ASCII),
        options.seed().toArray());
  }

  /** The record, when it was made with the same settings. */
  static BoxMeta same(BoxMeta meta, BoxOptions options, Validators validators) {
    if (!meta.fingerprint().equals(fingerprint(options, validators))) {
      throw new IllegalArgumentException(
          options.dataDir()
              + " holds an L1 in a box with another slot length or fork, other validators or"
              + " owners: use another folder or delete it");
    }
    return meta;
  }

  BoxMeta withLive() {
    return new BoxMeta(genesisSeconds, fingerprint, true, proposers);
  }

  BoxMeta withProposers(SortedMap<Long, List<Integer>> orders) {
    return new BoxMeta(genesisSeconds, fingerprint, live, new TreeMap<>(orders));
  }

  byte[] encoded() {
    RlpWriter out =
        new RlpWriter()
            .startList()
            .integer(genesisSeconds)
            .hash(fingerprint)
            .integer(live ? 1 : 0)
            .startList();
    proposers.forEach((epoch, order) -> {
      out.startList().integer(epoch).startList();
      order.forEach(out::integer);
      out.endList().endList();
    });
    return out.endList().endList().toArray();
  }

  static BoxMeta decode(byte[] encoded) {
    try {
      RlpReader in = RlpReader.over(encoded).list();
      long genesisSeconds = in.integer();
      Hash32 fingerprint = in.hash();
      boolean live = in.integer() == 1;
      SortedMap<Long, List<Integer>> proposers = new TreeMap<>();
      RlpReader epochs = in.list();
      while (epochs.hasNext()) {
        RlpReader entry = epochs.list();
        long epoch = entry.integer();
        List<Integer> order = new ArrayList<>();
        RlpReader indices = entry.list();
        while (indices.hasNext()) {
          order.add((int) indices.integer());
        }
        proposers.put(epoch, List.copyOf(order));
      }
      in.end();
      return new BoxMeta(genesisSeconds, fingerprint, live, proposers);
    } catch (DecodeException e) {
      throw new StorageException("the box's own record is damaged", e);
    }
  }
}
