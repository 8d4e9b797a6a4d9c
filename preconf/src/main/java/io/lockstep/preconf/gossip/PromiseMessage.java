// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import org.jspecify.annotations.Nullable;

/**
 * A signed promise with what its signer needs to keep it: whom it was given to, and the
 * transaction.
 *
 * @param operatorId who signed, as the registry numbers operators
 * @param tick in which it was signed; its transaction is in a frag of this tick
 * @param requestHash names the request it answers
 * @param transaction null when it is about no transaction, as a state lock
 * @param fabricSignature of the commitment with which the promise answers a Fabric request; null
 *     when it was not asked for so
 */
public record PromiseMessage(
    Signed<Promise> promise,
    int operatorId,
    long tick,
    Hash32 requestHash,
    @Nullable Transaction transaction,
    @Nullable Signature fabricSignature) {

  /** A promise that answers no Fabric request. */
  public PromiseMessage(
      Signed<Promise> promise,
      int operatorId,
      long tick,
      Hash32 requestHash,
      @Nullable Transaction transaction) {
    this(promise, operatorId, tick, requestHash, transaction, null);
  }

  /** What the promise says. */
  public PromiseBody said() {
    try {
      return promise.object().said();
    } catch (DecodeException e) {
      throw new IllegalStateException("a promise is signed and read with a body of its kind", e);
    }
  }

  public Bytes encoded() {
    RlpWriter out = new RlpWriter(512).startList();
    SignedCodec.writePromise(out, promise);
    out.integer(operatorId).integer(tick).hash(requestHash);
    out.bytes(transaction == null ? Bytes.EMPTY : transaction.encoded());
    if (fabricSignature != null) {
      out.bytes(fabricSignature.toBytes());
    }
    return out.endList().toBytes();
  }

  /** Decodes; the signer is not checked here. */
  public static PromiseMessage decode(Bytes bytes) throws DecodeException {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    whole.end();
    Signed<Promise> promise = SignedCodec.readPromise(in);
    long operatorId = in.integer();
    if (operatorId > Integer.MAX_VALUE) {
      throw new DecodeException("operator id " + operatorId);
    }
    long tick = in.integer();
    Hash32 requestHash = in.hash();
    Bytes raw = in.bytes(SealMessage.MAX_TRANSACTION_BYTES);
    Signature fabric = in.hasNext() ? Signature.fromBytes(in.bytes(Signature.LENGTH_BYTES)) : null;
    in.end();
    return new PromiseMessage(
        promise,
        (int) operatorId,
        tick,
        requestHash,
        raw.isEmpty() ? null : TransactionCodec.decode(raw),
        fabric);
  }
}
