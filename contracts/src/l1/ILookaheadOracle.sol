// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the inbox asks of the oracle
/// @dev Protocol §1.3.
interface ILookaheadOracle {
    /// @notice The window that a slot lies in, and its owner.
    /// @return windowSlot its name: the last slot of a registered window, the first of a fallback window
    /// @return operatorId its owner; 0: nobody, and the slot is a window of its own
    /// @return isFallback whether no registered slot is near
    function windowOf(uint64 slot) external view returns (uint64 windowSlot, uint32 operatorId, bool isFallback);

    /// @notice The first slot of the window with this name.
    function firstSlotOf(uint64 windowSlot) external view returns (uint64);

    /// @notice The `OperatorRegistry` whose operators are scheduled.
    function registry() external view returns (address);
}
