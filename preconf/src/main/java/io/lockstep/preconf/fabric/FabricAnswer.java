// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.fabric;

import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.primitives.codec.AbiWords;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The commitment with which a promise answers a Fabric request. Its payload is the signed promise:
 * {@code abi.encode(struct{Promise promise; Ctx ctx; bytes signature})} with the fields of the
 * EIP-712 types in their order.
 *
 * <p>Signing it is safe. It is a function of the request and of a promise that the guard has let
 * pass, and says no more than "this promise answers that request", which {@link #obstacle} looks
 * at. So two of them contradict each other only if their promises do. Its digest is the root of an
 * SSZ tree, which no EIP-712 digest is. Pure. Any thread.
 */
public final class FabricAnswer {
  private static final int WORD_BYTES = 32;

  /** Words of the outer struct's head, with the offset that points to it. */
  private static final int HEAD_WORDS = 7;

  private static final int PROMISE_WORDS = 8;
  private static final int SIGNATURE_WORDS = 4;
  private static final int BODY_WORD = HEAD_WORDS + PROMISE_WORDS;
  private static final int MAX_BODY_WORDS = 6;

  private FabricAnswer() {}

  /** How every answer of a cluster's operators is bound. */
  public static FabricCommitment.Binding binding(
      Hash32 clusterId, CommitmentDomain domain, Bytes genesisForkVersion) {
    return new FabricCommitment.Binding(clusterId, 0, domain.l1ChainId(), genesisForkVersion);
  }

  /** The contract that a request must name as its judge. */
  public static Address slasher(CommitmentDomain domain) {
    return domain.verifyingContract();
  }

  /** The commitment that says {@code promise} answers the request. */
  public static FabricCommitment commitment(
      Signed<Promise> promise, Hash32 requestHash, CommitmentDomain domain) {
    return new FabricCommitment(
        FabricPayload.TYPE_BASE + promise.object().kind(),
        payload(promise),
        requestHash,
        slasher(domain));
  }

  /**
   * Why a promise does not answer a request, or null when it does.
   *
   * @param requestHash that the promise's record names
   * @param transaction that the promise's record holds
   */
  public static @Nullable String obstacle(
      FabricAsk ask,
      Promise promise,
      Hash32 requestHash,
      @Nullable Transaction transaction,
      CommitmentDomain domain) {
    FabricCommitment.Binding bound = ask.binding();
    if (!bound.equals(binding(promise.clusterId(), domain, bound.genesisForkVersion()))) {
      return "the answer would not be bound to this cluster";
    }
    FabricRequest request = ask.request();
    if (!request.hash().equals(requestHash)) {
      return "the promise is for another request than " + request.hash();
    }
    if (!request.slasher().equals(slasher(domain))) {
      return "slasher %s does not judge this cluster's promises, %s does"
          .formatted(request.slasher(), slasher(domain));
    }
    try {
      return fault(request, promise, transaction);
    } catch (DecodeException e) {
      return e.getMessage();
    }
  }

  private static @Nullable String fault(
      FabricRequest request, Promise promise, @Nullable Transaction transaction)
      throws DecodeException {
    FabricPayload asked = FabricPayload.decode(request.payload());
    PromiseBody said = promise.said();
    Hash32 about =
        switch (said) {
          case PromiseBody.Inclusion inclusion -> inclusion.txHash();
          case PromiseBody.Placed placed -> placed.txHash();
          case PromiseBody.StateLock _ -> null;
        };
    boolean isAboutIt =
        transaction != null
            && transaction.hash().equals(about)
            && transaction.encoded().equals(asked.signedTx())
            && said.rollupId() == asked.rollupId();
    boolean isInTime =
        promise.kind() != Promise.INCLUSION
            || asked.lastTick() == 0
            || asked.lastTick() == promise.deadlineTick();
    return FabricPayload.kindOf(request.commitmentType()) == promise.kind()
            && promise.coverageWei().equals(asked.coverageWei())
            && isAboutIt
            && isInTime
        ? null
        : "the promise is not the one that request " + request.hash() + " asks for";
  }

  private static Bytes payload(Signed<Promise> signed) {
    Promise p = signed.object();
    Ctx ctx = signed.ctx();
    int bodyWords = Math.ceilDiv(p.body().size(), WORD_BYTES);
    long promiseBytes = (PROMISE_WORDS + 1L + bodyWords) * WORD_BYTES;
    byte[] head =
        new AbiWords(BODY_WORD + 1)
            .uint(WORD_BYTES)
            .uint((HEAD_WORDS - 1L) * WORD_BYTES)
            .uint(ctx.anchorNumber())
            .word(ctx.anchorHash())
            .word(ctx.windowParent())
            .uint(ctx.flags())
            .uint((HEAD_WORDS - 1L) * WORD_BYTES + promiseBytes)
            .uint(p.kind())
            .word(p.clusterId())
            .uint(p.windowSlot())
            .uint((long) PROMISE_WORDS * WORD_BYTES)
            .uint(p.coverageWei())
            .uint(p.deadlineTick())
            .word(p.ctxHash())
            .uint(p.nonce())
            .uint(p.body().size())
            .toArray();
    byte[] body = FabricRequest.padded(p.body());
    byte[] signature = FabricRequest.padded(signed.signature().toBytes());
    int at = head.length + body.length;
    byte[] out = Arrays.copyOf(head, at + SIGNATURE_WORDS * WORD_BYTES);
    System.arraycopy(body, 0, out, head.length, body.length);
    UInt256.of(Signature.LENGTH_BYTES).write(out, at);
    System.arraycopy(signature, 0, out, at + WORD_BYTES, signature.length);
    return Bytes.wrap(out);
  }

  /**
   * The promise in a commitment's payload; whose it is, is not looked at.
   *
   * @throws DecodeException when it is not the one encoding of a promise
   */
  public static Signed<Promise> promise(Bytes payload) throws DecodeException {
    int bodyWords = payload.size() / WORD_BYTES - BODY_WORD - 1 - SIGNATURE_WORDS;
    if (payload.size() % WORD_BYTES != 0 || bodyWords < 1 || bodyWords > MAX_BODY_WORDS) {
      throw new DecodeException("a signed promise of " + payload.size() + " bytes");
    }
    long size = number(payload, BODY_WORD);
    int from = (BODY_WORD + 1) * WORD_BYTES;
    int signatureAt = from + (bodyWords + 1) * WORD_BYTES;
    long flags = number(payload, 5);
    long kind = number(payload, 7);
    if (size > (long) bodyWords * WORD_BYTES || flags > 7 || kind > Promise.POSITION) {
      throw new DecodeException("a promise of kind %d, flags %d".formatted(kind, flags));
    }
    Promise promise =
        new Promise(
            (int) kind,
            word(payload, 8),
            number(payload, 9),
            payload.slice(from, from + (int) size),
            UInt256.of(word(payload, 11)),
            number(payload, 12),
            word(payload, 13),
            number(payload, 14));
    Ctx ctx = new Ctx(number(payload, 2), word(payload, 3), word(payload, 4), (int) flags);
    Signature signature =
        Signature.fromBytes(payload.slice(signatureAt, signatureAt + Signature.LENGTH_BYTES));
    Signed<Promise> out = new Signed<>(promise, ctx, signature);
    if (!payload(out).equals(payload) || !ctx.hash().equals(promise.ctxHash())) {
      throw new DecodeException("the payload is not the one encoding of a promise");
    }
    var _ = promise.said();
    return out;
  }

  private static Hash32 word(Bytes bytes, int index) {
    return Hash32.read(bytes.unsafeArray(), index * WORD_BYTES);
  }

  private static long number(Bytes bytes, int index) throws DecodeException {
    UInt256 value = UInt256.of(word(bytes, index));
    if (!value.fitsLong()) {
      throw new DecodeException("word %d is out of range: %s".formatted(index, value));
    }
    return value.toLongSaturated();
  }
}
