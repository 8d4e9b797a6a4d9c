// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOperatorRegistry} from "./IOperatorRegistry.sol";

/// @title Which validator counts for which operator, from which epoch on
/// @dev Protocol §1.1 and §1.2. A claim is for ever: the beacon chain's validator list only grows, so an index never changes its
/// meaning. What `assign` answers for an epoch therefore never changes once that epoch is less than three epochs ahead.
abstract contract ValidatorClaims is IOperatorRegistry {
    /// @dev How many claims count from an epoch on.
    struct Count {
        uint64 fromEpoch;
        uint64 claims;
    }

    /// @dev The word of `_endedBits` that was read last.
    struct Ended {
        uint256 word;
        uint256 bits;
    }

    /// @dev How many registered validators the fallback is sought among (protocol §1.2).
    uint256 private constant FALLBACK_PROBES = 16;

    /// @dev The operator's id in the low 32 bits, the first epoch that counts above it; 0: nobody's.
    mapping(uint64 validatorIndex => uint256 claim) private _claims;
    /// @dev The claims' operators in the order of claiming, eight a storage slot.
    uint32[] private _claimants;
    /// @dev Ascending by epoch, the last at most three epochs ahead.
    Count[] private _counts;

    /// @notice Another claim of this validator came first.
    error ValidatorTaken(uint64 validatorIndex, uint32 operatorId);

    /// @notice Who claimed a validator, whether it counts already or not; 0 if nobody.
    function operatorOfValidator(uint64 validatorIndex) external view returns (uint32) {
        (uint32 operatorId,) = _unpacked(_claims[validatorIndex]);
        return operatorId;
    }

    /// @notice How many validators are claimed by claims that count in an epoch.
    /// @dev Sought from the newest on: an old epoch costs a read for each later epoch with claims.
    function validatorCountAt(uint64 epoch) public view returns (uint64) {
        for (uint256 i = _counts.length; i > 0; i--) {
            Count memory count = _counts[i - 1];
            if (count.fromEpoch <= epoch) return count.claims;
        }
        return 0;
    }

    /// @inheritdoc IOperatorRegistry
    /// @dev The draw starts at keccak256(abi.encode(epoch, validatorIndices)) in the list of claims and takes the first eligible
    /// operator of 16, wrapping around: nothing in it is the caller's choice.
    function assign(uint64 epoch, uint64[] calldata validatorIndices)
        external
        view
        returns (uint32[] memory operatorIds, uint32 fallbackOperatorId)
    {
        uint256 length = validatorIndices.length;
        Ended memory ended = Ended(0, _endedBits(0));
        operatorIds = new uint32[](length);
        for (uint256 i = 0; i < length; i++) {
            uint256 claim = _claims[validatorIndices[i]];
            if (claim == 0) continue;
            (uint32 operatorId, uint64 fromEpoch) = _unpacked(claim);
            if (fromEpoch <= epoch && _isClaimantEligible(operatorId, epoch, ended)) operatorIds[i] = operatorId;
        }
        // The indices were read one by one above, so they are 64-bit numbers and abi.encode would give the same words.
        bytes calldata words;
        assembly ("memory-safe") {
            words.offset := validatorIndices.offset
            words.length := shl(5, length)
        }
        bytes32 seed = keccak256(abi.encodePacked(uint256(epoch), uint256(64), length, words));
        fallbackOperatorId = _draw(epoch, uint256(seed), ended);
    }

    /// @inheritdoc IOperatorRegistry
    function eligibleAt(uint32 operatorId, uint64 epoch) public view virtual returns (bool);

    /// @dev Bit i of the word: operator 256 * word + i has ceased to count at some time.
    function _endedBits(uint256 word) internal view virtual returns (uint256);

    function _claim(uint64 validatorIndex, uint32 operatorId, uint64 fromEpoch) internal {
        (uint32 holder,) = _unpacked(_claims[validatorIndex]);
        if (holder != 0) revert ValidatorTaken(validatorIndex, holder);
        _claims[validatorIndex] = (uint256(fromEpoch) << 32) | operatorId;
        _claimants.push(operatorId);
    }

    /// @dev To be called after the claims of a transaction.
    function _countClaims(uint64 fromEpoch) internal {
        uint64 claims = uint64(_claimants.length);
        uint256 length = _counts.length;
        if (length != 0 && _counts[length - 1].fromEpoch == fromEpoch) _counts[length - 1].claims = claims;
        else _counts.push(Count(fromEpoch, claims));
    }

    /// @dev `eligibleAt` for an operator with a claim that counts at the epoch, so that it had begun to count then: a claim is made
    /// after the registration. Most operators never ceased to, and one read tells that of 256 of them.
    function _isClaimantEligible(uint32 operatorId, uint64 epoch, Ended memory ended) private view returns (bool) {
        uint256 word = operatorId >> 8;
        if (word != ended.word) (ended.word, ended.bits) = (word, _endedBits(word));
        return (ended.bits >> (operatorId & 0xff)) & 1 == 0 || eligibleAt(operatorId, epoch);
    }

    function _unpacked(uint256 claim) private pure returns (uint32 operatorId, uint64 fromEpoch) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return (uint32(claim), uint64(claim >> 32));
    }

    function _draw(uint64 epoch, uint256 random, Ended memory ended) private view returns (uint32) {
        uint256 count = validatorCountAt(epoch);
        if (count == 0) return 0;
        uint256 position = random % count;
        for (uint256 probes = count < FALLBACK_PROBES ? count : FALLBACK_PROBES; probes > 0; probes--) {
            uint32 operatorId = _claimants[position];
            if (_isClaimantEligible(operatorId, epoch, ended)) return operatorId;
            if (++position == count) position = 0;
        }
        return 0;
    }
}
