// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.BlockRef;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;

/**
 * An execution block header of any fork from Frontier to Osaka. Later fields are null in blocks of
 * earlier forks: base fee (London), withdrawals root (Shanghai), blob gas and parent beacon root
 * (Cancun), requests hash (Prague); once one is null so are all after it.
 *
 * @param timestampSeconds Unix seconds, 64 bits unsigned
 * @param prevRandao mix hash before Paris
 * @param nonce eight bytes, zero since Paris
 */
public record BlockHeader(
    Hash32 parentHash,
    Hash32 ommersHash,
    Address coinbase,
    Hash32 stateRoot,
    Hash32 transactionsRoot,
    Hash32 receiptsRoot,
    Bytes logsBloom,
    UInt256 difficulty,
    long number,
    long gasLimit,
    long gasUsed,
    long timestampSeconds,
    Bytes extraData,
    Hash32 prevRandao,
    Bytes nonce,
    @Nullable UInt256 baseFeePerGas,
    @Nullable Hash32 withdrawalsRoot,
    @Nullable Long blobGasUsed,
    @Nullable Long excessBlobGas,
    @Nullable Hash32 parentBeaconBlockRoot,
    @Nullable Hash32 requestsHash) {

  public static final Bytes ZERO_NONCE = Bytes.wrap(new byte[8]);

  /** SHA-256 of nothing: the requests hash of a block without requests (EIP-7685). */
  public static final Hash32 EMPTY_REQUESTS_HASH =
      Hash32.fromHex("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

  public Bytes encoded() {
    RlpWriter out =
        new RlpWriter(640)
            .startList()
            .hash(parentHash)
            .hash(ommersHash)
            .address(coinbase)
            .hash(stateRoot)
            .hash(transactionsRoot)
            .hash(receiptsRoot)
            .bytes(logsBloom)
            .integer(difficulty)
            .integer(number)
            .integer(gasLimit)
            .integer(gasUsed)
            .integer(timestampSeconds)
            .bytes(extraData)
            .hash(prevRandao)
            .bytes(nonce);
    if (baseFeePerGas != null) out.integer(baseFeePerGas);
    if (withdrawalsRoot != null) out.hash(withdrawalsRoot);
    if (blobGasUsed != null) out.integer(blobGasUsed);
    if (excessBlobGas != null) out.integer(excessBlobGas);
    if (parentBeaconBlockRoot != null) out.hash(parentBeaconBlockRoot);
    if (requestsHash != null) out.hash(requestsHash);
    return out.endList().toBytes();
  }

  /** The block hash. Computed at each call: keep it where it is needed often. */
  public Hash32 hash() {
    return Keccak.hash(encoded());
  }

  public BlockRef ref() {
    return new BlockRef(number, hash(), parentHash, timestampSeconds);
  }

  /** The base fee, or zero before London. */
  public UInt256 baseFeeOrZero() {
    return baseFeePerGas == null ? UInt256.ZERO : baseFeePerGas;
  }

  public static BlockHeader decode(Bytes encoded) throws DecodeException {
    RlpReader whole = RlpReader.over(encoded);
    BlockHeader header = decode(whole.list());
    whole.end();
    return header;
  }

  /** Reads a header from the payload of its list. */
  public static BlockHeader decode(RlpReader in) throws DecodeException {
    BlockHeader header =
        new BlockHeader(
            in.hash(),
            in.hash(),
            in.address(),
            in.hash(),
            in.hash(),
            in.hash(),
            fixed(in.bytes(LogsBloom.LENGTH_BYTES), LogsBloom.LENGTH_BYTES),
            in.uint256(),
            in.integer(),
            in.integer(),
            in.integer(),
            in.unsignedLong(),
            in.bytes(1024),
            in.hash(),
            fixed(in.bytes(8), 8),
            in.hasNext() ? in.uint256() : null,
            in.hasNext() ? in.hash() : null,
            in.hasNext() ? (Long) in.unsignedLong() : null,
            in.hasNext() ? (Long) in.unsignedLong() : null,
            in.hasNext() ? in.hash() : null,
            in.hasNext() ? in.hash() : null);
    in.end();
    return header;
  }

  private static Bytes fixed(Bytes value, int lengthBytes) throws DecodeException {
    if (value.size() != lengthBytes) {
      throw new DecodeException(
          "header field of " + value.size() + " bytes, expected " + lengthBytes);
    }
    return value;
  }
}
