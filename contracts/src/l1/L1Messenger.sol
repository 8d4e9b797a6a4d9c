// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeVault} from "../l2/FeeVault.sol";
import {Predeploys} from "../Predeploys.sol";
import {OperatorRegistry} from "./OperatorRegistry.sol";

/// @title Deposits and messages from L1 to a cluster's rollups
/// @notice What is sent here is delivered by the rollup's next blocks that see the L1 block: nobody relays, nobody may leave it out.
/// @dev Protocol §4. The hash chain of a rollup's messages is kept for every count, so that a batch can name a prefix. Ether sent
/// along stays here as the cover of what the rollup's bridge pays out; this version has no way back to L1. What the rollups' genesis
/// files give to accounts is covered by the ether sent with the contract's creation.
contract L1Messenger {
    uint256 public constant MAX_DATA_BYTES = 1024;

    /// @notice The `OperatorRegistry` that knows the operators' owners.
    address public immutable registry;
    /// @notice Ether locked for what the rollups' accounts have from genesis on.
    uint256 public immutable genesisCoverWei;

    mapping(uint64 rollupId => bool) private _known;
    mapping(uint64 rollupId => uint64) private _counts;
    mapping(uint64 rollupId => mapping(uint64 count => bytes32)) private _accumulators;

    /// @param index counts a rollup's messages from 0
    event MessageSent(
        uint64 indexed rollupId, uint64 indexed index, address sender, address target, uint256 valueWei, bytes data
    );

    /// @notice The cluster has no such rollup.
    error UnknownRollup(uint64 rollupId);
    /// @notice No rollups, or one of them twice.
    error BadRollups();
    /// @notice There is no contract at the address given as registry.
    error NoRegistry(address registry);
    error DataTooLong(uint256 lengthBytes, uint256 limitBytes);
    error NotOwner(uint32 operatorId, address caller);

    constructor(address registryAddress, uint64[] memory rollupIds) payable {
        if (registryAddress.code.length == 0) revert NoRegistry(registryAddress);
        if (rollupIds.length == 0) revert BadRollups();
        registry = registryAddress;
        genesisCoverWei = msg.value;
        for (uint256 i = 0; i < rollupIds.length; i++) {
            if (_known[rollupIds[i]]) revert BadRollups();
            _known[rollupIds[i]] = true;
        }
    }

    /// @notice Has the rollup call `target` with `data` and the ether sent along. A call that fails there can be retried by anyone.
    /// @return index the message's number in its rollup
    function sendMessage(uint64 rollupId, address target, bytes calldata data) external payable returns (uint64 index) {
        return _send(rollupId, msg.sender, target, msg.value, data);
    }

    /// @notice Brings the ether sent to an address of a rollup.
    function deposit(uint64 rollupId, address to) external payable {
        _send(rollupId, msg.sender, to, msg.value, "");
    }

    /// @notice Pays an operator's fees in a rollup to an address there. For the operator's owner.
    /// @dev The sender of this message is the vault's own address, which nobody on L1 can be: the vault needs no keys to know that
    /// the registry's owner asked.
    function claimFees(uint64 rollupId, uint32 operatorId, address to) external {
        if (OperatorRegistry(registry).operator(operatorId).owner != msg.sender) {
            revert NotOwner(operatorId, msg.sender);
        }
        bytes memory data = abi.encodeCall(FeeVault.pay, (operatorId, to));
        _send(rollupId, Predeploys.FEE_VAULT, Predeploys.FEE_VAULT, 0, data);
    }

    /// @notice Number of messages ever sent to a rollup.
    function count(uint64 rollupId) external view returns (uint64) {
        return _counts[rollupId];
    }

    /// @notice Hash chain of a rollup's first `messages` messages:
    /// keccak256(abi.encode(hash before, index, sender, target, valueWei, keccak256(data))), zero before the first.
    function accAt(uint64 rollupId, uint64 messages) external view returns (bytes32) {
        return _accumulators[rollupId][messages];
    }

    function _send(uint64 rollupId, address sender, address target, uint256 valueWei, bytes memory data)
        private
        returns (uint64 index)
    {
        if (!_known[rollupId]) revert UnknownRollup(rollupId);
        if (data.length > MAX_DATA_BYTES) revert DataTooLong(data.length, MAX_DATA_BYTES);
        index = _counts[rollupId]++;
        mapping(uint64 => bytes32) storage accumulator = _accumulators[rollupId];
        accumulator[index + 1] =
            keccak256(abi.encode(accumulator[index], index, sender, target, valueWei, keccak256(data)));
        emit MessageSent(rollupId, index, sender, target, valueWei, data);
    }
}
