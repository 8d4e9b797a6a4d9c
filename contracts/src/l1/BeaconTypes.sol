// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The consensus specs' `BeaconBlockHeader`; its hash tree root is the block's root.
struct BeaconHeader {
    uint64 slot;
    uint64 proposerIndex;
    bytes32 parentRoot;
    bytes32 stateRoot;
    bytes32 bodyRoot;
}

/// @dev Where two fields lie in the beacon state from a slot on, as generalised indices (protocol §1.2). Fulu: 101, 75,
/// false. Gloas: 2960, 358, true.
struct StateLayout {
    uint64 fromSlot;
    uint64 lookaheadGindex;
    uint64 validatorsGindex;
    /// @dev whether `validators` is an EIP-7916 ProgressiveList
    bool progressive;
}

/// @dev What the contracts must know of the beacon chain of their L1, fixed at deployment.
struct BeaconParameters {
    uint64 genesisSeconds;
    uint64 slotSeconds;
    uint64 slotsPerEpoch;
    /// @dev ascending by `fromSlot`, the first from slot 0
    StateLayout[] layouts;
}
