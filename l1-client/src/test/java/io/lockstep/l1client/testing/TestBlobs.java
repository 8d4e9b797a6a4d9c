// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.send.AccountLanes;
import io.lockstep.l1client.send.BlobTxSender;
import io.lockstep.l1client.send.InclusionPath;
import io.lockstep.l1client.send.PostingId;
import io.lockstep.l1client.send.PostingRequest;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Blobs and blob transactions for tests. */
public final class TestBlobs {
  public static final SecretKey KEY = SecretKey.fromHex("0x" + "07".repeat(32));
  public static final Address INBOX = Address.ofLong(0x1b0);
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);

  private TestBlobs() {}

  /** A valid blob, different for each number. */
  public static byte[] blob(int number) {
    byte[] blob = new byte[Kzg.BLOB_BYTES];
    for (int at = 0; at < blob.length; at += 32) {
      blob[at + 31] = (byte) number;
      blob[at + 30] = (byte) (at / 32);
    }
    return blob;
  }

  /** A posting of {@code blobs} to {@link #INBOX}, due at no time. */
  public static PostingRequest request(PostingId id, Bytes callData, List<Bytes> blobs) {
    return new PostingRequest(id, INBOX, callData, blobs, 0, 10);
  }

  /** What a sender that posts to this node stands on. */
  public static BlobTxSender.Setup setup(ExecutionClient execution, KeyValueStore store) {
    return new BlobTxSender.Setup(
        execution,
        InclusionPath.mempool(execution),
        new FeeReader(execution, BlobSchedule.UNKNOWN, FakeChain.SLOT_SECONDS),
        store,
        new AccountLanes(),
        Runnable::run,
        BlobProofs.KZG);
  }

  /** As long as a blob, but its field elements are too large. */
  public static byte[] notCanonical() {
    byte[] blob = new byte[Kzg.BLOB_BYTES];
    Arrays.fill(blob, (byte) 0xff);
    return blob;
  }

  /** A posting by {@link #KEY}; its cell proofs are zero (the stub does not check them). */
  public static BlobTransaction signedPosting(long nonce, int blobCount) {
    List<Bytes> blobs = new ArrayList<>();
    List<Bytes> commitments = new ArrayList<>();
    List<Bytes> proofs = new ArrayList<>();
    List<Hash32> hashes = new ArrayList<>();
    for (int i = 0; i < blobCount; i++) {
      byte[] blob = blob((int) nonce * 8 + i + 1);
      Bytes commitment = Kzg.commit(blob);
      blobs.add(Bytes.wrap(blob));
      commitments.add(commitment);
      proofs.add(Bytes.wrap(new byte[Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES]));
      hashes.add(Kzg.versionedHash(commitment));
    }
    Transaction tx =
        new Transaction.Unsigned(
                TransactionType.BLOB,
                UInt256.of(900),
                nonce,
                GWEI,
                GWEI.multiply(UInt256.of(3)),
                100_000,
                INBOX,
                UInt256.ZERO,
                Bytes.EMPTY,
                List.of(),
                GWEI,
                hashes,
                List.of())
            .sign(KEY);
    return new BlobTransaction(tx, blobs, commitments, proofs);
  }
}
