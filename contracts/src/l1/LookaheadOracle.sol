// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader, BeaconParameters, StateLayout} from "./BeaconTypes.sol";
import {BeaconChain} from "./BeaconChain.sol";
import {ILookaheadOracle} from "./ILookaheadOracle.sol";
import {IOperatorRegistry} from "./IOperatorRegistry.sol";
import {ScheduleRing} from "./ScheduleRing.sol";
import {SszBranch} from "./SszBranch.sol";

/// @title Who owns which slot of L1, proven from the beacon state
/// @notice Anyone may sync an epoch: the proposers come from the state itself (EIP-7917), the operators from the registry, and nothing
/// in the result is the caller's choice.
/// @dev Protocol §1.2.
contract LookaheadOracle is ScheduleRing {
    /// @inheritdoc ILookaheadOracle
    address public immutable override registry;

    /// @notice There is no registry at the address, or it stands on another beacon chain.
    error WrongRegistry(address registry);
    /// @notice The vector holds the proposers of two epochs.
    error WrongProposerCount(uint256 given, uint256 needed);
    /// @notice A block's state holds the proposers of its own epoch and of the next.
    error WrongEpoch(uint64 epoch, uint64 headerEpoch);
    /// @notice The place of the epoch belongs to a newer one.
    error EpochTooOld(uint64 epoch, uint64 oldestEpoch);
    /// @notice The branch does not lead from these proposers to the block's state root.
    error WrongLookaheadProof(bytes32 root, bytes32 stateRoot);

    constructor(address registryAddress, BeaconParameters memory beacon) BeaconChain(beacon) {
        if (registryAddress.code.length == 0) revert WrongRegistry(registryAddress);
        BeaconChain other = BeaconChain(registryAddress);
        if (
            other.genesisSeconds() != beacon.genesisSeconds || other.slotSeconds() != beacon.slotSeconds
                || other.slotsPerEpoch() != beacon.slotsPerEpoch
        ) revert WrongRegistry(registryAddress);
        registry = registryAddress;
    }

    /// @notice Stores the schedule of an epoch. Does nothing if it is here already.
    /// @param beaconTimestamp time of the L1 block after the proven one, in whose EIP-4788 cell that one's root is
    /// @param header header of a block of `epoch` or of the epoch before
    /// @param proposers the whole `proposer_lookahead` of that block's state
    /// @param branch siblings from the vector's root up to the state root
    function sync(
        uint64 epoch,
        uint64 beaconTimestamp,
        BeaconHeader calldata header,
        uint64[] calldata proposers,
        bytes32[] calldata branch
    ) external {
        if (isSynced(epoch)) return;
        uint64 length = slotsPerEpoch;
        if (proposers.length != 2 * length) revert WrongProposerCount(proposers.length, 2 * length);
        uint64 headerEpoch = header.slot / length;
        if (epoch != headerEpoch && epoch != headerEpoch + 1) revert WrongEpoch(epoch, headerEpoch);
        // The newest epoch that can be proven is the next one, so this keeps what is stored from giving way to what is older.
        uint64 newest = epochOf(block.timestamp) + 1;
        if (epoch + RING_EPOCHS <= newest) revert EpochTooOld(epoch, newest - RING_EPOCHS + 1);
        _requireProven(beaconTimestamp, header, proposers, branch);
        _assign(epoch, epoch == headerEpoch ? proposers[:length] : proposers[length:]);
    }

    function _requireProven(
        uint64 beaconTimestamp,
        BeaconHeader calldata header,
        uint64[] calldata proposers,
        bytes32[] calldata branch
    ) private view {
        StateLayout memory fields = _proven(beaconTimestamp, header);
        bytes32 root = SszBranch.rootOf(SszBranch.rootOfVector(proposers), fields.lookaheadGindex, branch);
        if (root != header.stateRoot) revert WrongLookaheadProof(root, header.stateRoot);
    }

    /// @param proposers of the epoch's slots
    function _assign(uint64 epoch, uint64[] calldata proposers) private {
        (uint32[] memory operatorIds, uint32 fallbackOperatorId) = IOperatorRegistry(registry).assign(epoch, proposers);
        _store(epoch, operatorIds, fallbackOperatorId);
    }
}
