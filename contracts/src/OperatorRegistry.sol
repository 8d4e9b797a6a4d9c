// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOperatorRegistry} from "./IOperatorRegistry.sol";

/// @title Operators, their keys, validators and stake
/// @notice Anyone with the stake may become an operator: there is no allow-list, no overseer and no admin key.
/// Every registration, claim, freeze and exit is an event, from which nodes compute who may sequence in which slot.
/// @dev Protocol §1.1. The registry keeps no schedule: a change made in L1 epoch e counts from e+3, a rule nodes apply to the
/// block in which the event stands. Stake stays locked for `exitDelaySeconds` after an exit, which must be longer than any
/// window in which a fault can be proven. Nothing here moves stake but its owner's own withdrawal.
///
/// Limits of this version, both on purpose visible:
/// - `addValidators` trusts the owner's word. The SSZ proof of the validator's withdrawal credentials against an EIP-4788
///   root comes later; until then an index belongs to whoever claims it first, so use it only where operators are known.
/// - A poster or committer is taken without its signature. A squatter locks the whole stake for each pair of addresses it takes,
///   and the victim registers with a fresh address.
contract OperatorRegistry is IOperatorRegistry {
    /// @notice One operator, as `operator(id)` shows it.
    struct Operator {
        /// @dev may change the operator and gets the stake back
        address owner;
        /// @dev senders of batches on L1: one for early posts, one for the own slot, so that a stuck nonce blocks only one
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

    /// @dev `Operator` in five storage slots; what `mayPost` reads lies in one.
    struct Stored {
        address owner;
        uint64 registeredAt;
        address posterEarly;
        uint64 frozenAt;
        bool withdrawn;
        address posterOwnSlot;
        uint64 exitedAt;
        address committer;
        uint256 stakeWei;
    }

    /// @notice Stake below which nobody can register.
    uint256 public immutable minStakeWei;
    /// @notice Time between an exit and the withdrawal of the stake.
    uint64 public immutable exitDelaySeconds;

    /// @notice Number of operators ever registered; ids are 1 to this.
    uint32 public operatorCount;

    /// @notice Whose poster an address is or was; 0 if nobody's. An address stays its operator's for ever.
    mapping(address poster => uint32 operatorId) public operatorOfPoster;
    /// @notice Whose committer an address is or was; 0 if nobody's.
    mapping(address committer => uint32 operatorId) public operatorOfCommitter;
    /// @notice Who claimed a validator; 0 if nobody.
    mapping(uint64 validatorIndex => uint32 operatorId) public operatorOfValidator;

    mapping(uint32 operatorId => Stored) private _operators;

    event OperatorRegistered(
        uint32 indexed operatorId, address indexed owner, address[2] posters, address committer, uint256 stakeWei
    );
    event ValidatorsAdded(uint32 indexed operatorId, uint64[] indices);
    /// @param stakeWei the whole stake after the addition, not the addition
    event StakeAdded(uint32 indexed operatorId, uint256 stakeWei);
    event OperatorFrozen(uint32 indexed operatorId);
    event OperatorExited(uint32 indexed operatorId);
    event StakeWithdrawn(uint32 indexed operatorId, uint256 amountWei);

    /// @notice Less stake came with the call than is needed.
    error StakeTooLow(uint256 sentWei, uint256 neededWei);
    /// @notice A poster or committer is the zero address.
    error ZeroAddress();
    /// @notice The address is already some operator's poster (or is given twice).
    error PosterTaken(address poster);
    /// @notice The address is already some operator's committer.
    error CommitterTaken(address committer);
    /// @notice Another claim of this validator came first.
    error ValidatorTaken(uint64 validatorIndex, uint32 operatorId);
    /// @notice An empty list of validators.
    error NoValidators();
    error UnknownOperator(uint32 operatorId);
    error NotOwner(uint32 operatorId, address caller);
    error AlreadyFrozen(uint32 operatorId);
    error AlreadyExited(uint32 operatorId);
    error AlreadyWithdrawn(uint32 operatorId);
    /// @notice The stake cannot be withdrawn before an exit.
    error NotExited(uint32 operatorId);
    /// @notice The stake is still locked.
    error StakeLocked(uint32 operatorId, uint64 untilTimestamp);
    /// @notice The owner refused the ether.
    error TransferFailed(address owner, uint256 amountWei);

    /// @param minStake smallest stake to register with, in wei
    /// @param exitDelay seconds from exit to withdrawal: challenge period plus a margin
    constructor(uint256 minStake, uint64 exitDelay) {
        minStakeWei = minStake;
        exitDelaySeconds = exitDelay;
    }

    /// @notice Registers the caller as the owner of a new operator, staked with the ether sent.
    /// @param posters two different L1 senders, never used by any operator before
    /// @param committer signer of promises, never used by any operator before
    /// @return operatorId the new operator's number, from 1
    function register(address[2] calldata posters, address committer) external payable returns (uint32 operatorId) {
        if (msg.value < minStakeWei) revert StakeTooLow(msg.value, minStakeWei);
        operatorId = ++operatorCount;
        _takePoster(posters[0], operatorId);
        _takePoster(posters[1], operatorId);
        _takeCommitter(committer, operatorId);

        Stored storage o = _operators[operatorId];
        o.owner = msg.sender;
        o.registeredAt = uint64(block.timestamp);
        o.posterEarly = posters[0];
        o.posterOwnSlot = posters[1];
        o.committer = committer;
        o.stakeWei = msg.value;
        emit OperatorRegistered(operatorId, msg.sender, posters, committer, msg.value);
    }

    /// @notice Claims beacon-chain validators, whose proposal slots become the operator's.
    /// @dev Not proven yet (see the contract's notes). An index is claimed once and for ever, which does no harm: the validator
    /// list of the beacon chain is append-only, so an index never changes its meaning.
    /// @param operatorId the caller's operator, neither frozen nor exited
    /// @param indices validator indices, none claimed before
    function addValidators(uint32 operatorId, uint64[] calldata indices) external {
        Stored storage o = _owned(operatorId);
        if (o.frozenAt != 0) revert AlreadyFrozen(operatorId);
        if (o.exitedAt != 0) revert AlreadyExited(operatorId);
        if (indices.length == 0) revert NoValidators();
        for (uint256 i = 0; i < indices.length; i++) {
            uint32 holder = operatorOfValidator[indices[i]];
            if (holder != 0) revert ValidatorTaken(indices[i], holder);
            operatorOfValidator[indices[i]] = operatorId;
        }
        emit ValidatorsAdded(operatorId, indices);
    }

    /// @notice Adds the ether sent to an operator's stake. Anyone may; only the owner gets it back.
    /// @param operatorId an operator whose stake has not been withdrawn
    function topUp(uint32 operatorId) external payable {
        Stored storage o = _known(operatorId);
        if (o.withdrawn) revert AlreadyWithdrawn(operatorId);
        if (msg.value == 0) revert StakeTooLow(0, 1);
        uint256 stake = o.stakeWei + msg.value;
        o.stakeWei = stake;
        emit StakeAdded(operatorId, stake);
    }

    /// @notice Stops the operator's posting at once and for ever; for an owner whose keys were stolen.
    /// @dev The windows stay the operator's own and lie idle; what it sealed can be carried by its successor (protocol §1.1).
    function freeze(uint32 operatorId) external {
        Stored storage o = _owned(operatorId);
        if (o.frozenAt != 0) revert AlreadyFrozen(operatorId);
        if (o.withdrawn) revert AlreadyWithdrawn(operatorId);
        o.frozenAt = uint64(block.timestamp);
        emit OperatorFrozen(operatorId);
    }

    /// @notice Leaves. The operator may still post what it has signed; the stake is locked for `exitDelaySeconds` from now.
    function exit(uint32 operatorId) external {
        Stored storage o = _owned(operatorId);
        if (o.exitedAt != 0) revert AlreadyExited(operatorId);
        o.exitedAt = uint64(block.timestamp);
        emit OperatorExited(operatorId);
    }

    /// @notice Pays the whole stake to the owner, once, when the delay after the exit is over.
    function withdraw(uint32 operatorId) external {
        Stored storage o = _owned(operatorId);
        if (o.exitedAt == 0) revert NotExited(operatorId);
        if (o.withdrawn) revert AlreadyWithdrawn(operatorId);
        uint64 until = o.exitedAt + exitDelaySeconds;
        // Seconds that a proposer could shift do not matter beside a delay of days.
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp < until) revert StakeLocked(operatorId, until);

        uint256 amountWei = o.stakeWei;
        // Written before the transfer: a call back into the registry finds nothing left.
        o.stakeWei = 0;
        o.withdrawn = true;
        emit StakeWithdrawn(operatorId, amountWei);
        (bool sent,) = msg.sender.call{value: amountWei}("");
        if (!sent) revert TransferFailed(msg.sender, amountWei);
    }

    /// @notice Everything about one operator; all zero for an unknown id.
    function operator(uint32 operatorId) external view returns (Operator memory) {
        Stored storage o = _operators[operatorId];
        return Operator({
            owner: o.owner,
            posters: [o.posterEarly, o.posterOwnSlot],
            committer: o.committer,
            stakeWei: o.stakeWei,
            registeredAt: o.registeredAt,
            frozenAt: o.frozenAt,
            exitedAt: o.exitedAt,
            withdrawn: o.withdrawn
        });
    }

    /// @inheritdoc IOperatorRegistry
    /// @dev An exited operator may post until its stake is gone: who has signed must be able to post, and no amount of
    /// stake is asked for. After the withdrawal it is no operator any more and the answer is (0, false).
    function mayPost(address poster) external view returns (uint32 operatorId, bool allowed) {
        operatorId = operatorOfPoster[poster];
        if (operatorId == 0) return (0, false);
        Stored storage o = _operators[operatorId];
        if (o.withdrawn) return (0, false);
        return (operatorId, o.frozenAt == 0);
    }

    function _takePoster(address poster, uint32 operatorId) private {
        if (poster == address(0)) revert ZeroAddress();
        if (operatorOfPoster[poster] != 0) revert PosterTaken(poster);
        operatorOfPoster[poster] = operatorId;
    }

    function _takeCommitter(address committer, uint32 operatorId) private {
        if (committer == address(0)) revert ZeroAddress();
        if (operatorOfCommitter[committer] != 0) revert CommitterTaken(committer);
        operatorOfCommitter[committer] = operatorId;
    }

    function _known(uint32 operatorId) private view returns (Stored storage o) {
        o = _operators[operatorId];
        if (o.owner == address(0)) revert UnknownOperator(operatorId);
    }

    function _owned(uint32 operatorId) private view returns (Stored storage o) {
        o = _known(operatorId);
        if (o.owner != msg.sender) revert NotOwner(operatorId, msg.sender);
    }
}
