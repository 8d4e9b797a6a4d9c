// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "./BeaconChain.sol";
import {BeaconHeader, BeaconParameters, StateLayout} from "./BeaconTypes.sol";
import {IOperatorRegistry} from "./IOperatorRegistry.sol";
import {OperatorKeys} from "./OperatorKeys.sol";
import {OperatorStanding} from "./OperatorStanding.sol";
import {SszBranch} from "./SszBranch.sol";
import {ValidatorClaims} from "./ValidatorClaims.sol";

/// @title Operators, their keys, validators and stake
/// @notice Anyone with the stake may become an operator: there is no allow-list, no overseer and no admin key. Stake leaves by its
/// owner's withdrawal, long after the exit, or by the slasher that the operator agreed to by registering here.
/// @dev Protocol §1.1. Every change made in epoch e counts from e+3, freezing alone stops posting at once. Stake stays locked
/// for `exitDelaySeconds` after an exit, which the deployment makes longer than every window in which a fault can be proven.
///
/// A poster or committer is taken without its signature. A squatter locks the whole stake for each set of addresses it takes, and
/// the victim registers with fresh ones.
contract OperatorRegistry is OperatorKeys, ValidatorClaims, OperatorStanding {
    /// @notice One operator, as `operator(id)` shows it.
    struct Operator {
        /// @dev may change the operator and gets the stake back
        address owner;
        /// @dev senders of batches on L1, one for early posts and one for the own slot, so that a stuck nonce blocks only one; the
        /// newest keys, in use or not yet
        address[2] posters;
        /// @dev signs frags, seals and promises
        address committer;
        uint256 stakeWei;
        /// @dev seconds of the L1 block's time, as are the next two; 0 = it has not happened
        uint64 registeredAt;
        uint64 frozenAt;
        uint64 exitedAt;
        bool withdrawn;
    }

    /// @notice A validator with the proof that its withdrawal credentials name the caller.
    struct ValidatorClaim {
        uint64 validatorIndex;
        bytes32 withdrawalCredentials;
        /// @dev siblings from the credentials up to the state root
        bytes32[] branch;
    }

    event OperatorRegistered(
        uint32 indexed operatorId,
        address indexed owner,
        address[2] posters,
        address committer,
        uint256 stakeWei,
        uint64 fromEpoch
    );
    event ValidatorsAdded(uint32 indexed operatorId, uint64 fromEpoch, uint64[] indices);

    /// @notice An empty list of validators.
    error NoValidators();
    /// @notice The credentials are not 0x01 or 0x02 with the caller's address.
    error NotYourValidator(uint64 validatorIndex, bytes32 withdrawalCredentials);
    /// @notice The branch does not lead from these credentials to the block's state root.
    error WrongValidatorProof(uint64 validatorIndex, bytes32 root, bytes32 stateRoot);
    /// @notice The newest keys do not count yet; there is one change of keys in three epochs.
    error RotationPending(uint32 operatorId, uint64 fromEpoch);

    /// @param minStake smallest stake to register with, in wei
    /// @param exitDelay seconds from exit to withdrawal
    /// @param slasherAddress who may freeze and slash; zero: nobody
    /// @param beacon the L1's beacon chain
    constructor(uint256 minStake, uint64 exitDelay, address slasherAddress, BeaconParameters memory beacon)
        BeaconChain(beacon)
        OperatorStanding(minStake, exitDelay, slasherAddress)
    {}

    /// @notice Registers the caller as the owner of a new operator, staked with the ether sent.
    /// @param posters two different L1 senders, never used by any operator before
    /// @param committer signer of promises, never used by any operator before
    /// @return operatorId the new operator's number, from 1
    function register(address[2] calldata posters, address committer) external payable returns (uint32 operatorId) {
        uint48 fromEpoch = _changeEpoch();
        operatorId = _enter(msg.sender, msg.value, fromEpoch);
        _writeKeys(operatorId, 0, fromEpoch, posters, committer);
        emit OperatorRegistered(operatorId, msg.sender, posters, committer, msg.value, fromEpoch);
    }

    /// @notice Claims beacon-chain validators whose withdrawal credentials name the caller; their slots become the operator's.
    /// @dev Protocol §1.1. A validator that exits later leaves the lookahead by itself.
    /// @param operatorId the caller's operator, neither frozen nor exited
    /// @param beaconTimestamp time of the L1 block after the proven one, in whose EIP-4788 cell that one's root is
    /// @param header the proven block's header
    /// @param claims validators that nobody has claimed
    function addValidators(
        uint32 operatorId,
        uint64 beaconTimestamp,
        BeaconHeader calldata header,
        ValidatorClaim[] calldata claims
    ) external {
        _requireActive(operatorId);
        if (claims.length == 0) revert NoValidators();
        StateLayout memory fields = _proven(beaconTimestamp, header);
        uint64 fromEpoch = _changeEpoch();
        uint64[] memory indices = new uint64[](claims.length);
        for (uint256 i = 0; i < claims.length; i++) {
            _requireProven(claims[i], header.stateRoot, fields);
            indices[i] = claims[i].validatorIndex;
            _claim(indices[i], operatorId, fromEpoch);
        }
        _countClaims(fromEpoch);
        emit ValidatorsAdded(operatorId, fromEpoch, indices);
    }

    /// @notice Changes an operator's keys. An address that is or was the operator's own may be used again.
    function rotate(uint32 operatorId, address[2] calldata posters, address committer) external {
        Operation storage o = _owned(operatorId);
        if (o.standing.withdrawn) revert AlreadyWithdrawn(operatorId);
        uint64 fromEpoch = _changeEpoch();
        uint32 count = o.standing.keySets;
        uint64 newest = _keySet(operatorId, count - 1).fromEpoch;
        // The change that made the newest set was in its fromEpoch - 3.
        if (newest + ACTIVATION_DELAY_EPOCHS > fromEpoch) revert RotationPending(operatorId, newest);
        _writeKeys(operatorId, count, fromEpoch, posters, committer);
        o.standing.keySets = count + 1;
        emit KeysRotated(operatorId, fromEpoch, posters, committer);
    }

    /// @notice Everything about one operator; all zero for an unknown id.
    function operator(uint32 operatorId) external view returns (Operator memory shown) {
        Operation storage o = _operations[operatorId];
        if (o.owner == address(0)) return shown;
        KeySet storage keys = _keySet(operatorId, o.standing.keySets - 1);
        shown.owner = o.owner;
        shown.posters = [keys.posterEarly, keys.posterOwnSlot];
        shown.committer = keys.committer;
        shown.stakeWei = o.stakeWei;
        shown.registeredAt = o.registeredAt;
        shown.frozenAt = o.frozenAt;
        shown.exitedAt = o.exitedAt;
        shown.withdrawn = o.standing.withdrawn;
    }

    /// @inheritdoc IOperatorRegistry
    function keysAt(uint32 operatorId, uint64 epoch)
        external
        view
        returns (address[2] memory posters, address committer)
    {
        KeySet storage keys = _keySetAt(operatorId, _operations[operatorId].standing.keySets, epoch);
        return ([keys.posterEarly, keys.posterOwnSlot], keys.committer);
    }

    /// @inheritdoc IOperatorRegistry
    /// @dev An exited operator may post until its stake is gone: who has signed must be able to post, and no amount of stake is
    /// asked for.
    function mayPost(uint32 operatorId, address poster, uint64 epoch) external view returns (bool) {
        Standing memory standing = _operations[operatorId].standing;
        if (standing.frozen || standing.withdrawn || poster == address(0)) return false;
        KeySet storage keys = _keySetAt(operatorId, standing.keySets, epoch);
        return poster == keys.posterEarly || poster == keys.posterOwnSlot;
    }

    /// @inheritdoc IOperatorRegistry
    function eligibleAt(uint32 operatorId, uint64 epoch)
        public
        view
        override(ValidatorClaims, OperatorStanding)
        returns (bool)
    {
        return OperatorStanding.eligibleAt(operatorId, epoch);
    }

    function _endedBits(uint256 word) internal view override returns (uint256) {
        return _haveEnded[word];
    }

    function _requireProven(ValidatorClaim calldata claim, bytes32 stateRoot, StateLayout memory fields) private view {
        bytes32 credentials = claim.withdrawalCredentials;
        uint8 kind = uint8(credentials[0]);
        bool named = uint256(credentials) << 8 == uint256(uint160(msg.sender)) << 8;
        if ((kind != 1 && kind != 2) || !named) revert NotYourValidator(claim.validatorIndex, credentials);
        // Field 1 of the 8 of a Validator.
        uint256 validator = SszBranch.elementGindex(fields.validatorsGindex, claim.validatorIndex, fields.progressive);
        bytes32 root = SszBranch.rootOf(credentials, (validator << 3) + 1, claim.branch);
        if (root != stateRoot) revert WrongValidatorProof(claim.validatorIndex, root, stateRoot);
    }
}
