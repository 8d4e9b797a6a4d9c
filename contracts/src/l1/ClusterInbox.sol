// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "./BeaconChain.sol";
import {BlockHashes} from "./BlockHashes.sol";
import {ForcedQueue} from "./ForcedQueue.sol";
import {ILookaheadOracle} from "./ILookaheadOracle.sol";
import {Batch, Carried, InboxParameters, RollupPart} from "./InboxTypes.sol";
import {IOperatorRegistry} from "./IOperatorRegistry.sol";
import {TickClock} from "./TickClock.sol";

/// @title The place on L1 where a cluster's batches are posted
/// @notice One blob transaction carries blocks of all rollups of the cluster. The inbox lets the window's operator post, binds the
/// blobs, the declared result and whoever may answer for it into a chain of hashes; what the blobs mean is decided by derivation,
/// off-chain, from these bytes alone.
/// @dev Protocol §1.3, §1.7 and §2.4. What is left to derivation turns into nothing and harms only its poster. The inbox has no
/// owner and no parameter that can change: a new rule is a new deployment.
contract ClusterInbox is ForcedQueue {
    /// @dev Batch hashes kept on-chain: 27 hours at one batch per 12-second slot.
    uint64 private constant RING_LENGTH = 8192;
    /// @dev Blobs of one transaction since EIP-7594.
    uint256 private constant MAX_BLOBS = 6;

    /// @notice The `OperatorRegistry` that knows the operators' keys.
    address public immutable registry;
    /// @notice The `LookaheadOracle` that knows the windows.
    address public immutable oracle;
    /// @notice OPEN_AFTER: so many slots before a window's first slot the last batch landed, when the window is open to all.
    uint64 public immutable openAfterSlots;
    /// @notice Name of this cluster in everything signed: keccak256(abi.encode(L1 chain id, this contract)).
    bytes32 public immutable clusterId;
    /// @notice What the first batch stands on: keccak256(abi.encode(clusterId, genesisHead)).
    bytes32 public immutable genesisBatchHash;
    uint256 private immutable _rollupCount;

    /// @notice Index of the newest batch or open block; 0 before the first.
    uint64 public lastBatchIndex;
    /// @notice Slot of the newest open block or batch by a window's own operator; 0 before the first. A stranger's batch does not
    /// count, so that garbage cannot close an open window.
    uint64 public lastOwnedSlot;
    /// @notice Declared head of the newest batch: keccak256(abi.encode(last block hashes in the rollups' order)). An open block
    /// declares none, and its batch hash stands here.
    bytes32 public lastHead;

    bytes32[RING_LENGTH] private _ring;
    uint64[] private _rollupIds;

    /// @param operatorId the window's operator; 0 for a stranger's batch in an open window
    /// @param committers who sealed what is carried, one for each carried range
    event BatchProposed(
        uint64 indexed batchIndex,
        uint32 indexed operatorId,
        uint64 windowSlot,
        bytes32 batchHash,
        bytes32 declaredHead,
        bytes32[] blobHashes,
        address[] committers
    );
    /// @param tick the tick of the block that derivation makes in each rollup
    event OpenBlockProposed(uint64 indexed batchIndex, uint64 windowSlot, uint64 tick, bytes32 batchHash);

    /// @notice The oracle stands on another registry.
    error WrongOracle(address oracle);
    /// @notice This block's slot, or a tick's, lies in another window than declared.
    error WrongWindow(uint64 slot, uint64 declared, uint64 windowSlot);
    /// @notice The tick's window is another operator's, or nobody's.
    error WrongOperator(uint64 windowSlot, uint32 declared, uint32 operatorId);
    /// @notice The sender is no poster of the window's operator, or that is frozen or gone, and the window is not open.
    error NotThePoster(address sender, uint64 windowSlot, uint32 operatorId);
    /// @notice In an open window others than the owner carry and add no ticks of their own.
    error OwnTicksOfStranger(address sender, uint64 windowSlot);
    /// @notice The batch has neither own ticks nor carried ones.
    error EmptyBatch();
    /// @notice Carried ranges are not in order of windows and ticks, or reach into the batch's window or own ticks.
    error CarriedOutOfOrder(uint256 position);
    /// @notice Neither the last batch nor its declared head is among the batch's `expected`.
    error UnexpectedHead(bytes32 lastBatchHash, bytes32 lastHead);
    /// @notice The transaction carries another number of blobs than declared, or more or fewer than 1 to 6 were declared.
    error BadBlobCount(uint256 declared, uint256 found);
    /// @notice A batch has a part for each of the cluster's rollups.
    error WrongRollupCount(uint256 given, uint256 needed);
    /// @notice The window's owner may post in it, and nobody else.
    error WindowNotOpen(uint64 windowSlot);

    constructor(InboxParameters memory p)
        TickClock(BeaconChain(p.oracle), p.tickSeconds, p.handoverLeadSeconds)
        ForcedQueue(p.rollupIds, p.forcedGasPriceWei)
    {
        if (ILookaheadOracle(p.oracle).registry() != p.registry) revert WrongOracle(p.oracle);
        registry = p.registry;
        oracle = p.oracle;
        openAfterSlots = p.openAfterSlots;
        bytes32 id = keccak256(abi.encode(block.chainid, address(this)));
        clusterId = id;
        genesisBatchHash = keccak256(abi.encode(id, p.genesisHead));
        lastHead = p.genesisHead;
        _rollupIds = p.rollupIds;
        _rollupCount = p.rollupIds.length;
    }

    /// @notice Posts a batch. The blobs are those of the calling transaction.
    /// @dev A contract may be the poster: what counts is the caller. `expected` is the poster's own guard against a reorg or
    /// a rival: the call reverts, and only gas is lost, when the chain is no longer where the batch was made for.
    function propose(Batch calldata batch) external {
        if (batch.rollups.length != _rollupCount) revert WrongRollupCount(batch.rollups.length, _rollupCount);
        BlockHashes.requireCanonical(batch.anchorNumber, batch.anchorHash);
        uint32 operatorId = _authorise(batch);
        address[] memory committers = _committers(batch);

        uint64 index = lastBatchIndex;
        bytes32 parentHash = _hashAt(index);
        _requireExpected(batch.expected, parentHash);
        bytes32[] memory blobHashes = _blobHashes(batch.blobCount);
        bytes32 hash =
            keccak256(abi.encode(parentHash, keccak256(abi.encode(batch)), blobHashes, operatorId, committers));
        bytes32 head = _declaredHead(batch.rollups);
        _append(hash, head, operatorId != 0);
        emit BatchProposed(index + 1, operatorId, batch.windowSlot, hash, head, blobHashes, committers);
    }

    /// @notice Adds a block without operator to each rollup, in a window that is open: so anyone keeps the chain alive, with its
    /// messages and forced items, when all operators are silent.
    /// @dev Protocol §3. There is one open block in a window, later than anything posted and earlier than anything that the window's owner
    /// may seal.
    /// @param expected heads it may stand on, as in a batch
    function proposeOpen(bytes32[] calldata expected) external {
        (uint64 windowSlot, uint32 operatorId,) = ILookaheadOracle(oracle).windowOf(_currentSlot());
        uint64 first = ILookaheadOracle(oracle).firstSlotOf(windowSlot);
        // The second half: an ownerless slot stays open, but one block is enough for it.
        if (!_isOpen(operatorId, first) || lastOwnedSlot >= first) revert WindowNotOpen(windowSlot);
        uint64 index = lastBatchIndex;
        bytes32 parentHash = _hashAt(index);
        _requireExpected(expected, parentHash);
        uint64 tick = _lastTickBefore(first);
        bytes32 hash = keccak256(abi.encode(parentHash, windowSlot, tick));
        _append(hash, hash, true);
        emit OpenBlockProposed(index + 1, windowSlot, tick, hash);
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

    /// @notice Chain ids of the cluster's rollups, in their order.
    function rollupIds() external view returns (uint64[] memory) {
        return _rollupIds;
    }

    /// @notice Whether anyone may post a carry-only batch in this window, as things stand.
    function isOpen(uint64 windowSlot) external view returns (bool) {
        (uint64 named, uint32 operatorId,) = ILookaheadOracle(oracle).windowOf(windowSlot);
        if (named != windowSlot) revert WrongWindow(windowSlot, windowSlot, named);
        return _isOpen(operatorId, ILookaheadOracle(oracle).firstSlotOf(windowSlot));
    }

    /// @dev For whom the batch counts: the window's operator, or 0 if a stranger carries in an open window. Own ticks must lie in the
    /// window and have begun.
    function _authorise(Batch calldata batch) private view returns (uint32) {
        uint64 slot = _currentSlot();
        (uint64 windowSlot, uint32 operatorId,) = ILookaheadOracle(oracle).windowOf(slot);
        if (batch.windowSlot != windowSlot) revert WrongWindow(slot, batch.windowSlot, windowSlot);
        bool own = batch.firstTick <= batch.lastTick;
        if (operatorId == 0 || !IOperatorRegistry(registry).mayPost(operatorId, msg.sender, windowSlot / slotsPerEpoch))
        {
            if (!_isOpen(operatorId, ILookaheadOracle(oracle).firstSlotOf(windowSlot))) {
                revert NotThePoster(msg.sender, windowSlot, operatorId);
            }
            if (own) revert OwnTicksOfStranger(msg.sender, windowSlot);
            return 0;
        }
        if (own) _requireWindow(batch.firstTick, batch.lastTick, windowSlot, operatorId);
        return operatorId;
    }

    /// @dev Who must have sealed the carried ranges.
    function _committers(Batch calldata batch) private view returns (address[] memory committers) {
        uint256 count = batch.carried.length;
        bool own = batch.firstTick <= batch.lastTick;
        if (count == 0 && !own) revert EmptyBatch();
        committers = new address[](count);
        for (uint256 i = 0; i < count; i++) {
            Carried calldata c = batch.carried[i];
            bool last = i + 1 == count;
            uint64 windowAfter = last ? batch.windowSlot : batch.carried[i + 1].windowSlot;
            if (c.firstTick > c.lastTick || c.windowSlot >= windowAfter) revert CarriedOutOfOrder(i);
            if (last ? own && c.lastTick >= batch.firstTick : c.lastTick >= batch.carried[i + 1].firstTick) {
                revert CarriedOutOfOrder(i);
            }
            _requireWindow(c.firstTick, c.lastTick, c.windowSlot, c.operatorId);
            (, committers[i]) = IOperatorRegistry(registry).keysAt(c.operatorId, c.windowSlot / slotsPerEpoch);
        }
    }

    /// @dev All ticks from first to last count for the window if these two do: a window is a run of slots.
    function _requireWindow(uint64 firstTick, uint64 lastTick, uint64 windowSlot, uint32 operatorId) private view {
        uint64 from = _slotOfTick(firstTick);
        uint64 to = _slotOfTick(lastTick);
        _requireSlotIn(from, windowSlot, operatorId);
        if (to != from) _requireSlotIn(to, windowSlot, operatorId);
    }

    function _requireSlotIn(uint64 slot, uint64 windowSlot, uint32 operatorId) private view {
        (uint64 found, uint32 owner,) = ILookaheadOracle(oracle).windowOf(slot);
        if (found != windowSlot) revert WrongWindow(slot, windowSlot, found);
        if (owner != operatorId || owner == 0) revert WrongOperator(windowSlot, operatorId, owner);
    }

    /// @dev Decided by the window's start: any batch of an operator since then, or OPEN_AFTER before, closes it. Before the first
    /// batch there is nothing to rescue.
    function _isOpen(uint32 operatorId, uint64 firstSlot) private view returns (bool) {
        return operatorId == 0 || (lastOwnedSlot != 0 && uint256(lastOwnedSlot) + openAfterSlots <= firstSlot);
    }

    function _append(bytes32 hash, bytes32 head, bool owned) private {
        uint64 index = lastBatchIndex + 1;
        lastBatchIndex = index;
        if (owned) lastOwnedSlot = _currentSlot();
        lastHead = head;
        _ring[index % RING_LENGTH] = hash;
    }

    /// @dev Of the newest index only.
    function _hashAt(uint64 index) private view returns (bytes32) {
        return index == 0 ? genesisBatchHash : _ring[index % RING_LENGTH];
    }

    function _requireExpected(bytes32[] calldata expected, bytes32 parentHash) private view {
        bytes32 head = lastHead;
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
