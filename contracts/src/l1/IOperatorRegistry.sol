// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the oracle and the inbox ask of the registry
/// @dev Protocol §1.1: every answer for an epoch is settled before that epoch begins and stays the same for ever, but for
/// `mayPost`, which also asks whether the operator is frozen now.
interface IOperatorRegistry {
    /// @notice Whose the proposers of an epoch are, and who gets the slots that no operator's proposer is near (protocol §1.2).
    /// @param validatorIndices the epoch's proposers in the order of its slots
    /// @return operatorIds for each slot the operator that counts there, or 0
    /// @return fallbackOperatorId the operator drawn, or 0
    function assign(uint64 epoch, uint64[] calldata validatorIndices)
        external
        view
        returns (uint32[] memory operatorIds, uint32 fallbackOperatorId);

    /// @notice Whether an address may post for an operator in a window named in an epoch: it is a poster of that epoch's keys, and the
    /// operator is neither frozen nor gone.
    function mayPost(uint32 operatorId, address poster, uint64 epoch) external view returns (bool);

    /// @notice An operator's keys in an epoch; zero before its first ones count.
    function keysAt(uint32 operatorId, uint64 epoch)
        external
        view
        returns (address[2] memory posters, address committer);

    /// @notice Whether an operator counts in an epoch.
    function eligibleAt(uint32 operatorId, uint64 epoch) external view returns (bool);
}
