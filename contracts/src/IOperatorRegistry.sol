// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the inbox asks of the registry
interface IOperatorRegistry {
    /// @notice Whose poster an address is, and whether that operator may post now.
    /// @param poster the sender of an L1 transaction
    /// @return operatorId the operator, 0 if the address is no registered operator's poster
    /// @return allowed true if the operator is registered and not frozen
    function mayPost(address poster) external view returns (uint32 operatorId, bool allowed);
}
