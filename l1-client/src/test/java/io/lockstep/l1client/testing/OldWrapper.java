// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.testing;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.tx.BlobTransaction;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Reads and checks a blob transaction in the form before Osaka (EIP-4844), as its nodes do. */
public final class OldWrapper {
  private OldWrapper() {}

  /** The transaction with its blobs; cell proofs are made up, as this form has none. */
  public static BlobTransaction read(Bytes network) throws DecodeException {
    Transaction tx = BlobTransaction.transactionOf(network);
    RlpReader in = RlpReader.over(network.slice(1, network.size())).list();
    in.skip();
    List<Bytes> blobs = strings(in.list());
    List<Bytes> commitments = strings(in.list());
    List<Bytes> proofs = strings(in.list());
    in.end();
    List<Bytes> none = new ArrayList<>();
    for (int i = 0; i < blobs.size(); i++) {
      if (!Kzg.versionedHash(commitments.get(i)).equals(tx.blobVersionedHashes().get(i))
          || !Kzg.verifyBlobProof(blobs.get(i).unsafeArray(), commitments.get(i), proofs.get(i))) {
        throw new DecodeException("blob " + i + " does not belong to its proof");
      }
      none.add(Bytes.wrap(new byte[Kzg.CELLS_PER_EXT_BLOB * Kzg.PROOF_BYTES]));
    }
    return new BlobTransaction(tx, blobs, commitments, none);
  }

  private static List<Bytes> strings(RlpReader in) throws DecodeException {
    List<Bytes> out = new ArrayList<>();
    while (in.hasNext()) {
      out.add(Bytes.wrap(in.bytes()));
    }
    return out;
  }
}
