// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Predeploys} from "../Predeploys.sol";
import {FeeVault} from "./FeeVault.sol";
import {L2Messenger} from "./L2Messenger.sol";

/// @title L1 as each L2 block sees it
/// @notice Transaction 0 of every L2 block calls `tick`: it tells the rollup which L1 block it stands on, shares out the fees
/// of the block before and delivers what L1 sent.
/// @dev Protocol §2.1 and §4. A predeploy: its runtime code is in the L2 genesis at 0x4c6f636b73746570000000000000000000000001,
/// without constructor and without storage. Derivation builds the call itself and requires it to succeed, so nothing here
/// fails for an honest block: that the anchor is canonical, monotone and old enough, and which messages and forced items are
/// due, is derivation's to compute. Derivation reads the cursors from slot 0, so the order of the fields is part of the
/// protocol.
contract SystemAnchor {
    /// @notice Sender of the system transaction: the address of the public secret key
    /// keccak256("lockstep system transaction key"). Derivation refuses any other transaction signed with it.
    address public constant SYSTEM = 0x307cdEFa71adD4b0CF2fe3E7F6530B95f9c972Db;

    /// @notice Number of the L1 block that the newest L2 block is anchored to.
    uint64 public anchorNumber;
    /// @notice Operator that sequenced the L2 block before this one; 0 at the first block and after an open block.
    uint32 public prevOperator;
    /// @notice Number of L1 messages delivered so far: the index of the next one.
    uint64 public messageCursor;
    /// @notice Number of forced items consumed so far: the index of the next one.
    uint64 public forcedCursor;
    /// @notice Hash of the anchor block.
    bytes32 public anchorHash;
    /// @notice State root of the anchor block, for proofs of L1 state on L2.
    bytes32 public anchorStateRoot;

    /// @notice The caller is not the system address.
    error NotSystem(address caller);
    /// @notice Cross-rollup seeds are not taken in this version.
    error SeedsNotSupported(uint256 count);

    /// @notice Notes the anchor of the block that this transaction begins, credits the fees of the block before to its operator
    /// and delivers L1 messages.
    /// @param number anchor L1 block's number
    /// @param hash anchor L1 block's hash
    /// @param stateRoot anchor L1 block's state root
    /// @param messages the next L1 messages, each abi.encode(address sender, address target, uint256 valueWei, bytes data)
    /// @param seeds mailbox entries delivered by this block; must be empty in this version
    /// @param operatorBefore operator of the block before, 0 for the first block
    /// @param forcedTo the forced cursor after this block: the items that follow this transaction are consumed by it
    function tick(
        uint64 number,
        bytes32 hash,
        bytes32 stateRoot,
        bytes[] calldata messages,
        bytes[] calldata seeds,
        uint32 operatorBefore,
        uint64 forcedTo
    ) external {
        if (msg.sender != SYSTEM) revert NotSystem(msg.sender);
        if (seeds.length != 0) revert SeedsNotSupported(seeds.length);
        anchorNumber = number;
        prevOperator = operatorBefore;
        forcedCursor = forcedTo;
        anchorHash = hash;
        anchorStateRoot = stateRoot;
        FeeVault(payable(Predeploys.FEE_VAULT)).credit(operatorBefore);
        _deliver(messages);
    }

    /// @dev The cursor stands behind all of them before the first runs, whatever a message's target calls.
    function _deliver(bytes[] calldata messages) private {
        uint64 index = messageCursor;
        messageCursor = index + uint64(messages.length);
        for (uint256 i = 0; i < messages.length; i++) {
            (address sender, address target, uint256 valueWei, bytes memory data) =
                abi.decode(messages[i], (address, address, uint256, bytes));
            L2Messenger(payable(Predeploys.L2_MESSENGER)).deliver(index++, sender, target, valueWei, data);
        }
    }
}
