// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What a cluster's inbox is deployed with (protocol §8); nobody may change it.
struct InboxParameters {
    address registry;
    address oracle;
    /// @dev keccak256(abi.encode(bytes32[] genesis block hashes, in the rollups' order))
    bytes32 genesisHead;
    /// @dev chain ids of the cluster's rollups, in their order
    uint64[] rollupIds;
    uint64 tickSeconds;
    /// @dev H
    uint64 handoverLeadSeconds;
    /// @dev OPEN_AFTER
    uint64 openAfterSlots;
    /// @dev price of a unit of L2 gas in the forced queue while that is empty
    uint256 forcedGasPriceWei;
}

/// @dev Ticks of an earlier window that a batch begins with, and whose operator sealed them (protocol §1.4).
struct Carried {
    uint64 windowSlot;
    uint32 operatorId;
    uint64 firstTick;
    uint64 lastTick;
}

/// @dev One rollup's share of a batch.
struct RollupPart {
    uint64 rollupId;
    /// @dev hash of the rollup's last block in the batch, as the poster declares it
    bytes32 lastBlockHash;
    /// @dev where the rollup's segment lies in the container that the blobs hold, in bytes of its payload
    uint32 offset;
    uint32 length;
}

/// @dev What the poster declares (protocol §2.4); the blobs hold the rest.
struct Batch {
    /// @dev heads the batch may stand on: batch hashes or declared heads
    bytes32[] expected;
    /// @dev the window the batch is posted in
    uint64 windowSlot;
    Carried[] carried;
    /// @dev the poster's own ticks; none when the first is greater than the last
    uint64 firstTick;
    uint64 lastTick;
    /// @dev L1 block that the last tick is anchored to
    uint64 anchorNumber;
    bytes32 anchorHash;
    /// @dev number of L1 messages imported up to here
    uint64 msgTo;
    /// @dev Merkle root over (tick, rollupId, number, blockHash)
    bytes32 headersRoot;
    RollupPart[] rollups;
    uint8 blobCount;
}
