// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TickClock} from "./TickClock.sol";

/// @title Transactions that no operator can keep out
/// @notice Whoever is censored puts a signed L2 transaction here; derivation inserts it at a tick that depends on the L1 block alone.
/// @dev Protocol §4. The bytes are in the log, an accumulator of them in storage. No cursor exists on L1: consuming an item,
/// a bad one too, is a function of the tick. The fee burns: it pays nobody who could profit from a full queue.
abstract contract ForcedQueue is TickClock {
    /// @dev One storage slot.
    struct Queue {
        bool known;
        uint64 count;
        /// @dev the backlog after the newest item, and the slot in which that came
        uint64 backlog;
        uint64 backlogSlot;
    }

    uint256 public constant MAX_TRANSACTION_BYTES = 8192;
    uint64 public constant MIN_FORCED_GAS = 21_000;
    uint64 public constant MAX_FORCED_GAS = 2_000_000;
    /// @dev L2 gas that a byte is charged as.
    uint256 private constant GAS_A_BYTE = 16;
    /// @dev Items that leave the backlog in a slot: what one block takes.
    uint64 private constant DRAINED_A_SLOT = 8;
    /// @dev Backlog at which the price has doubled.
    uint256 private constant DOUBLING_BACKLOG = 32;

    /// @notice Price of a unit of L2 gas while the queue is empty.
    uint256 public immutable forcedGasPriceWei;

    mapping(uint64 rollupId => Queue) private _queues;
    mapping(uint64 rollupId => bytes32) private _accumulators;

    /// @param index counts a rollup's items from 0
    event ForcedEnqueued(uint64 indexed rollupId, uint64 indexed index, uint64 gasLimit, bytes rawTx);

    /// @notice The cluster has no such rollup.
    error UnknownRollup(uint64 rollupId);
    /// @notice No rollups, or one of them twice.
    error BadRollups();
    error BadTransactionLength(uint256 lengthBytes, uint256 limitBytes);
    error BadForcedGas(uint64 gasLimit, uint64 least, uint64 most);
    error FeeTooLow(uint256 sentWei, uint256 neededWei);
    /// @notice The surplus could not be returned, or the fee not be burned.
    error PaymentFailed(address to, uint256 amountWei);

    constructor(uint64[] memory rollupIds, uint256 gasPriceWei) {
        if (rollupIds.length == 0) revert BadRollups();
        for (uint256 i = 0; i < rollupIds.length; i++) {
            Queue storage queue = _queues[rollupIds[i]];
            if (queue.known) revert BadRollups();
            queue.known = true;
        }
        forcedGasPriceWei = gasPriceWei;
    }

    /// @notice Queues an L2 transaction for a rollup. More than the fee is returned.
    /// @param gasLimit at least the transaction's own gas limit, else derivation skips it
    /// @param rawTx the signed transaction as `eth_sendRawTransaction` takes it
    /// @return index the item's number in the rollup's queue
    function enqueue(uint64 rollupId, uint64 gasLimit, bytes calldata rawTx) external payable returns (uint64 index) {
        uint256 length = rawTx.length;
        if (length == 0 || length > MAX_TRANSACTION_BYTES) revert BadTransactionLength(length, MAX_TRANSACTION_BYTES);
        if (gasLimit < MIN_FORCED_GAS || gasLimit > MAX_FORCED_GAS) {
            revert BadForcedGas(gasLimit, MIN_FORCED_GAS, MAX_FORCED_GAS);
        }
        uint256 feeWei = forcedFee(rollupId, length, gasLimit);
        if (msg.value < feeWei) revert FeeTooLow(msg.value, feeWei);

        Queue storage queue = _queues[rollupId];
        index = queue.count;
        queue.backlog = _backlog(queue) + 1;
        queue.backlogSlot = _currentSlot();
        queue.count = index + 1;
        _accumulators[rollupId] =
            keccak256(abi.encode(_accumulators[rollupId], index, uint64(block.timestamp), gasLimit, keccak256(rawTx)));
        emit ForcedEnqueued(rollupId, index, gasLimit, rawTx);

        _pay(address(0), feeWei);
        _pay(msg.sender, msg.value - feeWei);
    }

    /// @notice What an item costs now: (gasLimit + 16 a byte) times the price, which rises by a 32nd with each waiting item.
    function forcedFee(uint64 rollupId, uint256 lengthBytes, uint64 gasLimit) public view returns (uint256 feeWei) {
        Queue storage queue = _queues[rollupId];
        if (!queue.known) revert UnknownRollup(rollupId);
        uint256 baseWei = (gasLimit + GAS_A_BYTE * lengthBytes) * forcedGasPriceWei;
        return baseWei + baseWei * _backlog(queue) / DOUBLING_BACKLOG;
    }

    /// @notice Number of items ever queued for a rollup.
    function forcedCount(uint64 rollupId) external view returns (uint64) {
        return _queues[rollupId].count;
    }

    /// @notice Hash chain of a rollup's items:
    /// keccak256(abi.encode(hash before, index, L1 timestamp, gas limit, keccak256(rawTx))), zero before the first.
    function forcedAcc(uint64 rollupId) external view returns (bytes32) {
        return _accumulators[rollupId];
    }

    /// @dev A leaky count: what derivation may have left over, guessed without asking L2.
    function _backlog(Queue storage queue) private view returns (uint64) {
        uint64 backlog = queue.backlog;
        uint64 drained = (_currentSlot() - queue.backlogSlot) * DRAINED_A_SLOT;
        return backlog > drained ? backlog - drained : 0;
    }

    function _pay(address to, uint256 amountWei) private {
        if (amountWei == 0) return;
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert PaymentFailed(to, amountWei);
    }
}
