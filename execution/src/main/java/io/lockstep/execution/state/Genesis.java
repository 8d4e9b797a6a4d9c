// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.fork.Fork;
import io.lockstep.execution.fork.ForkSchedule;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A chain's beginning in the form that go-ethereum reads: the forks, the first block's header, the
 * first state. Immutable, any thread.
 */
public final class Genesis {
  /** EIP-1559's first base fee, where the file names none. */
  private static final UInt256 INITIAL_BASE_FEE_WEI = UInt256.of(1_000_000_000L);

  private final JsonNode json;
  private final ForkSchedule forks;
  private final UInt256 chainId;
  private final StateDiff allocation;
  private final BlockHeader header;

  private Genesis(
      JsonNode json,
      ForkSchedule forks,
      UInt256 chainId,
      StateDiff allocation,
      BlockHeader header) {
    this.json = json;
    this.forks = forks;
    this.chainId = chainId;
    this.allocation = allocation;
    this.header = header;
  }

  /**
   * Reads geth's form.
   *
   * @throws DecodeException naming the field that is missing or not as it must be
   */
  public static Genesis parse(JsonNode gethForm) throws DecodeException {
    if (!gethForm.isObject()) {
      throw new DecodeException("a genesis file is a JSON object");
    }
    GenesisFields in = new GenesisFields(gethForm, "");
    GenesisFields config = in.object("config");
    UInt256 chainId = config.requiredNumber("chainId");
    ForkSchedule forks;
    try {
      forks = ForkSchedule.fromGethConfig(config.node());
    } catch (IllegalArgumentException e) {
      throw new DecodeException("genesis config: " + e.getMessage(), e);
    }
    StateDiff allocation = GenesisAllocation.read(in.object("alloc"));
    return new Genesis(gethForm.deepCopy(), forks, chainId, allocation, header(in, forks));
  }

  public ForkSchedule forks() {
    return forks;
  }

  public UInt256 chainId() {
    return chainId;
  }

  /** The first block's header over a state with this root. */
  public BlockHeader header(Hash32 stateRoot) {
    return new BlockHeader(
        header.parentHash(),
        header.ommersHash(),
        header.coinbase(),
        stateRoot,
        header.transactionsRoot(),
        header.receiptsRoot(),
        header.logsBloom(),
        header.difficulty(),
        header.number(),
        header.gasLimit(),
        header.gasUsed(),
        header.timestampSeconds(),
        header.extraData(),
        header.prevRandao(),
        header.nonce(),
        header.baseFeePerGas(),
        header.withdrawalsRoot(),
        header.blobGasUsed(),
        header.excessBlobGas(),
        header.parentBeaconBlockRoot(),
        header.requestsHash());
  }

  /** The first state as a change of the empty one. */
  public StateDiff allocation() {
    return allocation;
  }

  /** The file as it was read; a copy. */
  public JsonNode json() {
    return json.deepCopy();
  }

  // With the root of the empty state; header(Hash32) puts the right one in.
  private static BlockHeader header(GenesisFields in, ForkSchedule forks) throws DecodeException {
    long number = in.number("number", 0);
    long timestampSeconds = in.number("timestamp", 0);
    Fork fork = forks.at(number, timestampSeconds);
    boolean london = fork.isAtLeast(Fork.LONDON);
    boolean shanghai = fork.isAtLeast(Fork.SHANGHAI);
    boolean cancun = fork.isAtLeast(Fork.CANCUN);
    boolean prague = fork.isAtLeast(Fork.PRAGUE);
    Bytes extraData = in.bytes("extraData");
    if (extraData.size() > 1024) {
      throw new DecodeException("genesis extraData of " + extraData.size() + " bytes, limit 1024");
    }
    return new BlockHeader(
        in.hash("parentHash"),
        Keccak.EMPTY_LIST,
        in.address("coinbase"),
        Keccak.EMPTY_TRIE_ROOT,
        Keccak.EMPTY_TRIE_ROOT,
        Keccak.EMPTY_TRIE_ROOT,
        Bytes.wrap(new byte[LogsBloom.LENGTH_BYTES]),
        in.requiredNumber("difficulty"),
        number,
        GenesisFields.belowTwoTo63("gasLimit", in.requiredNumber("gasLimit")),
        in.number("gasUsed", 0),
        timestampSeconds,
        extraData,
        in.hash("mixHash"),
        nonceBytes(in.unsignedLong("nonce")),
        london ? in.number256("baseFeePerGas", INITIAL_BASE_FEE_WEI) : null,
        shanghai ? Keccak.EMPTY_TRIE_ROOT : null,
        cancun ? boxed(in.number("blobGasUsed", 0)) : null,
        cancun ? boxed(in.number("excessBlobGas", 0)) : null,
        cancun ? in.hash("parentBeaconBlockRoot") : null,
        prague ? BlockHeader.EMPTY_REQUESTS_HASH : null);
  }

  private static @Nullable Long boxed(long value) {
    return value;
  }

  private static Bytes nonceBytes(long nonce) {
    return Bytes.wrap(io.lockstep.storage.column.Keys.number(nonce));
  }
}
