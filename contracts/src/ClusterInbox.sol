// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOperatorRegistry} from "./IOperatorRegistry.sol";

/// @title The place on L1 where a cluster's batches are posted
/// @notice One blob transaction carries blocks of all rollups of the cluster. The inbox binds the blobs, the declared result
/// and the poster into a chain of hashes; what the blobs mean is decided by derivation, off-chain, from these bytes alone.
/// @dev Protocol §1.7 and §2.4. On-chain here: the poster belongs to an operator that is not frozen, the batch stands on a head its
/// poster named, and the blobs are there. Left to derivation, which turns anything else into nothing and harms only its
/// poster: the window, the cut-off, the anchor, the carried ranges and all that lies in the blobs. The inbox has no owner and
/// no parameter that can change: a new rule is a new deployment.
contract ClusterInbox {
    /// @notice Ticks of an earlier window that the batch begins with, and whose operator sealed them.
    struct Carried {
        uint64 windowSlot;
        uint32 operatorId;
        uint64 firstTick;
        uint64 lastTick;
    }

    /// @notice One rollup's share of the batch.
    struct RollupPart {
        uint64 rollupId;
        /// @dev hash of the rollup's last block in the batch, as the poster declares it
        bytes32 lastBlockHash;
        /// @dev where the rollup's segment lies in the container that the blobs hold, in bytes of its payload
        uint32 offset;
        uint32 length;
    }

    /// @notice What the poster declares; the blobs hold the rest.
    struct Batch {
        /// @dev heads the batch may stand on: batch hashes or declared heads
        bytes32[] expected;
        /// @dev the window the batch is posted in: the L1 slot that gives the right
        uint64 windowSlot;
        Carried[] carried;
        /// @dev the poster's own ticks; both are 0 if the batch only carries
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

    /// @dev Batch hashes kept on-chain: 27 hours at one batch per 12-second slot.
    uint64 private constant RING_LENGTH = 8192;
    /// @dev Blobs of one transaction since EIP-7594.
    uint256 private constant MAX_BLOBS = 6;

    /// @notice The `OperatorRegistry` that says who may post.
    address public immutable registry;
    /// @notice Name of this cluster in everything signed: keccak256(abi.encode(L1 chain id, this contract)).
    bytes32 public immutable clusterId;
    /// @notice What the first batch stands on: keccak256(abi.encode(clusterId, genesisHead)).
    bytes32 public immutable genesisBatchHash;

    /// @notice Index of the newest batch; 0 before the first.
    uint64 public lastBatchIndex;
    /// @notice Declared head of the newest batch: keccak256(abi.encode(last block hashes in the rollups' order)).
    bytes32 public lastHead;

    bytes32[RING_LENGTH] private _ring;

    event BatchProposed(
        uint64 indexed batchIndex,
        uint32 indexed operatorId,
        uint64 windowSlot,
        bytes32 batchHash,
        bytes32 declaredHead,
        bytes32[] blobHashes
    );

    /// @notice The sender is no registered operator's poster.
    error NotAPoster(address sender);
    /// @notice The sender's operator is frozen.
    error Frozen(uint32 operatorId);
    /// @notice Neither the last batch nor its declared head is among the batch's `expected`.
    error UnexpectedHead(bytes32 lastBatchHash, bytes32 lastHead);
    /// @notice The transaction carries another number of blobs than declared, or more or fewer than 1 to 6 were declared.
    error BadBlobCount(uint256 declared, uint256 found);
    /// @notice The batch names no rollup.
    error NoRollups();
    /// @notice There is no contract at the address given as registry.
    error NoRegistry(address registry);

    /// @param registryAddress the cluster's `OperatorRegistry`
    /// @param genesisHead keccak256(abi.encode(bytes32[] genesis block hashes, in the rollups' order))
    constructor(address registryAddress, bytes32 genesisHead) {
        if (registryAddress.code.length == 0) revert NoRegistry(registryAddress);
        registry = registryAddress;
        bytes32 id = keccak256(abi.encode(block.chainid, address(this)));
        clusterId = id;
        genesisBatchHash = keccak256(abi.encode(id, genesisHead));
        lastHead = genesisHead;
    }

    /// @notice Posts a batch. The blobs are those of the calling transaction.
    /// @dev A contract may be the poster: what counts is the caller. `expected` is the poster's own guard against a reorg or
    /// a rival: the call reverts, and only gas is lost, when the chain is no longer where the batch was made for.
    function propose(Batch calldata batch) external {
        (uint32 operatorId, bool allowed) = IOperatorRegistry(registry).mayPost(msg.sender);
        if (operatorId == 0) revert NotAPoster(msg.sender);
        if (!allowed) revert Frozen(operatorId);
        if (batch.rollups.length == 0) revert NoRollups();

        uint64 index = lastBatchIndex;
        bytes32 parentHash = _hashAt(index);
        _requireExpected(batch.expected, parentHash, lastHead);
        bytes32[] memory blobHashes = _blobHashes(batch.blobCount);
        bytes32 declaredHead = _declaredHead(batch.rollups);
        bytes32 hash = keccak256(abi.encode(parentHash, keccak256(abi.encode(batch)), blobHashes, operatorId));

        index++;
        lastBatchIndex = index;
        lastHead = declaredHead;
        _ring[index % RING_LENGTH] = hash;
        emit BatchProposed(index, operatorId, batch.windowSlot, hash, declaredHead, blobHashes);
    }

    /// @notice Hash of the newest batch, or the genesis batch's hash before the first.
    function lastBatchHash() external view returns (bytes32) {
        return _hashAt(lastBatchIndex);
    }

    /// @notice Hash of a batch among the newest 8192; zero for any other index, 0 included.
    function batchHash(uint64 batchIndex) external view returns (bytes32) {
        uint64 last = lastBatchIndex;
        if (batchIndex == 0 || batchIndex > last || last - batchIndex >= RING_LENGTH) return bytes32(0);
        return _ring[batchIndex % RING_LENGTH];
    }

    /// @dev Of the newest index only.
    function _hashAt(uint64 index) private view returns (bytes32) {
        return index == 0 ? genesisBatchHash : _ring[index % RING_LENGTH];
    }

    function _requireExpected(bytes32[] calldata expected, bytes32 parentHash, bytes32 head) private pure {
        for (uint256 i = 0; i < expected.length; i++) {
            if (expected[i] == parentHash || expected[i] == head) return;
        }
        revert UnexpectedHead(parentHash, head);
    }

    function _blobHashes(uint256 declared) private view returns (bytes32[] memory hashes) {
        uint256 found = 0;
        while (blobhash(found) != 0) found++;
        if (declared == 0 || declared > MAX_BLOBS || declared != found) revert BadBlobCount(declared, found);
        hashes = new bytes32[](declared);
        for (uint256 i = 0; i < declared; i++) {
            hashes[i] = blobhash(i);
        }
    }

    function _declaredHead(RollupPart[] calldata rollups) private pure returns (bytes32) {
        bytes32[] memory heads = new bytes32[](rollups.length);
        for (uint256 i = 0; i < heads.length; i++) {
            heads[i] = rollups[i].lastBlockHash;
        }
        return keccak256(abi.encode(heads));
    }
}
