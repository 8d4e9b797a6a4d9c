// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "./BeaconChain.sol";

/// @title Stake, and in which epochs an operator counts
/// @dev Protocol §1.1. Eligibility is a function of operator and epoch that never changes for an epoch less than three ahead: it is
/// an interval of epochs, and the one before for late schedules, which are at most 256 epochs old.
abstract contract OperatorStanding is BeaconChain {
    /// @dev What the schedule and posting need of an operator, in one storage slot.
    struct Standing {
        /// @dev counts from this epoch on ...
        uint48 fromEpoch;
        /// @dev ... until before this one
        uint48 untilEpoch;
        /// @dev the interval before, empty unless the operator came back
        uint48 earlierFrom;
        uint48 earlierUntil;
        uint32 keySets;
        bool frozen;
        bool withdrawn;
    }

    struct Operation {
        address owner;
        uint64 registeredAt;
        uint128 stakeWei;
        uint64 frozenAt;
        uint64 exitedAt;
        Standing standing;
    }

    /// @dev An interval without an end.
    uint48 private constant OPEN = type(uint48).max;
    /// @dev Epochs that a schedule may still be asked for: the ring of `LookaheadOracle`.
    uint64 private constant MEMORY_EPOCHS = 256;

    /// @notice Stake below which nobody counts.
    uint256 public immutable minStakeWei;
    /// @notice Time between an exit and the withdrawal of the stake.
    uint64 public immutable exitDelaySeconds;
    /// @notice Who may freeze and slash; zero: nobody.
    address public immutable slasher;

    /// @notice Number of operators ever registered; ids are 1 to this.
    uint32 public operatorCount;

    mapping(uint32 operatorId => Operation) internal _operations;
    /// @dev One bit an operator: it has ceased to count at some time, whether it came back or not. So a schedule asks 256 operators in
    /// one read, as most of them never did.
    mapping(uint256 word => uint256 bits) internal _haveEnded;

    /// @param stakeWei the whole stake after the change
    event StakeChanged(uint32 indexed operatorId, uint256 stakeWei);
    event OperatorFrozen(uint32 indexed operatorId);
    event OperatorExited(uint32 indexed operatorId);
    event StakeWithdrawn(uint32 indexed operatorId, uint256 amountWei);
    /// @param untilEpoch first epoch in which the operator no longer counts
    event EligibilityEnded(uint32 indexed operatorId, uint64 untilEpoch);
    event EligibilityBegan(uint32 indexed operatorId, uint64 fromEpoch);

    /// @notice Less stake is there than is needed.
    error StakeTooLow(uint256 stakeWei, uint256 neededWei);
    /// @notice More ether than exists.
    error StakeTooHigh(uint256 stakeWei);
    error UnknownOperator(uint32 operatorId);
    error NotOwner(uint32 operatorId, address caller);
    error NotSlasher(address caller);
    error AlreadyFrozen(uint32 operatorId);
    error AlreadyExited(uint32 operatorId);
    error AlreadyWithdrawn(uint32 operatorId);
    /// @notice The stake cannot be withdrawn before an exit.
    error NotExited(uint32 operatorId);
    /// @notice The stake is still locked.
    error StakeLocked(uint32 operatorId, uint64 untilTimestamp);
    /// @notice The operator counts, so there is nothing to come back from.
    error StillEligible(uint32 operatorId);
    /// @notice Two intervals are remembered, and the older one may still be asked for until this epoch.
    error RejoinTooEarly(uint32 operatorId, uint64 epoch);
    /// @notice The receiver refused the ether.
    error TransferFailed(address to, uint256 amountWei);

    constructor(uint256 minStake, uint64 exitDelay, address slasherAddress) {
        minStakeWei = minStake;
        exitDelaySeconds = exitDelay;
        slasher = slasherAddress;
    }

    /// @notice Adds the ether sent to an operator's stake. Anyone may; only the owner gets it back. An operator that fell below the
    /// minimum does not count again before `rejoin`.
    function topUp(uint32 operatorId) external payable {
        Operation storage o = _known(operatorId);
        if (o.standing.withdrawn) revert AlreadyWithdrawn(operatorId);
        if (msg.value == 0) revert StakeTooLow(0, 1);
        _setStake(operatorId, o, o.stakeWei + msg.value);
    }

    /// @notice Stops the operator's posting at once and for ever; for an owner whose keys were stolen, and for the slasher.
    /// @dev Its windows stay its own and lie idle until it no longer counts; what it sealed can be carried (protocol §1.1).
    function freeze(uint32 operatorId) external {
        Operation storage o = _known(operatorId);
        if (msg.sender != o.owner && msg.sender != slasher) revert NotOwner(operatorId, msg.sender);
        if (o.standing.frozen) revert AlreadyFrozen(operatorId);
        if (o.standing.withdrawn) revert AlreadyWithdrawn(operatorId);
        o.frozenAt = uint64(block.timestamp);
        o.standing.frozen = true;
        emit OperatorFrozen(operatorId);
        _end(operatorId, o);
    }

    /// @notice Leaves. The operator may still post in its last windows; the stake is locked for `exitDelaySeconds` from now.
    function exit(uint32 operatorId) external {
        Operation storage o = _owned(operatorId);
        if (o.exitedAt != 0) revert AlreadyExited(operatorId);
        o.exitedAt = uint64(block.timestamp);
        emit OperatorExited(operatorId);
        _end(operatorId, o);
    }

    /// @notice Pays the whole stake to the owner, once, when the delay after the exit is over.
    function withdraw(uint32 operatorId) external {
        Operation storage o = _owned(operatorId);
        if (o.exitedAt == 0) revert NotExited(operatorId);
        if (o.standing.withdrawn) revert AlreadyWithdrawn(operatorId);
        uint64 until = o.exitedAt + exitDelaySeconds;
        // Seconds that a proposer could shift do not matter beside a delay of days.
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp < until) revert StakeLocked(operatorId, until);

        uint256 amountWei = o.stakeWei;
        // Written before the transfer: a call back into the registry finds nothing left.
        o.standing.withdrawn = true;
        _setStake(operatorId, o, 0);
        emit StakeWithdrawn(operatorId, amountWei);
        _send(msg.sender, amountWei);
    }

    /// @notice Counts again, after the stake had fallen below the minimum.
    function rejoin(uint32 operatorId) external {
        Operation storage o = _owned(operatorId);
        Standing memory standing = o.standing;
        if (standing.frozen) revert AlreadyFrozen(operatorId);
        if (o.exitedAt != 0) revert AlreadyExited(operatorId);
        if (standing.untilEpoch == OPEN) revert StillEligible(operatorId);
        if (o.stakeWei < minStakeWei) revert StakeTooLow(o.stakeWei, minStakeWei);
        uint48 fromEpoch = _changeEpoch();
        // What is overwritten can be asked for no more.
        uint64 forgotten = standing.earlierUntil + MEMORY_EPOCHS;
        if (standing.earlierUntil != 0 && fromEpoch < forgotten + ACTIVATION_DELAY_EPOCHS) {
            revert RejoinTooEarly(operatorId, forgotten);
        }
        standing.earlierFrom = standing.fromEpoch;
        standing.earlierUntil = standing.untilEpoch;
        standing.fromEpoch = fromEpoch;
        standing.untilEpoch = OPEN;
        o.standing = standing;
        emit EligibilityBegan(operatorId, fromEpoch);
    }

    /// @notice Takes stake and pays it to the slasher. Less than the minimum left ends the operator's eligibility, like a change by its
    /// owner; no exit clock starts.
    /// @dev Protocol §1.1. The slasher decides what is a fault and charges each once; here is only its hook.
    /// @return takenWei what was there of the amount
    function slash(uint32 operatorId, uint256 amountWei) external returns (uint256 takenWei) {
        if (msg.sender != slasher) revert NotSlasher(msg.sender);
        Operation storage o = _known(operatorId);
        uint256 stakeWei = o.stakeWei;
        takenWei = amountWei < stakeWei ? amountWei : stakeWei;
        if (takenWei == 0) return 0;
        _setStake(operatorId, o, stakeWei - takenWei);
        if (stakeWei - takenWei < minStakeWei) _end(operatorId, o);
        _send(msg.sender, takenWei);
    }

    /// @notice Whether an operator counts in an epoch: registered, staked, neither frozen nor gone, by the changes that count there.
    function eligibleAt(uint32 operatorId, uint64 epoch) public view virtual returns (bool) {
        Standing storage s = _operations[operatorId].standing;
        if (epoch >= s.fromEpoch) return epoch < s.untilEpoch;
        return s.earlierFrom <= epoch && epoch < s.earlierUntil;
    }

    /// @dev A new operator with its first set of keys announced.
    function _enter(address owner, uint256 stakeWei, uint48 fromEpoch) internal returns (uint32 operatorId) {
        if (stakeWei < minStakeWei) revert StakeTooLow(stakeWei, minStakeWei);
        operatorId = ++operatorCount;
        Operation storage o = _operations[operatorId];
        o.owner = owner;
        o.registeredAt = uint64(block.timestamp);
        o.stakeWei = _checkedStake(stakeWei);
        o.standing = Standing(fromEpoch, OPEN, 0, 0, 1, false, false);
    }

    function _known(uint32 operatorId) internal view returns (Operation storage o) {
        o = _operations[operatorId];
        if (o.owner == address(0)) revert UnknownOperator(operatorId);
    }

    function _owned(uint32 operatorId) internal view returns (Operation storage o) {
        o = _known(operatorId);
        if (o.owner != msg.sender) revert NotOwner(operatorId, msg.sender);
    }

    /// @dev The caller's operator, neither frozen nor exited.
    function _requireActive(uint32 operatorId) internal view {
        Operation storage o = _owned(operatorId);
        if (o.standing.frozen) revert AlreadyFrozen(operatorId);
        if (o.exitedAt != 0) revert AlreadyExited(operatorId);
    }

    /// @dev The epoch from which a change made now counts.
    function _changeEpoch() internal view returns (uint48) {
        // 2^48 epochs of 8 one-second slots are 71 million years.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint48(epochOf(block.timestamp) + ACTIVATION_DELAY_EPOCHS);
    }

    /// @dev Once: what has ended does not end again.
    function _end(uint32 operatorId, Operation storage o) private {
        if (o.standing.untilEpoch != OPEN) return;
        uint48 untilEpoch = _changeEpoch();
        o.standing.untilEpoch = untilEpoch;
        _haveEnded[operatorId >> 8] |= uint256(1) << (operatorId & 0xff);
        emit EligibilityEnded(operatorId, untilEpoch);
    }

    function _setStake(uint32 operatorId, Operation storage o, uint256 stakeWei) private {
        o.stakeWei = _checkedStake(stakeWei);
        emit StakeChanged(operatorId, stakeWei);
    }

    function _checkedStake(uint256 stakeWei) private pure returns (uint128) {
        if (stakeWei > type(uint128).max) revert StakeTooHigh(stakeWei);
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint128(stakeWei);
    }

    function _send(address to, uint256 amountWei) private {
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert TransferFailed(to, amountWei);
    }
}
