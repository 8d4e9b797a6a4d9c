// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClusterInbox} from "../src/l1/ClusterInbox.sol";
import {Batch, Carried} from "../src/l1/InboxTypes.sol";
import {InboxFixture} from "./support/InboxFixture.sol";
import {ScheduledInbox} from "./support/ScheduledInbox.sol";

/// @notice Anyone keeps the chain alive after all operators were silent for OPEN_AFTER = 64 slots (protocol §1.3.6, §3.5). The only
/// batch stands in slot 320, so with nobody posting the window 384 is the first that is open.
contract OpenWindowTest is ScheduledInbox {
    address private _stranger = named("stranger");

    function setUp() public override {
        super.setUp();
        isTrue(!inbox.isOpen(384), "before the first batch there is nothing to rescue");
        propose(posterOf(1), ownBatch(320));
    }

    function test_isDecidedByTheWindowsFirstSlot() public {
        isTrue(!inbox.isOpen(358), "the window that begins 38 slots after the batch");
        isTrue(inbox.isOpen(384), "64 slots after");
        isTrue(inbox.isOpen(416), "96 slots after");
        VM.expectRevert(abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 385, 385, 384));
        inbox.isOpen(385);
        // In slot 383 it is 63 slots since the batch, and the window is as closed in its last slot as in its first.
        atSlot(383);
        _refuseOpen(358);
    }

    function test_aStrangerCarriesInAnOpenWindow() public {
        atSlot(390);
        Batch memory batch = carryOnly(384);
        carry(batch, Carried(322, 1, firstTickOf(321), firstTickOf(321)));
        VM.recordLogs();
        propose(_stranger, batch);
        isEqual(uint256(VM.getRecordedLogs()[0].topics[2]), 0, "counts for no operator");
        isEqual(inbox.lastOwnedSlot(), 320, "does not close the window");
        isTrue(inbox.isOpen(384), "open");
    }

    function test_aStrangerAddsNoTicksOfItsOwn() public {
        Batch memory batch = ownBatch(390);
        refuse(_stranger, batch, abi.encodeWithSelector(ClusterInbox.OwnTicksOfStranger.selector, _stranger, 384));
    }

    function test_theOwnerKeepsItsRights() public {
        (, uint32 operatorId,) = oracle.windowOf(390);
        VM.recordLogs();
        propose(posterOf(operatorId), ownBatch(390));
        isEqual(uint256(VM.getRecordedLogs()[0].topics[2]), operatorId, "its operator");
        isTrue(!inbox.isOpen(384), "closed");
        Batch memory batch = carryOnly(384);
        carry(batch, Carried(322, 1, firstTickOf(321), firstTickOf(321)));
        refuse(_stranger, batch, abi.encodeWithSelector(ClusterInbox.NotThePoster.selector, _stranger, 384, operatorId));
        // 416 - 390 < 64: the next one is closed too.
        isTrue(!inbox.isOpen(416), "the next");
    }

    function test_aFrozenOwnerIsAStranger() public {
        (, uint32 operatorId,) = oracle.windowOf(390);
        VM.prank(slasher);
        registry.freeze(operatorId);
        address poster = posterOf(operatorId);
        refuse(poster, ownBatch(390), abi.encodeWithSelector(ClusterInbox.OwnTicksOfStranger.selector, poster, 384));
    }

    function test_oneOpenBlockStandsBeforeTheWindow() public {
        atSlot(390);
        bytes32 parent = inbox.lastBatchHash();
        uint64 tick = firstTickOf(384) - 1;
        bytes32 hash = keccak256(abi.encode(parent, uint64(384), tick));
        VM.recordLogs();
        bytes32[] memory heads = _expected();
        VM.prank(_stranger);
        inbox.proposeOpen(heads);
        isLog(
            VM.getRecordedLogs()[0],
            address(inbox),
            keccak256("OpenBlockProposed(uint64,uint64,uint64,bytes32)"),
            abi.encode(uint64(384), tick, hash)
        );
        isEqual(inbox.lastBatchIndex(), 2, "index");
        isEqual(inbox.lastBatchHash(), hash, "batch hash");
        isEqual(inbox.batchHash(2), hash, "in the ring");
        isEqual(inbox.lastHead(), hash, "head");
        isEqual(inbox.lastOwnedSlot(), 390, "slot");
        _refuseOpen(384);
        // 416 - 390 < 64. The owner still posts.
        atSlot(416);
        _refuseOpen(416);
        (, uint32 operatorId,) = oracle.windowOf(416);
        propose(posterOf(operatorId), ownBatch(416));
    }

    /// @dev lambda of its tick is a slot before the window: the window's owner cannot have sealed it.
    function test_theOpenBlocksTickIsTheLastThatCountsBefore() public pure {
        uint64 tick = firstTickOf(384) - 1;
        isEqual((tick + LEAD) / SLOT_SECONDS + 1, 383, "slot of the tick");
        isEqual((tick + 1 + LEAD) / SLOT_SECONDS + 1, 384, "slot of the next");
    }

    function test_anOpenBlockNamesWhatItStandsOn() public {
        atSlot(390);
        bytes32[] memory elsewhere = new bytes32[](1);
        VM.expectRevert(
            abi.encodeWithSelector(ClusterInbox.UnexpectedHead.selector, inbox.lastBatchHash(), inbox.lastHead())
        );
        inbox.proposeOpen(elsewhere);
    }

    function _refuseOpen(uint64 windowSlot) private {
        bytes32[] memory heads = _expected();
        VM.expectRevert(abi.encodeWithSelector(ClusterInbox.WindowNotOpen.selector, windowSlot));
        inbox.proposeOpen(heads);
    }

    function _expected() private view returns (bytes32[] memory heads) {
        heads = new bytes32[](1);
        heads[0] = inbox.lastHead();
    }
}

/// @notice Where no operator is left, each slot is a window of its own, and open.
contract OwnerlessSlotTest is InboxFixture {
    bytes32[] private _heads;

    function setUp() public {
        deployCluster(8, 0, 1, 4);
        syncAs(4, new uint32[2][](0));
        syncAs(5, new uint32[2][](0));
        _heads.push(inbox.lastHead());
    }

    function test_takesOneOpenBlockInASlot() public {
        for (uint64 slot = 33; slot < 38; slot++) {
            atSlot(slot);
            isTrue(inbox.isOpen(slot), "open");
            inbox.proposeOpen(_heads);
            isEqual(inbox.lastOwnedSlot(), slot, "slot");
            _heads[0] = inbox.lastHead();
            VM.expectRevert(abi.encodeWithSelector(ClusterInbox.WindowNotOpen.selector, slot));
            inbox.proposeOpen(_heads);
        }
    }

    /// @dev There is no operator whose seals could be there.
    function test_carriesNothingOfAnOwnerlessSlot() public {
        atSlot(35);
        Batch memory batch = carryOnly(35);
        carry(batch, Carried(33, 0, firstTickOf(33), firstTickOf(33)));
        withBlobs(1);
        VM.expectRevert(abi.encodeWithSelector(ClusterInbox.WrongOperator.selector, 33, 0, 0));
        inbox.propose(batch);
    }
}
