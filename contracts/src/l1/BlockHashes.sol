// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Hashes of the newest 8,191 L1 blocks
/// @dev The opcode knows 256 of them; EIP-2935's contract knows the rest, on an L1 that has it.
library BlockHashes {
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    uint256 private constant OPCODE_BLOCKS = 256;

    /// @notice The block is not before this one, is too old, or has another hash.
    error WrongAnchor(uint64 number, bytes32 declared, bytes32 actual);

    /// @dev Requires that an earlier L1 block has this hash.
    function requireCanonical(uint64 number, bytes32 declared) internal view {
        bytes32 actual = _hashOf(number);
        if (actual == 0 || actual != declared) revert WrongAnchor(number, declared, actual);
    }

    /// @dev Zero if it is not known.
    function _hashOf(uint256 number) private view returns (bytes32) {
        if (number >= block.number) return 0;
        if (block.number - number <= OPCODE_BLOCKS) return blockhash(number);
        (bool good, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
        return good && answer.length == 32 ? abi.decode(answer, (bytes32)) : bytes32(0);
    }
}
