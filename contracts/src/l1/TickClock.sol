// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "./BeaconChain.sol";

/// @title Ticks of L2 and slots of L1
/// @dev Protocol §1.3 and §2.1. Tick n is the L2 time genesis + n * tickSeconds and counts for the L1 slot
/// lambda(n) = floor((n * tickSeconds + H) / slotSeconds) + 1.
abstract contract TickClock {
    uint64 public immutable genesisSeconds;
    uint64 public immutable slotSeconds;
    uint64 public immutable slotsPerEpoch;
    uint64 public immutable tickSeconds;
    /// @notice H: how long before its first slot a window's ticks begin.
    uint64 public immutable handoverLeadSeconds;

    /// @notice A tick must divide the slot and the handover lead, which is at most a slot.
    error BadTicks(uint64 tickSeconds, uint64 handoverLeadSeconds, uint64 slotSeconds);
    /// @notice The tick begins after this L1 block's time.
    error TickInFuture(uint64 tick, uint256 timestamp);
    /// @notice No tick comes before this slot's.
    error NoTickBefore(uint64 slot);

    constructor(BeaconChain beacon, uint64 tick, uint64 handoverLead) {
        uint64 slot = beacon.slotSeconds();
        if (tick == 0 || slot % tick != 0 || handoverLead % tick != 0 || handoverLead > slot) {
            revert BadTicks(tick, handoverLead, slot);
        }
        genesisSeconds = beacon.genesisSeconds();
        slotSeconds = slot;
        slotsPerEpoch = beacon.slotsPerEpoch();
        tickSeconds = tick;
        handoverLeadSeconds = handoverLead;
    }

    /// @dev The L1 slot of this block.
    function _currentSlot() internal view returns (uint64) {
        return uint64((block.timestamp - genesisSeconds) / slotSeconds);
    }

    /// @dev lambda: the L1 slot that a tick counts for. The tick must have begun.
    function _slotOfTick(uint64 tick) internal view returns (uint64) {
        uint256 sinceGenesis = uint256(tick) * tickSeconds;
        // A proposer could shift the time by nothing: L1 fixes it by the slot.
        // forge-lint: disable-next-line(block-timestamp)
        if (genesisSeconds + sinceGenesis > block.timestamp) revert TickInFuture(tick, block.timestamp);
        return uint64((sinceGenesis + handoverLeadSeconds) / slotSeconds + 1);
    }

    /// @dev The last tick that counts for a slot before this one.
    function _lastTickBefore(uint64 slot) internal view returns (uint64) {
        uint256 slots = uint256(slot) * slotSeconds;
        uint256 needed = uint256(slotSeconds) + handoverLeadSeconds + 2 * uint256(tickSeconds);
        if (slots < needed) revert NoTickBefore(slot);
        return uint64((slots - slotSeconds - handoverLeadSeconds) / tickSeconds - 1);
    }
}
