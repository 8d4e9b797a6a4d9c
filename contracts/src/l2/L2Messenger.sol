// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Predeploys} from "../Predeploys.sol";
import {L2Bridge} from "./L2Bridge.sol";

/// @title Messages between L1 and this rollup
/// @notice Carries out what was sent on L1: a call with ether from the bridge. Notes what is sent to L1, to be proven there against
/// the rollup's state.
/// @dev Protocol §4. A predeploy at 0x4c6f636b73746570000000000000000000000004, without constructor and without storage in
/// genesis. A withdrawal is proven from `sent`, so the order of the fields is part of the protocol. `deliver` takes the same
/// course whatever the target does: it gets its gas and no more, and what it returns is not looked at.
contract L2Messenger {
    /// @notice Gas that a message's target gets.
    uint256 public constant TARGET_GAS = 200_000;
    /// @dev What a delivery may need beside the target's gas, with what the 63/64 rule holds back.
    uint256 private constant OWN_GAS = 60_000;

    /// @notice Number of messages sent to L1: the nonce of the next one.
    uint64 public nextNonce;
    /// @notice keccak256(abi.encode(nonce, sender, target, valueWei, data)) of each message sent to L1.
    mapping(uint64 nonce => bytes32 messageHash) public sent;
    /// @notice keccak256(abi.encode(index, sender, target, valueWei, data)) of a message whose delivery failed; zero once it
    /// was delivered.
    mapping(uint64 index => bytes32 messageHash) public failed;
    /// @notice Who sent on L1 the message being delivered; zero outside a delivery.
    address public transient l1Sender;

    event MessageDelivered(uint64 indexed index);
    event MessageFailed(uint64 indexed index, bytes32 messageHash);
    event MessageSentToL1(
        uint64 indexed nonce, address indexed sender, address indexed target, uint256 valueWei, bytes data
    );

    /// @notice Only `SystemAnchor` delivers.
    error NotSystemAnchor(address caller);
    /// @notice Ether comes here from the bridge only; send it with `sendToL1`.
    error NotBridge(address caller);
    /// @notice No such message has failed, or it was delivered since.
    error NotFailed(uint64 index);
    /// @notice The target refused the message again.
    error FailedAgain(uint64 index);
    /// @notice A retry gives the target at least the gas that the delivery gave it.
    error NotEnoughGas(uint256 gasLeft, uint256 neededGas);
    /// @notice The bridge took no ether.
    error BridgeRefused(uint256 amountWei);

    /// @notice The bridge's ether for a message.
    receive() external payable {
        if (msg.sender != Predeploys.L2_BRIDGE) revert NotBridge(msg.sender);
    }

    /// @notice Delivers an L1 message; if its target fails, notes that for `retry`.
    /// @param index the message's number in `L1Messenger`
    /// @param sender who sent it on L1
    function deliver(uint64 index, address sender, address target, uint256 valueWei, bytes calldata data) external {
        if (msg.sender != Predeploys.SYSTEM_ANCHOR) revert NotSystemAnchor(msg.sender);
        if (_attempt(sender, target, valueWei, data, TARGET_GAS)) {
            emit MessageDelivered(index);
        } else {
            bytes32 hash = keccak256(abi.encode(index, sender, target, valueWei, data));
            failed[index] = hash;
            emit MessageFailed(index, hash);
        }
    }

    /// @notice Tries a failed message again, with as much gas as the caller gives. Anyone may; it stays failed if it fails again.
    function retry(uint64 index, address sender, address target, uint256 valueWei, bytes calldata data) external {
        if (failed[index] != keccak256(abi.encode(index, sender, target, valueWei, data))) revert NotFailed(index);
        // Before the call: a target that comes back finds nothing to retry.
        failed[index] = 0;
        // Else a caller could let the target run dry in a place where it takes a failure for an answer.
        uint256 neededGas = TARGET_GAS + OWN_GAS;
        if (gasleft() < neededGas) revert NotEnoughGas(gasleft(), neededGas);
        if (!_attempt(sender, target, valueWei, data, type(uint256).max)) revert FailedAgain(index);
        emit MessageDelivered(index);
    }

    /// @notice Sends a message to L1, with the ether of this call.
    /// @return nonce the message's number
    function sendToL1(address target, bytes calldata data) external payable returns (uint64 nonce) {
        nonce = nextNonce++;
        sent[nonce] = keccak256(abi.encode(nonce, msg.sender, target, msg.value, data));
        emit MessageSentToL1(nonce, msg.sender, target, msg.value, data);
        if (msg.value != 0) _toBridge(msg.value);
    }

    /// @dev The bridge obeys this contract, so no message may have it (or this contract itself) as its target. A retry within a
    /// delivery has its own sender, and gives the outer one back.
    function _attempt(address sender, address target, uint256 valueWei, bytes memory data, uint256 targetGas)
        private
        returns (bool good)
    {
        if (target == Predeploys.L2_BRIDGE || target == address(this)) return false;
        if (valueWei != 0 && !_fromBridge(valueWei)) return false;
        address outer = l1Sender;
        l1Sender = sender;
        // Not .call: nothing of what the target returns is copied, so a long answer costs the target alone.
        assembly ("memory-safe") {
            good := call(targetGas, target, valueWei, add(data, 0x20), mload(data), 0, 0)
        }
        l1Sender = outer;
        if (!good && valueWei != 0) _toBridge(valueWei);
    }

    function _fromBridge(uint256 amountWei) private returns (bool) {
        try L2Bridge(payable(Predeploys.L2_BRIDGE)).pay(amountWei) {
            return true;
        } catch {
            return false;
        }
    }

    function _toBridge(uint256 amountWei) private {
        (bool taken,) = Predeploys.L2_BRIDGE.call{value: amountWei}("");
        if (!taken) revert BridgeRefused(amountWei);
    }
}
