// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A poster with the right keys that posts what the inbox takes and what is no batch all the same:
 * garbage in the blobs, heads that are not there, a root that is not the table's, ranges that leave
 * ticks out (protocol §1.7.2, §3.3). One thread.
 */
final class Poison implements UnaryOperator<Bytes> {
  private final SplittableRandom random;
  private final OperatorKeys keys;
  private final BlobProofs proofs = new HashProofs();
  private final Set<Bytes> callData = new HashSet<>();
  private final Set<Hash32> blobs = new HashSet<>();

  Poison(SplittableRandom random, OperatorKeys keys) {
    this.random = random;
    this.keys = keys;
  }

  /** Whether a batch was made here: by its call data, or by the first of its blobs. */
  boolean made(Bytes itsCallData, List<Hash32> itsBlobs) {
    return callData.contains(itsCallData) || blobs.contains(itsBlobs.getFirst());
  }

  /** What goes to L1 instead of a posting, of the same sender and nonce. */
  @Override
  public Bytes apply(Bytes network) {
    try {
      BlobTransaction posting = BlobTransaction.decode(network);
      Transaction.Unsigned fields = posting.transaction().fields();
      Batch batch = ClusterInboxAbi.decodePropose(fields.data());
      SecretKey key = keyOf(posting.transaction().sender());
      if (random.nextInt(4) == 0) {
        return garbage(posting, fields, key);
      }
      Bytes data = ClusterInboxAbi.encodePropose(wrong(batch));
      callData.add(data);
      return new BlobTransaction(
              with(fields, data, fields.blobVersionedHashes()).sign(key),
              posting.blobs(),
              posting.commitments(),
              posting.cellProofs())
          .encoded();
    } catch (DecodeException e) {
      throw new IllegalStateException("a node posted what cannot be read", e);
    }
  }

  private SecretKey keyOf(@Nullable Address sender) {
    for (SecretKey poster : keys.posters()) {
      if (poster.address().equals(sender)) {
        return poster;
      }
    }
    throw new IllegalStateException("not this operator's posting");
  }

  private Bytes garbage(BlobTransaction posting, Transaction.Unsigned fields, SecretKey key) {
    List<Bytes> garbage = new ArrayList<>();
    List<Bytes> commitments = new ArrayList<>();
    List<Bytes> cellProofs = new ArrayList<>();
    List<Hash32> hashes = new ArrayList<>();
    for (int i = 0; i < posting.blobs().size(); i++) {
      byte[] blob = new byte[Kzg.BLOB_BYTES];
      random.nextBytes(blob);
      for (int at = 0; at < blob.length; at += 32) {
        blob[at] = 0; // a field element is below the modulus
      }
      garbage.add(Bytes.wrap(blob));
      commitments.add(proofs.commit(blob));
      cellProofs.add(proofs.cellProofs(blob));
      hashes.add(BlobProofs.versionedHash(commitments.getLast()));
    }
    blobs.add(hashes.getFirst());
    Transaction tx = with(fields, fields.data(), hashes).sign(key);
    return new BlobTransaction(tx, garbage, commitments, cellProofs).encoded();
  }

  private Batch wrong(Batch batch) {
    Hash32 other = Hash32.of(randomBytes());
    List<RollupPart> rollups = new ArrayList<>(batch.rollups());
    List<Carried> carried = new ArrayList<>(batch.carried());
    Hash32 root = batch.headersRoot();
    long firstTick = batch.firstTick();
    switch (random.nextInt(4)) {
      case 0 -> {
        RollupPart last = rollups.removeLast();
        rollups.add(new RollupPart(last.rollupId(), other, last.offsetBytes(), last.lengthBytes()));
      }
      case 1 -> root = other;
      default -> {
        if (firstTick < batch.lastTick()) {
          firstTick++;
        } else if (!carried.isEmpty()
            && carried.getFirst().firstTick() < carried.getFirst().lastTick()) {
          Carried first = carried.removeFirst();
          carried.addFirst(
              new Carried(
                  first.windowSlot(), first.operatorId(), first.firstTick() + 1, first.lastTick()));
        } else {
          root = other;
        }
      }
    }
    return new Batch(
        batch.expected(),
        batch.windowSlot(),
        carried,
        firstTick,
        batch.lastTick(),
        batch.anchorNumber(),
        batch.anchorHash(),
        batch.msgTo(),
        root,
        rollups,
        batch.blobCount());
  }

  private byte[] randomBytes() {
    byte[] out = new byte[32];
    random.nextBytes(out);
    return out;
  }

  private static Transaction.Unsigned with(
      Transaction.Unsigned fields, Bytes data, List<Hash32> hashes) {
    return new Transaction.Unsigned(
        fields.type(),
        fields.chainId(),
        fields.nonce(),
        fields.maxPriorityFeePerGas(),
        fields.maxFeePerGas(),
        fields.gasLimit(),
        fields.to(),
        fields.value(),
        data,
        fields.accessList(),
        fields.maxFeePerBlobGas(),
        hashes,
        fields.authorizations());
  }
}
