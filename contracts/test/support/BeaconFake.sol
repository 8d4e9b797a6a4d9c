// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader, BeaconParameters, StateLayout} from "../../src/l1/BeaconTypes.sol";
import {TestBase} from "./TestBase.sol";

/// @title A beacon chain made up for a test
/// @dev The contract of EIP-4788 is the real one; its cells are written by the cheat code. A state is nothing but a leaf and random
/// siblings. What is checked against states of real make is in `RealStates.t.sol`.
abstract contract BeaconFake is TestBase {
    uint64 internal constant GENESIS = 1_700_000_000;
    uint64 internal constant SLOT_SECONDS = 12;
    address internal constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02;
    uint64 private constant RING = 8191;
    uint256 internal constant FULU_LOOKAHEAD = 101;
    uint256 internal constant FULU_VALIDATORS = 75;

    function installBeaconRoots() internal {
        VM.etch(
            BEACON_ROOTS,
            hex"3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500"
        );
    }

    function parameters(uint64 slotsPerEpoch) internal pure returns (BeaconParameters memory p) {
        p.genesisSeconds = GENESIS;
        p.slotSeconds = SLOT_SECONDS;
        p.slotsPerEpoch = slotsPerEpoch;
        p.layouts = new StateLayout[](2);
        p.layouts[0] = StateLayout(0, 101, 75, false);
        p.layouts[1] = StateLayout(1 << 40, 2960, 358, true);
    }

    function timeOf(uint64 slot) internal pure returns (uint64) {
        return GENESIS + slot * SLOT_SECONDS;
    }

    /// @dev A block of `slot` with this state, known under the time of the next slot.
    function blockWith(uint64 slot, bytes32 stateRoot)
        internal
        returns (uint64 beaconTimestamp, BeaconHeader memory h)
    {
        h = BeaconHeader(slot, 77, keccak256("parent"), stateRoot, keccak256("body"));
        beaconTimestamp = timeOf(slot + 1);
        keepRoot(beaconTimestamp, headerRoot(h));
    }

    function keepRoot(uint64 beaconTimestamp, bytes32 root) internal {
        VM.store(BEACON_ROOTS, bytes32(uint256(beaconTimestamp % RING)), bytes32(uint256(beaconTimestamp)));
        VM.store(BEACON_ROOTS, bytes32(uint256(beaconTimestamp % RING + RING)), root);
    }

    /// @dev Random siblings of a node, and the root they give.
    function grow(bytes32 node, uint256 gindex, uint256 seed) internal pure returns (bytes32[] memory b, bytes32 root) {
        uint256 depth = 0;
        while (gindex >> (depth + 1) != 0) depth++;
        b = new bytes32[](depth);
        for (uint256 i = 0; i < depth; i++) {
            b[i] = keccak256(abi.encode(seed, i));
            node = (gindex >> i) % 2 == 0 ? sha256(abi.encode(node, b[i])) : sha256(abi.encode(b[i], node));
        }
        return (b, node);
    }

    function headerRoot(BeaconHeader memory h) internal pure returns (bytes32) {
        bytes32[] memory leaves = new bytes32[](8);
        leaves[0] = littleEndian(h.slot);
        leaves[1] = littleEndian(h.proposerIndex);
        (leaves[2], leaves[3], leaves[4]) = (h.parentRoot, h.stateRoot, h.bodyRoot);
        return merkle(leaves);
    }

    function vectorRoot(uint64[] memory values) internal pure returns (bytes32) {
        bytes memory packed;
        for (uint256 i = 0; i < values.length; i++) {
            packed = bytes.concat(packed, bytes8(littleEndian(values[i])));
        }
        bytes32[] memory chunks = new bytes32[](values.length / 4);
        for (uint256 i = 0; i < chunks.length; i++) {
            for (uint256 j = 0; j < 32; j++) {
                chunks[i] |= bytes32(packed[32 * i + j]) >> (8 * j);
            }
        }
        return merkle(chunks);
    }

    function merkle(bytes32[] memory leaves) internal pure returns (bytes32) {
        if (leaves.length == 1) return leaves[0];
        bytes32[] memory up = new bytes32[](leaves.length / 2);
        for (uint256 i = 0; i < up.length; i++) {
            up[i] = sha256(abi.encode(leaves[2 * i], leaves[2 * i + 1]));
        }
        return merkle(up);
    }

    /// @dev Byte by byte, unlike the contracts do it.
    function littleEndian(uint64 value) internal pure returns (bytes32 chunk) {
        for (uint256 i = 0; i < 8; i++) {
            chunk |= bytes32(uint256((value >> (8 * i)) & 0xff)) << (8 * (31 - i));
        }
    }
}
