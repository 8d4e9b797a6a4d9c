// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A signed transaction of any type, immutable. Hash, canonical encoding and sender are computed
 * once, at first use (sender recovery costs about 40 µs: let a worker thread do it first). Any
 * thread.
 *
 * <p>A legacy transaction's gas price stands in both fee fields; one without replay protection
 * (EIP-155) has a null chain id. Fields a type does not have are zero or empty.
 */
public final class Transaction {
  private final Unsigned fields;
  private final Signature signature;
  private volatile @Nullable Bytes encoded;
  private volatile @Nullable Hash32 hash;
  private volatile @Nullable Recovered recovered;

  private record Recovered(@Nullable Address sender) {}

  /**
   * What is signed.
   *
   * @param nonce 64 bits, unsigned
   * @param gasLimit gas, 64 bits unsigned: nothing that fits into a block has the first one set
   * @param to null creates a contract
   */
  public record Unsigned(
      TransactionType type,
      @Nullable UInt256 chainId,
      long nonce,
      UInt256 maxPriorityFeePerGas,
      UInt256 maxFeePerGas,
      long gasLimit,
      @Nullable Address to,
      UInt256 value,
      Bytes data,
      List<AccessListEntry> accessList,
      UInt256 maxFeePerBlobGas,
      List<Hash32> blobVersionedHashes,
      List<Authorization> authorizations) {
    public Unsigned {
      accessList = List.copyOf(accessList);
      blobVersionedHashes = List.copyOf(blobVersionedHashes);
      authorizations = List.copyOf(authorizations);
      if (chainId == null && type != TransactionType.LEGACY) {
        throw new IllegalArgumentException("only a legacy transaction may lack a chain id");
      }
    }

    /** An EIP-1559 transaction. */
    public static Unsigned feeMarket(
        UInt256 chainId,
        long nonce,
        UInt256 maxPriorityFeePerGas,
        UInt256 maxFeePerGas,
        long gasLimit,
        @Nullable Address to,
        UInt256 value,
        Bytes data) {
      return new Unsigned(
          TransactionType.FEE_MARKET,
          chainId,
          nonce,
          maxPriorityFeePerGas,
          maxFeePerGas,
          gasLimit,
          to,
          value,
          data,
          List.of(),
          UInt256.ZERO,
          List.of(),
          List.of());
    }

    /** The digest that the sender signs. */
    public Hash32 signingHash() {
      return Keccak.hash(TransactionCodec.encodeUnsigned(this));
    }

    public Transaction sign(SecretKey key) {
      return new Transaction(this, Secp256k1.sign(signingHash(), key));
    }

    /** The same with a key that may be held elsewhere. */
    public Transaction sign(Signer key) throws SignerException {
      return new Transaction(this, key.sign(Bytes.wrap(TransactionCodec.encodeUnsigned(this))));
    }
  }

  public Transaction(Unsigned fields, Signature signature) {
    this.fields = fields;
    this.signature = signature;
  }

  public Unsigned fields() {
    return fields;
  }

  public Signature signature() {
    return signature;
  }

  public TransactionType type() {
    return fields.type;
  }

  public @Nullable UInt256 chainId() {
    return fields.chainId;
  }

  public long nonce() {
    return fields.nonce;
  }

  public long gasLimit() {
    return fields.gasLimit;
  }

  public @Nullable Address to() {
    return fields.to;
  }

  public UInt256 value() {
    return fields.value;
  }

  public Bytes data() {
    return fields.data;
  }

  public UInt256 maxFeePerGas() {
    return fields.maxFeePerGas;
  }

  public UInt256 maxPriorityFeePerGas() {
    return fields.maxPriorityFeePerGas;
  }

  public List<AccessListEntry> accessList() {
    return fields.accessList;
  }

  public UInt256 maxFeePerBlobGas() {
    return fields.maxFeePerBlobGas;
  }

  public List<Hash32> blobVersionedHashes() {
    return fields.blobVersionedHashes;
  }

  public List<Authorization> authorizations() {
    return fields.authorizations;
  }

  /** The canonical EIP-2718 form: what blocks and batches hold and what is hashed. */
  public Bytes encoded() {
    Bytes known = encoded;
    if (known == null) {
      known = Bytes.wrap(TransactionCodec.encode(this));
      encoded = known;
    }
    return known;
  }

  public Hash32 hash() {
    Hash32 known = hash;
    if (known == null) {
      known = Keccak.hash(encoded());
      hash = known;
    }
    return known;
  }

  /** Who signed, or null when the signature recovers to nobody or has a high s (EIP-2). */
  public @Nullable Address sender() {
    Recovered known = recovered;
    if (known == null) {
      boolean highS = signature.s().compareTo(Secp256k1.HALF_ORDER) > 0;
      known = new Recovered(highS ? null : Secp256k1.recover(fields.signingHash(), signature));
      recovered = known;
    }
    return known.sender;
  }

  /** The same as {@link #sender()} without the rule of EIP-2, for Frontier blocks. */
  public @Nullable Address senderBeforeHomestead() {
    return Secp256k1.recover(fields.signingHash(), signature);
  }

  /**
   * What one unit of gas pays at {@code baseFee}: the cap, or base fee and tip. Meaningless below
   * the base fee.
   */
  public UInt256 effectiveGasPrice(UInt256 baseFee) {
    UInt256 wanted = baseFee.add(fields.maxPriorityFeePerGas);
    // base fee + tip cannot wrap where it matters: both are below the cap once the transaction is
    // valid
    return baseFee.addOverflows(fields.maxPriorityFeePerGas)
        ? fields.maxFeePerGas
        : wanted.min(fields.maxFeePerGas);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Transaction that && hash().equals(that.hash());
  }

  @Override
  public int hashCode() {
    return Objects.hash(hash());
  }

  @Override
  public String toString() {
    return "Transaction(" + hash() + ")";
  }
}
