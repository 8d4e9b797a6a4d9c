// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whose keys are whose, and since when
/// @dev Protocol §1.1: keys change with a delay, so that a window's keys are those of its epoch whenever one asks. An address is
/// one operator's for ever, so that nobody can take over the name of a key that has signed something.
abstract contract OperatorKeys {
    /// @dev Keys from an epoch on, until the next set's.
    struct KeySet {
        address posterEarly;
        uint64 fromEpoch;
        address posterOwnSlot;
        address committer;
    }

    /// @notice Whose poster an address is or was; 0 if nobody's.
    mapping(address poster => uint32 operatorId) public operatorOfPoster;
    /// @notice Whose committer an address is or was; 0 if nobody's.
    mapping(address committer => uint32 operatorId) public operatorOfCommitter;

    /// @dev Ascending by `fromEpoch`; the number of an operator's sets is kept with its standing.
    mapping(uint32 operatorId => mapping(uint256 position => KeySet)) private _keys;

    event KeysRotated(uint32 indexed operatorId, uint64 fromEpoch, address[2] posters, address committer);

    /// @notice A poster or committer is the zero address.
    error ZeroAddress();
    /// @notice The address is another operator's poster, or is given twice.
    error PosterTaken(address poster);
    /// @notice The address is another operator's committer.
    error CommitterTaken(address committer);

    /// @dev Takes the addresses and stores them as the set at `position`.
    function _writeKeys(
        uint32 operatorId,
        uint256 position,
        uint64 fromEpoch,
        address[2] calldata posters,
        address committer
    ) internal {
        if (posters[0] == posters[1]) revert PosterTaken(posters[1]);
        for (uint256 i = 0; i < 2; i++) {
            if (posters[i] == address(0)) revert ZeroAddress();
            uint32 holder = operatorOfPoster[posters[i]];
            if (holder == 0) operatorOfPoster[posters[i]] = operatorId;
            else if (holder != operatorId) revert PosterTaken(posters[i]);
        }
        if (committer == address(0)) revert ZeroAddress();
        uint32 signer = operatorOfCommitter[committer];
        if (signer == 0) operatorOfCommitter[committer] = operatorId;
        else if (signer != operatorId) revert CommitterTaken(committer);
        _keys[operatorId][position] = KeySet(posters[0], fromEpoch, posters[1], committer);
    }

    /// @dev The set that counts at an epoch among the first `count`; an empty one before the first.
    function _keySetAt(uint32 operatorId, uint256 count, uint64 epoch) internal view returns (KeySet storage) {
        // From the end: at most one set is not in use yet, and older ones are asked for only by late carriers.
        for (uint256 i = count; i > 0; i--) {
            KeySet storage keys = _keys[operatorId][i - 1];
            if (keys.fromEpoch <= epoch) return keys;
        }
        return _keys[0][0];
    }

    function _keySet(uint32 operatorId, uint256 position) internal view returns (KeySet storage) {
        return _keys[operatorId][position];
    }
}
