// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title L1 as each L2 block sees it
/// @notice Transaction 0 of every L2 block calls `tick` and so tells the rollup which L1 block it stands on.
/// @dev Protocol §2.1. A predeploy: its runtime code is in the L2 genesis at 0x4c6f636b73746570000000000000000000000001,
/// without constructor and without storage. Derivation builds the call itself and requires it to succeed, so there
/// is nothing here that could fail for an honest block: that the anchor is canonical, monotone and old enough is derivation's
/// to check.
contract SystemAnchor {
    /// @notice Sender of the system transaction: the address of the public secret key
    /// keccak256("lockstep system transaction key"). Derivation refuses any other transaction signed with it.
    address public constant SYSTEM = 0x307cdEFa71adD4b0CF2fe3E7F6530B95f9c972Db;

    /// @notice Number of the L1 block that the newest L2 block is anchored to.
    uint64 public anchorNumber;
    /// @notice Operator that sequenced the L2 block before this one.
    uint32 public prevOperator;
    /// @notice Hash of the anchor block.
    bytes32 public anchorHash;
    /// @notice State root of the anchor block, for proofs of L1 state on L2.
    bytes32 public anchorStateRoot;

    /// @notice The caller is not the system address.
    error NotSystem(address caller);
    /// @notice L1 messages are not taken in this version.
    error MessagesNotSupported(uint256 count);
    /// @notice Cross-rollup seeds are not taken in this version.
    error SeedsNotSupported(uint256 count);

    /// @notice Notes the anchor of the block that this transaction begins.
    /// @param number anchor L1 block's number
    /// @param hash anchor L1 block's hash
    /// @param stateRoot anchor L1 block's state root
    /// @param messages L1 messages delivered by this block; must be empty in this version
    /// @param seeds mailbox entries delivered by this block; must be empty in this version
    /// @param operatorBefore operator of the block before, 0 for the first block
    function tick(
        uint64 number,
        bytes32 hash,
        bytes32 stateRoot,
        bytes[] calldata messages,
        bytes[] calldata seeds,
        uint32 operatorBefore
    ) external {
        if (msg.sender != SYSTEM) revert NotSystem(msg.sender);
        if (messages.length != 0) revert MessagesNotSupported(messages.length);
        if (seeds.length != 0) revert SeedsNotSupported(seeds.length);
        anchorNumber = number;
        prevOperator = operatorBefore;
        anchorHash = hash;
        anchorStateRoot = stateRoot;
    }
}
