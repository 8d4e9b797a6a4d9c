// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClusterInbox} from "../../src/l1/ClusterInbox.sol";
import {Batch, Carried, InboxParameters, RollupPart} from "../../src/l1/InboxTypes.sol";
import {ClusterFixture} from "./ClusterFixture.sol";

/// @title A whole cluster on L1: operator n has validator 1,000,000 + 100 n, and an epoch's schedule is written as its operators
abstract contract InboxFixture is ClusterFixture {
    uint64 internal constant LEAD = 4;
    uint256 internal constant FORCED_PRICE = 1 gwei;
    bytes32 internal constant GENESIS_HEAD = keccak256("genesis head");

    ClusterInbox internal inbox;
    /// @dev OPEN_AFTER
    uint64 internal openAfter = 64;

    /// @dev The inbox is deployed in the first slot of `epoch`, in whose time the operators count.
    function deployCluster(uint64 slotsPerEpoch, uint32 operators, uint64 rollups, uint64 epoch) internal {
        deployRegistry(slotsPerEpoch);
        for (uint32 i = 0; i < operators; i++) {
            claim(join(), validatorOf(i + 1));
        }
        atEpoch(epoch);
        inbox = new ClusterInbox(inboxParameters(rollups));
        VM.roll(1000);
        VM.setBlockhash(999, anchorHash());
    }

    function validatorOf(uint32 operatorId) internal pure returns (uint64) {
        return 1_000_000 + 100 * operatorId;
    }

    function inboxParameters(uint64 rollups) internal view returns (InboxParameters memory p) {
        p.registry = address(registry);
        p.oracle = address(oracle);
        p.genesisHead = GENESIS_HEAD;
        p.rollupIds = new uint64[](rollups);
        for (uint64 i = 0; i < rollups; i++) {
            p.rollupIds[i] = 901 + i;
        }
        p.tickSeconds = 1;
        p.handoverLeadSeconds = LEAD;
        p.openAfterSlots = openAfter;
        p.forcedGasPriceWei = FORCED_PRICE;
    }

    function anchorHash() internal pure returns (bytes32) {
        return keccak256("anchor");
    }

    /// @param slots pairs: a slot of the epoch and its operator
    function syncAs(uint64 epoch, uint32[2][] memory slots) internal {
        uint64[] memory proposers = new uint64[](spe);
        for (uint64 i = 0; i < spe; i++) {
            proposers[i] = 1_500_000 + i;
        }
        for (uint256 i = 0; i < slots.length; i++) {
            proposers[slots[i][0]] = validatorOf(slots[i][1]);
        }
        uint256 before = block.timestamp;
        atEpoch(epoch - 1);
        sync(epoch, proposers);
        VM.warp(before);
    }

    /// @dev The first tick that counts for a slot.
    function firstTickOf(uint64 slot) internal pure returns (uint64) {
        return (slot - 1) * SLOT_SECONDS - LEAD;
    }

    function batchFor(uint64 windowSlot, uint64 firstTick, uint64 lastTick) internal view returns (Batch memory b) {
        b.expected = new bytes32[](1);
        b.expected[0] = inbox.lastBatchHash();
        b.windowSlot = windowSlot;
        (b.firstTick, b.lastTick) = (firstTick, lastTick);
        (b.anchorNumber, b.anchorHash) = (999, anchorHash());
        b.headersRoot = keccak256("headers");
        b.rollups = new RollupPart[](inbox.rollupIds().length);
        for (uint64 i = 0; i < b.rollups.length; i++) {
            b.rollups[i] = RollupPart(901 + i, keccak256(abi.encode("block", i)), 0, 100_000);
        }
        b.blobCount = 1;
    }

    function carryOnly(uint64 windowSlot) internal view returns (Batch memory) {
        return batchFor(windowSlot, 1, 0);
    }

    function carry(Batch memory b, Carried memory c) internal pure {
        Carried[] memory longer = new Carried[](b.carried.length + 1);
        for (uint256 i = 0; i < b.carried.length; i++) {
            longer[i] = b.carried[i];
        }
        longer[b.carried.length] = c;
        b.carried = longer;
    }

    function withBlobs(uint256 count) internal {
        VM.blobhashes(blobs(count));
    }

    function blobs(uint256 count) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = keccak256(abi.encode("blob", i));
        }
    }

    function propose(address sender, Batch memory b) internal {
        withBlobs(b.blobCount);
        VM.prank(sender);
        inbox.propose(b);
    }
}
