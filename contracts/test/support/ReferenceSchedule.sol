// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The rule of protocol §1.3, read slot by slot
/// @dev What the contracts answer with bit arithmetic is compared with this.
abstract contract ReferenceSchedule {
    struct Answer {
        /// @dev an epoch that has to be known is not
        bool missing;
        uint64 windowSlot;
        uint32 operatorId;
        bool drawn;
    }

    uint64 internal epochSlots;
    mapping(uint64 slot => uint32) internal operatorAt;
    mapping(uint64 epoch => uint32) internal fallbackOf;
    mapping(uint64 epoch => bool) internal knows;

    function remember(uint64 epoch, uint32[] memory operatorIds, uint32 drawn) internal {
        for (uint64 i = 0; i < operatorIds.length; i++) {
            operatorAt[epoch * epochSlots + i] = operatorIds[i];
        }
        (fallbackOf[epoch], knows[epoch]) = (drawn, true);
    }

    function referenceWindow(uint64 s) internal view returns (Answer memory a) {
        if (!knows[s / epochSlots]) return Answer(true, 0, 0, false);
        (bool missing, bool found, uint64 k) = _ownSlot(s);
        if (missing) return Answer(true, 0, 0, false);
        if (found) return Answer(false, k, operatorAt[k], false);
        uint32 drawn = fallbackOf[s / epochSlots];
        if (drawn == 0) return Answer(false, s, 0, true);
        uint64 first = s;
        while (first % epochSlots != 0) {
            (, found,) = _ownSlot(first - 1);
            if (found) break;
            first--;
        }
        return Answer(false, first, drawn, true);
    }

    /// @dev A registered window's first slot is the first whose own slot is the window's; any other's is its name.
    function referenceFirst(uint64 w) internal view returns (bool missing, uint64 first) {
        if (!knows[w / epochSlots]) return (true, 0);
        first = w;
        if (operatorAt[w] == 0) return (false, first);
        while (first > 0 && first - 1 + epochSlots - 1 > w) {
            if (!knows[(first - 1) / epochSlots]) return (true, 0);
            (, bool found, uint64 k) = _ownSlot(first - 1);
            if (!found || k != w) break;
            first--;
        }
        return (false, first);
    }

    /// @dev The first registered slot k with s <= k < s + W.
    function _ownSlot(uint64 s) private view returns (bool missing, bool found, uint64 k) {
        for (k = s; k < s + epochSlots - 1; k++) {
            if (!knows[k / epochSlots]) return (true, false, 0);
            if (operatorAt[k] != 0) return (false, true, k);
        }
        return (false, false, 0);
    }
}
