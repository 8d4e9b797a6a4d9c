// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockHashes} from "../src/l1/BlockHashes.sol";
import {ClusterInbox} from "../src/l1/ClusterInbox.sol";
import {ForcedQueue} from "../src/l1/ForcedQueue.sol";
import {Batch, Carried, InboxParameters, RollupPart} from "../src/l1/InboxTypes.sol";
import {LookaheadOracle} from "../src/l1/LookaheadOracle.sol";
import {TickClock} from "../src/l1/TickClock.sol";
import {ScheduledInbox} from "./support/ScheduledInbox.sol";
import {Vm} from "./support/Vm.sol";

/// @dev A poster that is a contract.
contract PosterContract {
    function post(ClusterInbox inbox, Batch calldata batch) external {
        inbox.propose(batch);
    }
}

/// @notice What a batch binds, and what it may stand on. Who may post it is in `InboxRights.t.sol`.
contract ClusterInboxTest is ScheduledInbox {
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    // --- construction

    function test_beginsWithTheGenesis() public view {
        bytes32 id = keccak256(abi.encode(uint256(900), address(inbox)));
        isEqual(inbox.clusterId(), id, "clusterId");
        isEqual(inbox.genesisBatchHash(), keccak256(abi.encode(id, GENESIS_HEAD)), "genesisBatchHash");
        isEqual(inbox.lastBatchHash(), inbox.genesisBatchHash(), "lastBatchHash");
        isEqual(inbox.lastHead(), GENESIS_HEAD, "lastHead");
        isEqual(inbox.lastBatchIndex(), 0, "lastBatchIndex");
        isEqual(inbox.batchHash(0), bytes32(0), "no batch 0");
        isEqual(inbox.registry(), address(registry), "registry");
        isEqual(inbox.oracle(), address(oracle), "oracle");
        isEqual(inbox.lastOwnedSlot(), 0, "nobody has posted");
        isEqual(inbox.rollupIds()[1], 902, "second rollup");
    }

    function test_refusesParametersThatDoNotFit() public {
        InboxParameters memory p = inboxParameters(2);
        p.tickSeconds = 5;
        _refuseParameters(p, abi.encodeWithSelector(TickClock.BadTicks.selector, 5, LEAD, 12));
        p.tickSeconds = 3;
        _refuseParameters(p, abi.encodeWithSelector(TickClock.BadTicks.selector, 3, LEAD, 12));
        p.tickSeconds = 0;
        _refuseParameters(p, abi.encodeWithSelector(TickClock.BadTicks.selector, 0, LEAD, 12));
        p.tickSeconds = 1;
        p.handoverLeadSeconds = 13;
        _refuseParameters(p, abi.encodeWithSelector(TickClock.BadTicks.selector, 1, 13, 12));
        p = inboxParameters(2);
        p.registry = address(this);
        _refuseParameters(p, abi.encodeWithSelector(ClusterInbox.WrongOracle.selector, address(oracle)));
        p = inboxParameters(0);
        _refuseParameters(p, abi.encodeWithSelector(ForcedQueue.BadRollups.selector));
        p = inboxParameters(2);
        p.rollupIds[1] = p.rollupIds[0];
        _refuseParameters(p, abi.encodeWithSelector(ForcedQueue.BadRollups.selector));
    }

    // --- binding

    function test_chainsABatch() public {
        Batch memory batch = ownBatch(324);
        carry(batch, Carried(322, 1, firstTickOf(320), firstTickOf(322)));
        batch.blobCount = 3;
        bytes32 genesis = inbox.lastBatchHash();
        VM.recordLogs();
        propose(posterOf(2), batch);

        bytes32[] memory heads = new bytes32[](2);
        heads[0] = batch.rollups[0].lastBlockHash;
        heads[1] = batch.rollups[1].lastBlockHash;
        bytes32 head = keccak256(abi.encode(heads));
        address[] memory committers = new address[](1);
        committers[0] = committerOf(1);
        bytes32 hash = keccak256(abi.encode(genesis, keccak256(abi.encode(batch)), blobs(3), uint32(2), committers));
        isEqual(inbox.lastBatchIndex(), 1, "index");
        isEqual(inbox.lastHead(), head, "head");
        isEqual(inbox.lastBatchHash(), hash, "hash");
        isEqual(inbox.batchHash(1), hash, "hash by index");
        isEqual(inbox.batchHash(2), bytes32(0), "no next");
        isEqual(inbox.lastOwnedSlot(), 324, "slot");

        Vm.Log[] memory logs = VM.getRecordedLogs();
        isEqual(logs.length, 1, "one log");
        isLog(
            logs[0],
            address(inbox),
            keccak256("BatchProposed(uint64,uint32,uint64,bytes32,bytes32,bytes32[],address[])"),
            abi.encode(uint64(325), hash, head, blobs(3), committers)
        );
        isEqual(uint256(logs[0].topics[1]), 1, "indexed batchIndex");
        isEqual(uint256(logs[0].topics[2]), 2, "indexed operatorId");
    }

    function test_takesAnyOfSeveralExpectedHeads() public {
        Batch memory batch = ownBatch(321);
        batch.expected = new bytes32[](3);
        batch.expected[0] = keccak256("elsewhere");
        batch.expected[2] = inbox.genesisBatchHash();
        propose(posterOf(1), batch);
        batch = ownBatch(322);
        batch.expected[0] = inbox.lastHead();
        propose(secondPosterOf(1), batch);
        isEqual(inbox.lastBatchIndex(), 2, "index");
    }

    function test_refusesABatchThatStandsElsewhere() public {
        Batch memory batch = ownBatch(321);
        batch.expected[0] = keccak256("elsewhere");
        bytes memory unexpected =
            abi.encodeWithSelector(ClusterInbox.UnexpectedHead.selector, inbox.genesisBatchHash(), GENESIS_HEAD);
        refuse(posterOf(1), batch, unexpected);
        batch.expected = new bytes32[](0);
        refuse(posterOf(1), batch, unexpected);
    }

    function test_refusesTheSameBatchTwice() public {
        Batch memory batch = ownBatch(321);
        propose(posterOf(1), batch);
        bytes memory unexpected =
            abi.encodeWithSelector(ClusterInbox.UnexpectedHead.selector, inbox.lastBatchHash(), inbox.lastHead());
        refuse(posterOf(1), batch, unexpected);
    }

    function test_refusesAnotherNumberOfRollups() public {
        Batch memory batch = ownBatch(321);
        batch.rollups = new RollupPart[](1);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongRollupCount.selector, 1, 2));
        batch.rollups = new RollupPart[](3);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongRollupCount.selector, 3, 2));
    }

    function testFuzz_takesOneToSixBlobsAndNoneUndeclared(uint8 declared, uint8 there) public {
        there %= 10;
        Batch memory batch = ownBatch(321);
        batch.blobCount = declared;
        withBlobs(there);
        if (declared == 0 || declared > 6 || declared != there) {
            VM.expectRevert(abi.encodeWithSelector(ClusterInbox.BadBlobCount.selector, declared, there));
        }
        VM.prank(posterOf(1));
        inbox.propose(batch);
    }

    /// @dev Any field changed gives another hash: nothing declared is left unbound.
    function testFuzz_bindsEveryField(uint256 field, uint64 change) public {
        VM.assume(change != 0);
        Batch memory a = _twoTicks();
        Batch memory b = _twoTicks();
        field %= 11;
        if (field == 0) b.firstTick--;
        if (field == 1) b.lastTick++;
        if (field == 2) b.msgTo ^= change;
        if (field == 3) b.headersRoot ^= bytes32(uint256(change));
        if (field == 4) b.rollups[1].rollupId ^= change;
        if (field == 5) b.rollups[1].lastBlockHash ^= bytes32(uint256(change));
        if (field == 6) b.rollups[0].offset = ~b.rollups[0].offset;
        if (field == 7) b.rollups[0].length = ~b.rollups[0].length;
        if (field == 8) b.carried[0].lastTick--;
        if (field == 9) b.carried[0].firstTick++;
        if (field == 10) (b.anchorNumber, b.anchorHash) = (998, keccak256("anchor 998"));
        isTrue(_hashAfter(a) != _hashAfter(b), "the hash names the field");
    }

    function test_keepsTheNewest8192Hashes() public {
        bytes32 second;
        Batch memory batch = ownBatch(321);
        for (uint256 i = 1; i <= 8194; i++) {
            batch.expected[0] = inbox.lastHead();
            propose(posterOf(1), batch);
            if (i == 2) second = inbox.lastBatchHash();
            if (i == 8193) isEqual(inbox.batchHash(2), second, "2 is the oldest of 8192");
        }
        isEqual(inbox.batchHash(2), bytes32(0), "2 is gone");
        isTrue(inbox.batchHash(3) != bytes32(0), "3 is the oldest");
        isTrue(inbox.batchHash(8192) != bytes32(0), "a multiple of the length");
        isEqual(inbox.batchHash(8194), inbox.lastBatchHash(), "newest");
        isEqual(inbox.batchHash(8195), bytes32(0), "none yet");
        isEqual(inbox.batchHash(type(uint64).max), bytes32(0), "far ahead");
    }

    function test_takesAContractAsPoster() public {
        PosterContract poster = new PosterContract();
        atEpoch(8);
        VM.prank(ownerOf(2));
        registry.rotate(2, [address(poster), posterOf(2)], committerOf(2));
        Batch memory batch = ownBatch(357);
        withBlobs(1);
        poster.post(inbox, batch);
        isEqual(inbox.lastBatchIndex(), 1, "index");
    }

    // --- the anchor

    function test_takesAnAnchorThatTheOpcodeKnows() public {
        Batch memory batch = ownBatch(321);
        VM.roll(5000);
        VM.setBlockhash(4744, keccak256("256 blocks ago"));
        (batch.anchorNumber, batch.anchorHash) = (4744, keccak256("256 blocks ago"));
        propose(posterOf(1), batch);
    }

    function test_takesAnOlderAnchorFromTheHistoryContract() public {
        Batch memory batch = ownBatch(321);
        VM.roll(5000);
        bytes32 old = keccak256("257 blocks ago");
        (batch.anchorNumber, batch.anchorHash) = (4743, old);
        refuse(posterOf(1), batch, abi.encodeWithSelector(BlockHashes.WrongAnchor.selector, 4743, old, bytes32(0)));
        _installHistory();
        refuse(posterOf(1), batch, abi.encodeWithSelector(BlockHashes.WrongAnchor.selector, 4743, old, bytes32(0)));
        VM.store(HISTORY, bytes32(uint256(4743 % 8191)), old);
        propose(posterOf(1), batch);
        // The contract refuses what is not among its 8,191 blocks, though another block's hash lies in the cell.
        VM.roll(20_000);
        batch.expected[0] = inbox.lastHead();
        refuse(posterOf(1), batch, abi.encodeWithSelector(BlockHashes.WrongAnchor.selector, 4743, old, bytes32(0)));
    }

    function testFuzz_refusesAnyOtherAnchor(uint64 number, bytes32 hash) public {
        VM.assume(number != 999 || hash != anchorHash());
        _installHistory();
        Batch memory batch = ownBatch(321);
        (batch.anchorNumber, batch.anchorHash) = (number, hash);
        VM.assume(number >= 1000 || number < 744 || blockhash(number) != hash);
        withBlobs(1);
        VM.expectRevert();
        VM.prank(posterOf(1));
        inbox.propose(batch);
    }

    function test_refusesTheBlockThatItStandsIn() public {
        Batch memory batch = ownBatch(321);
        for (uint64 number = 1000; number < 1002; number++) {
            (batch.anchorNumber, batch.anchorHash) = (number, 0);
            refuse(posterOf(1), batch, abi.encodeWithSelector(BlockHashes.WrongAnchor.selector, number, 0, 0));
        }
    }

    // --- helpers

    function _installHistory() private {
        VM.etch(
            HISTORY,
            hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500"
        );
    }

    function _twoTicks() private returns (Batch memory b) {
        b = ownBatch(325);
        (b.firstTick, b.lastTick) = (b.firstTick + 1, b.firstTick + 2);
        carry(b, Carried(322, 1, firstTickOf(321), firstTickOf(321) + 5));
        VM.setBlockhash(998, keccak256("anchor 998"));
    }

    /// @dev The hash that a fresh inbox at the same address would give: state is put back by the failing call around it.
    function _hashAfter(Batch memory batch) private returns (bytes32 hash) {
        try this.postAndRevert(batch) {
            revert("must revert");
        } catch (bytes memory reason) {
            isEqual(reason.length, 32, "it was posted");
            hash = abi.decode(reason, (bytes32));
        }
    }

    function postAndRevert(Batch memory batch) external {
        propose(posterOf(2), batch);
        bytes32 hash = inbox.lastBatchHash();
        assembly ("memory-safe") {
            mstore(0, hash)
            revert(0, 32)
        }
    }

    function _refuseParameters(InboxParameters memory p, bytes memory reason) private {
        VM.expectRevert(reason);
        new ClusterInbox(p);
    }
}
