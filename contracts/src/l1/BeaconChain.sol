// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader, BeaconParameters, StateLayout} from "./BeaconTypes.sol";
import {SszBranch} from "./SszBranch.sol";

/// @title The beacon chain as a contract of its L1 sees it
/// @notice Slots and epochs by the clock, and the state root of any block whose root EIP-4788 still keeps.
/// @dev Protocol §1.2. The layout of the state changes with forks of L1; a fork that no layout here foresees needs a new
/// deployment, because nobody may change these.
abstract contract BeaconChain {
    /// @notice A change made in epoch e counts from e + 3 (protocol §1.1).
    uint64 public constant ACTIVATION_DELAY_EPOCHS = 3;
    /// @notice The contract of EIP-4788.
    address public constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02;

    /// @dev Root of two empty chunks: leaves 6 and 7 of a header.
    bytes32 private constant EMPTY_PAIR = 0xf5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b;

    /// @notice Start of slot 0, Unix seconds.
    uint64 public immutable genesisSeconds;
    uint64 public immutable slotSeconds;
    uint64 public immutable slotsPerEpoch;

    StateLayout[] private _layouts;

    /// @notice Slots and epochs of 0 length, or epochs of another length than 8, 16, 32 or 64 slots.
    error BadSlots(uint64 slotSeconds, uint64 slotsPerEpoch);
    /// @notice Layouts must ascend from slot 0 on.
    error BadLayouts();
    /// @notice The time is before the beacon chain's genesis.
    error BeforeGenesis(uint256 timestamp, uint64 genesisSeconds);
    /// @notice EIP-4788 keeps no root for this time: no L1 block has it, or it is more than 8,191 slots ago.
    error NoBeaconRoot(uint64 beaconTimestamp);
    /// @notice The header is not that of the block whose root EIP-4788 keeps.
    error WrongHeader(bytes32 headerRoot, bytes32 beaconRoot);

    constructor(BeaconParameters memory p) {
        bool goodEpoch = p.slotsPerEpoch >= 8 && p.slotsPerEpoch <= 64 && p.slotsPerEpoch & (p.slotsPerEpoch - 1) == 0;
        if (p.slotSeconds == 0 || !goodEpoch) revert BadSlots(p.slotSeconds, p.slotsPerEpoch);
        genesisSeconds = p.genesisSeconds;
        slotSeconds = p.slotSeconds;
        slotsPerEpoch = p.slotsPerEpoch;
        if (p.layouts.length == 0 || p.layouts[0].fromSlot != 0) revert BadLayouts();
        for (uint256 i = 0; i < p.layouts.length; i++) {
            if (i != 0 && p.layouts[i].fromSlot <= p.layouts[i - 1].fromSlot) revert BadLayouts();
            _layouts.push(p.layouts[i]);
        }
    }

    /// @notice The epoch that a time lies in.
    function epochOf(uint256 timestamp) public view returns (uint64) {
        if (timestamp < genesisSeconds) revert BeforeGenesis(timestamp, genesisSeconds);
        return uint64((timestamp - genesisSeconds) / slotSeconds / slotsPerEpoch);
    }

    /// @notice The layouts of the beacon state that this contract knows.
    function stateLayouts() external view returns (StateLayout[] memory) {
        return _layouts;
    }

    /// @dev Requires that `header` is the block's whose root EIP-4788 gives for `beaconTimestamp` (the block before the L1 block of
    /// that time), so that its state root can be relied upon; gives the layout of that state.
    function _proven(uint64 beaconTimestamp, BeaconHeader calldata header) internal view returns (StateLayout memory) {
        (bool good, bytes memory answer) = BEACON_ROOTS.staticcall(abi.encode(beaconTimestamp));
        if (!good || answer.length != 32) revert NoBeaconRoot(beaconTimestamp);
        bytes32 root = abi.decode(answer, (bytes32));
        bytes32 headerRoot = _rootOf(header);
        if (headerRoot != root) revert WrongHeader(headerRoot, root);
        uint256 i = _layouts.length - 1;
        while (_layouts[i].fromSlot > header.slot) i--;
        return _layouts[i];
    }

    function _rootOf(BeaconHeader calldata header) private view returns (bytes32) {
        bytes32 numbers = SszBranch.hashPair(SszBranch.chunkOf(header.slot), SszBranch.chunkOf(header.proposerIndex));
        bytes32 roots = SszBranch.hashPair(header.parentRoot, header.stateRoot);
        bytes32 body = SszBranch.hashPair(SszBranch.hashPair(header.bodyRoot, 0), EMPTY_PAIR);
        return SszBranch.hashPair(SszBranch.hashPair(numbers, roots), body);
    }
}
