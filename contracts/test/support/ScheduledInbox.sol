// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Batch} from "../../src/l1/InboxTypes.sol";
import {InboxFixture} from "./InboxFixture.sol";

/// @title A cluster of two rollups with a schedule of its epochs 9 to 14, for the tests of who may post what and when
/// @dev Windows (name: slots, operator): 322: 320-322, 1. 325: 323-325, 2. 326: 326, 2. 340: 327-340, 3. 351: 341-351, 1.
/// 357: 352-357, 2. Then nobody has a slot: 358 to 383 are the window 358 and epochs 12 and 13 one window each, of fallbacks. In
/// epoch 14 no slot is anybody's, as no operator counts there that test says so.
abstract contract ScheduledInbox is InboxFixture {
    function setUp() public virtual {
        VM.chainId(900);
        deployCluster(32, 3, 2, 10);
        uint32[2][] memory last = new uint32[2][](1);
        last[0] = [uint32(31), 3];
        syncAs(9, last);
        uint32[2][] memory own = new uint32[2][](5);
        own[0] = [uint32(2), 1];
        own[1] = [uint32(5), 2];
        own[2] = [uint32(6), 2];
        own[3] = [uint32(20), 3];
        own[4] = [uint32(31), 1];
        syncAs(10, own);
        uint32[2][] memory one = new uint32[2][](1);
        one[0] = [uint32(5), 2];
        syncAs(11, one);
        syncAs(12, new uint32[2][](0));
        syncAs(13, new uint32[2][](0));
        syncAs(14, new uint32[2][](0));
    }

    /// @dev A good batch of the slot's window with one own tick, the slot being the current one.
    function ownBatch(uint64 slot) internal returns (Batch memory) {
        atSlot(slot);
        (uint64 w,,) = oracle.windowOf(slot);
        uint64 tick = firstTickOf(slot);
        return batchFor(w, tick, tick);
    }

    function refuse(address sender, Batch memory b, bytes memory reason) internal {
        withBlobs(b.blobCount);
        VM.expectRevert(reason);
        VM.prank(sender);
        inbox.propose(b);
    }
}
