// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "./BeaconChain.sol";
import {ILookaheadOracle} from "./ILookaheadOracle.sol";

/// @title The schedule of the newest epochs, and the windows it makes
/// @dev Protocol §1.2 and §1.3. A slot is registered when an operator stands for it. Slot s belongs to the operator of the first
/// registered slot k with s <= k < s + W, W being one less than an epoch has slots, else to the fallback of its epoch.
abstract contract ScheduleRing is BeaconChain, ILookaheadOracle {
    /// @dev One storage slot.
    struct Entry {
        uint64 epoch;
        uint32 fallbackOperatorId;
        /// @dev bit i: the epoch's slot i is registered
        uint64 registered;
        bool known;
    }

    /// @dev Epochs kept; a power of two, so that an epoch has one place.
    uint64 internal constant RING_EPOCHS = 256;
    uint256 private constant IDS_A_WORD = 8;
    uint256 private constant ID_BITS = 32;
    /// @dev Of the longest epoch.
    uint256 private constant MAX_WORDS = 8;

    Entry[RING_EPOCHS] private _entries;
    /// @dev Operators of an epoch's slots, from the low end of a word on. Only those of registered slots are meant.
    uint256[RING_EPOCHS * MAX_WORDS] private _words;

    /// @param packedOperators slot i of the epoch: bits 32*(i%8) and up of word i/8; 0: not registered
    event LookaheadSynced(uint64 indexed epoch, uint32 fallbackOperatorId, uint256[] packedOperators);

    /// @notice The answer needs the schedule of an epoch that is not here: not synced yet, or too old.
    error LookaheadMissing(uint64 epoch);

    /// @notice Whether an epoch's schedule is here.
    function isSynced(uint64 epoch) public view returns (bool) {
        Entry memory entry = _entries[epoch % RING_EPOCHS];
        return entry.known && entry.epoch == epoch;
    }

    /// @notice An epoch's schedule, packed as in `LookaheadSynced`; nothing if it is not here.
    function schedule(uint64 epoch)
        external
        view
        returns (bool known, uint32 fallbackOperatorId, uint256[] memory packedOperators)
    {
        if (!isSynced(epoch)) return (false, 0, packedOperators);
        uint256 place = epoch % RING_EPOCHS;
        packedOperators = new uint256[](slotsPerEpoch / IDS_A_WORD);
        for (uint256 i = 0; i < packedOperators.length; i++) {
            packedOperators[i] = _words[place * MAX_WORDS + i];
        }
        return (true, _entries[place].fallbackOperatorId, packedOperators);
    }

    /// @inheritdoc ILookaheadOracle
    function windowOf(uint64 slot) external view returns (uint64 windowSlot, uint32 operatorId, bool isFallback) {
        uint64 epoch = slot / slotsPerEpoch;
        uint64 offset = slot % slotsPerEpoch;
        Entry memory own = _entry(epoch);
        // Bit i: slot + i is registered; W of them count. At slots 0 and 1 of an epoch they all lie in it.
        uint256 reach = (uint256(1) << (slotsPerEpoch - 1)) - 1;
        uint256 ahead = (own.registered >> offset) & reach;
        if (ahead == 0 && offset > 1) {
            ahead = (uint256(_entry(epoch + 1).registered) << (slotsPerEpoch - offset)) & reach;
        }
        if (ahead != 0) {
            windowSlot = slot + _lowestBit(ahead);
            return (windowSlot, _operatorAt(windowSlot), false);
        }
        if (own.fallbackOperatorId == 0) return (slot, 0, true);
        // Nothing is registered from here on to the epoch's end, so the run began after the last slot that is.
        uint256 behind = own.registered & ((uint256(1) << offset) - 1);
        windowSlot = slot - offset + (behind == 0 ? 0 : _highestBit(behind) + 1);
        return (windowSlot, own.fallbackOperatorId, true);
    }

    /// @inheritdoc ILookaheadOracle
    function firstSlotOf(uint64 windowSlot) external view returns (uint64) {
        uint64 epoch = windowSlot / slotsPerEpoch;
        uint64 offset = windowSlot % slotsPerEpoch;
        uint256 registered = _entry(epoch).registered;
        if ((registered >> offset) & 1 == 0) return windowSlot;
        uint64 reach = slotsPerEpoch - 2;
        uint64 first = windowSlot > reach ? windowSlot - reach : 0;
        uint256 behind = registered & ((uint256(1) << offset) - 1);
        uint64 start = windowSlot - offset;
        if (behind == 0) {
            if (start <= first) return first;
            behind = _entry(epoch - 1).registered;
            if (behind == 0) return first;
            start -= slotsPerEpoch;
        }
        uint64 next = start + _highestBit(behind) + 1;
        return next > first ? next : first;
    }

    /// @dev Stores an epoch's schedule in place of the one 256 epochs before.
    function _store(uint64 epoch, uint32[] memory operatorIds, uint32 fallbackOperatorId) internal {
        uint256 place = epoch % RING_EPOCHS;
        uint256[] memory packed = new uint256[](operatorIds.length / IDS_A_WORD);
        uint256 registered = 0;
        unchecked {
            // From the end, so that each id is pushed in at the low end.
            for (uint256 i = operatorIds.length; i > 0;) {
                uint256 ids = 0;
                for (uint256 stop = i - IDS_A_WORD; i > stop;) {
                    uint256 id = operatorIds[--i];
                    ids = (ids << ID_BITS) | id;
                    registered = registered << 1;
                    if (id != 0) registered++;
                }
                packed[i / IDS_A_WORD] = ids;
                _words[place * MAX_WORDS + i / IDS_A_WORD] = ids;
            }
        }
        // One bit a slot, and an epoch has at most 64.
        // forge-lint: disable-next-line(unsafe-typecast)
        _entries[place] = Entry(epoch, fallbackOperatorId, uint64(registered), true);
        emit LookaheadSynced(epoch, fallbackOperatorId, packed);
    }

    function _entry(uint64 epoch) private view returns (Entry memory entry) {
        entry = _entries[epoch % RING_EPOCHS];
        if (!entry.known || entry.epoch != epoch) revert LookaheadMissing(epoch);
    }

    /// @dev Of a registered slot whose epoch is here.
    function _operatorAt(uint64 slot) private view returns (uint32) {
        uint256 place = (slot / slotsPerEpoch) % RING_EPOCHS;
        uint256 i = slot % slotsPerEpoch;
        return uint32(_words[place * MAX_WORDS + i / IDS_A_WORD] >> (ID_BITS * (i % IDS_A_WORD)));
    }

    function _lowestBit(uint256 bits) private pure returns (uint64) {
        unchecked {
            return _highestBit(bits & (~bits + 1));
        }
    }

    /// @dev Of 64 bits that are not all 0.
    function _highestBit(uint256 bits) private pure returns (uint64 position) {
        for (uint64 half = 32; half > 0; half >>= 1) {
            if (bits >> half != 0) {
                bits >>= half;
                position += half;
            }
        }
    }
}
