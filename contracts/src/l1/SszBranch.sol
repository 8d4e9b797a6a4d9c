// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Merkle trees of SSZ objects (SHA-256)
/// @dev Consensus specs, `ssz/merkle-proofs.md`; EIP-7916 for progressive lists. A generalised index counts a tree's nodes from the
/// root (1) down, the children of node n being 2n and 2n+1, so its bits are the path and their number is the depth.
library SszBranch {
    /// @dev Every list that is proven here holds fewer elements than this: the limit of `validators`.
    uint256 private constant LIST_DEPTH = 40;

    /// @notice A branch has more or fewer siblings than the node's depth.
    error WrongBranchLength(uint256 length, uint256 gindex);
    /// @notice The list has no element with this index.
    error IndexOutOfRange(uint64 index);
    /// @notice A number of a vector has more than 64 bits.
    error NumberOutOfRange();

    /// @dev SHA-256 of two nodes.
    function hashPair(bytes32 left, bytes32 right) internal view returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            if iszero(staticcall(gas(), 2, 0x00, 0x40, 0x00, 0x20)) { revert(0, 0) }
            node := mload(0x00)
        }
    }

    /// @dev The root above `node`.
    /// @param gindex where the node lies
    /// @param branch its siblings from the node upwards, as many as the node is deep
    function rootOf(bytes32 node, uint256 gindex, bytes32[] calldata branch) internal view returns (bytes32) {
        uint256 path = gindex;
        for (uint256 i = 0; i < branch.length; i++) {
            node = path & 1 == 0 ? hashPair(node, branch[i]) : hashPair(branch[i], node);
            path >>= 1;
        }
        if (path != 1) revert WrongBranchLength(branch.length, gindex);
        return node;
    }

    /// @dev Where a list's element lies, in the tree that the list is part of.
    /// @param list generalised index of the list
    /// @param progressive whether it is a ProgressiveList, else a List with the limit 2^40
    function elementGindex(uint256 list, uint64 index, bool progressive) internal pure returns (uint256) {
        // A larger index would reach into a neighbouring subtree.
        if (index >> LIST_DEPTH != 0) revert IndexOutOfRange(index);
        uint256 contents = list << 1;
        if (!progressive) return (contents << LIST_DEPTH) + index;
        // Level L holds 4^L elements: it is the left child of the node that L steps to the right lead to.
        uint256 left = index;
        uint256 depth = 0;
        while (left >> depth != 0) {
            left -= uint256(1) << depth;
            depth += 2;
            contents = (contents << 1) + 1;
        }
        return (contents << (depth + 1)) + left;
    }

    /// @dev The chunk of an unsigned integer: its bytes from the low end on.
    function chunkOf(uint64 value) internal pure returns (bytes32) {
        return reversed(value);
    }

    /// @dev The 32 bytes of a word in reverse order.
    function reversed(uint256 v) internal pure returns (bytes32) {
        uint256 m = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        v = ((v >> 8) & m) | ((v & m) << 8);
        m = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        v = ((v >> 16) & m) | ((v & m) << 16);
        m = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        v = ((v >> 32) & m) | ((v & m) << 32);
        m = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
        v = ((v >> 64) & m) | ((v & m) << 64);
        return bytes32((v >> 128) | (v << 128));
    }

    /// @dev Root of a vector of 64-bit numbers, four a chunk.
    /// @param values 4 times a power of two of them
    function rootOfVector(uint64[] calldata values) internal view returns (bytes32 root) {
        uint256 width = values.length / 4;
        uint256 nodes;
        uint256 excess = 0;
        // Behind the memory in use, which nothing here grows: the chunks, then level over level in their place.
        assembly ("memory-safe") {
            nodes := mload(0x40)
        }
        for (uint256 i = 0; i < width; i++) {
            uint256 packed;
            assembly ("memory-safe") {
                let at := add(values.offset, shl(7, i))
                let a := calldataload(at)
                let b := calldataload(add(at, 0x20))
                let c := calldataload(add(at, 0x40))
                let d := calldataload(add(at, 0x60))
                excess := or(excess, shr(64, or(or(a, b), or(c, d))))
                packed := or(or(a, shl(64, b)), or(shl(128, c), shl(192, d)))
            }
            bytes32 chunk = reversed(packed);
            assembly ("memory-safe") {
                mstore(add(nodes, shl(5, i)), chunk)
            }
        }
        if (excess != 0) revert NumberOutOfRange();
        assembly ("memory-safe") {
            for {} gt(width, 1) { width := shr(1, width) } {
                for { let i := 0 } lt(i, width) { i := add(i, 2) } {
                    let done := staticcall(gas(), 2, add(nodes, shl(5, i)), 0x40, add(nodes, shl(4, i)), 0x20)
                    if iszero(done) { revert(0, 0) }
                }
            }
            root := mload(nodes)
        }
    }
}
