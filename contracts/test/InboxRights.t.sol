// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClusterInbox} from "../src/l1/ClusterInbox.sol";
import {Batch, Carried} from "../src/l1/InboxTypes.sol";
import {ScheduleRing} from "../src/l1/ScheduleRing.sol";
import {TickClock} from "../src/l1/TickClock.sol";
import {ScheduledInbox} from "./support/ScheduledInbox.sol";

/// @notice Who may post in which slot, whose ticks a batch may hold, and who answers for them (protocol §1.3, §1.4, §1.7).
contract InboxRightsTest is ScheduledInbox {
    // --- the sender

    function test_takesTheOwnerInEachSlotOfItsWindow() public {
        for (uint64 slot = 327; slot <= 340; slot++) {
            propose(slot % 2 == 0 ? posterOf(3) : secondPosterOf(3), ownBatch(slot));
            isEqual(inbox.lastOwnedSlot(), slot, "slot");
        }
    }

    function testFuzz_refusesEveryoneElse(address sender, uint64 slot) public {
        slot = 320 + slot % 38;
        Batch memory batch = ownBatch(slot);
        (, uint32 operatorId,) = oracle.windowOf(slot);
        VM.assume(sender != posterOf(operatorId) && sender != secondPosterOf(operatorId));
        refuse(sender, batch, _notThePoster(sender, batch.windowSlot, operatorId));
        uint32 other = 1 + operatorId % 3;
        refuse(posterOf(other), batch, _notThePoster(posterOf(other), batch.windowSlot, operatorId));
        // Neither may it carry.
        (batch.firstTick, batch.lastTick) = (1, 0);
        carry(batch, Carried(319, 3, firstTickOf(319), firstTickOf(319)));
        refuse(sender, batch, _notThePoster(sender, batch.windowSlot, operatorId));
    }

    function test_refusesAnotherWindowThanTheSlots() public {
        Batch memory batch = ownBatch(322);
        batch.windowSlot = 325;
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 322, 325, 322));
        // The batch came a slot too late.
        batch.windowSlot = 322;
        atSlot(323);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 323, 322, 325));
    }

    function test_refusesWhatTheOracleDoesNotKnow() public {
        Batch memory batch = ownBatch(321);
        atSlot(15 * 32);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ScheduleRing.LookaheadMissing.selector, 15));
    }

    function test_refusesAFrozenOperatorAtOnce() public {
        Batch memory batch = ownBatch(321);
        VM.prank(slasher);
        registry.freeze(1);
        refuse(posterOf(1), batch, _notThePoster(posterOf(1), 322, 1));
    }

    function test_takesAnExitedOperator() public {
        Batch memory batch = ownBatch(321);
        VM.prank(ownerOf(1));
        registry.exit(1);
        propose(posterOf(1), batch);
    }

    function test_aWindowsKeysAreThoseOfItsEpoch() public {
        atEpoch(8);
        VM.prank(ownerOf(2));
        registry.rotate(2, [named("new poster"), posterOf(2)], named("new committer"));
        // Window 325 lies in epoch 10, window 357 in epoch 11, from which the new keys count.
        Batch memory batch = ownBatch(325);
        refuse(named("new poster"), batch, _notThePoster(named("new poster"), 325, 2));
        propose(secondPosterOf(2), batch);
        batch = ownBatch(353);
        carry(batch, Carried(325, 2, firstTickOf(325), firstTickOf(325)));
        refuse(secondPosterOf(2), batch, _notThePoster(secondPosterOf(2), 357, 2));
        VM.recordLogs();
        propose(named("new poster"), batch);
        (,,,, address[] memory committers) =
            abi.decode(VM.getRecordedLogs()[0].data, (uint64, bytes32, bytes32, bytes32[], address[]));
        isEqual(committers[0], committerOf(2), "who sealed window 325");
        batch = ownBatch(354);
        propose(posterOf(2), batch);
    }

    function test_theFallbackPostsWhereNobodyIsNear() public {
        (uint64 w, uint32 operatorId, bool fallen) = oracle.windowOf(383);
        isEqual(w, 358, "window");
        isTrue(fallen && operatorId != 0, "fallback");
        propose(posterOf(operatorId), ownBatch(383));
    }

    // --- own ticks

    function test_ownTicksReachFromHBeforeTheWindowToHBeforeItsEnd() public {
        // Window 325: slots 323 to 325.
        atSlot(325);
        uint64 first = firstTickOf(323);
        uint64 last = firstTickOf(326) - 1;
        isEqual(first, 322 * 12 - 4, "first tick");
        isEqual(last, 325 * 12 - 5, "last tick");
        _refuseTicks(2, 325, first - 1, last, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 322, 325, 322));
        _refuseTicks(2, 325, first, last + 1, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 326, 325, 326));
        propose(posterOf(2), batchFor(325, first, last));
    }

    function test_aTickIsNotPostedBeforeItBegins() public {
        atSlot(323);
        uint64 nowTick = 323 * 12;
        bytes memory future = abi.encodeWithSelector(TickClock.TickInFuture.selector, nowTick + 1, block.timestamp);
        _refuseTicks(2, 325, nowTick, nowTick + 1, future);
        propose(posterOf(2), batchFor(325, nowTick, nowTick));
    }

    function test_hugeTicksAreInTheFuture() public {
        atSlot(323);
        uint64 huge = type(uint64).max;
        bytes memory future = abi.encodeWithSelector(TickClock.TickInFuture.selector, huge, block.timestamp);
        _refuseTicks(2, 325, firstTickOf(323), huge, future);
        _refuseTicks(2, 325, huge, huge, future);
    }

    function testFuzz_ownTicksLieInTheWindow(uint16 a, uint16 b) public {
        atSlot(340);
        uint64 from = 319 * 12 + a % 400;
        uint64 to = 319 * 12 + b % 400;
        VM.assume(from <= to);
        bool good = _slotOf(from) >= 327 && _slotOf(to) <= 340 && timeOf(0) + to <= block.timestamp;
        withBlobs(1);
        Batch memory batch = batchFor(340, from, to);
        VM.prank(posterOf(3));
        (bool done,) = address(inbox).call(abi.encodeCall(ClusterInbox.propose, (batch)));
        isTrue(done == good, "taken if and only if all ticks are the window's");
    }

    // --- carried ticks

    function test_carriesSeveralWindowsAndLogsWhoSealedThem() public {
        Batch memory batch = ownBatch(341);
        carry(batch, Carried(319, 3, firstTickOf(319), firstTickOf(320) - 1));
        carry(batch, Carried(325, 2, firstTickOf(323), firstTickOf(323)));
        carry(batch, Carried(326, 2, firstTickOf(326), firstTickOf(326) + 3));
        carry(batch, Carried(340, 3, firstTickOf(330), firstTickOf(341) - 1));
        VM.recordLogs();
        propose(posterOf(1), batch);
        (,,,, address[] memory committers) =
            abi.decode(VM.getRecordedLogs()[0].data, (uint64, bytes32, bytes32, bytes32[], address[]));
        isEqual(committers.length, 4, "committers");
        isEqual(committers[0], committerOf(3), "of 319");
        isEqual(committers[1], committerOf(2), "of 325");
        isEqual(committers[2], committerOf(2), "of 326");
        isEqual(committers[3], committerOf(3), "of 340");
    }

    function test_theOwnerMayOnlyCarry() public {
        atSlot(341);
        Batch memory batch = carryOnly(351);
        carry(batch, Carried(340, 3, firstTickOf(330), firstTickOf(330)));
        propose(posterOf(1), batch);
        isEqual(inbox.lastOwnedSlot(), 341, "slot");
    }

    function test_refusesAnEmptyBatch() public {
        atSlot(341);
        refuse(posterOf(1), carryOnly(351), abi.encodeWithSelector(ClusterInbox.EmptyBatch.selector));
    }

    function test_refusesCarriedRangesOutOfOrder() public {
        uint64 tick = firstTickOf(330);
        // The batch's own window, and one that is not over.
        _refuseCarried(Carried(351, 1, firstTickOf(341), firstTickOf(341)), 0);
        _refuseCarried(Carried(357, 2, firstTickOf(341), firstTickOf(341)), 0);
        // No ticks.
        _refuseCarried(Carried(340, 3, tick, tick - 1), 0);
        // Into the own ticks.
        _refuseCarried(Carried(340, 3, tick, firstTickOf(342)), 0);
        // One window twice, windows or ticks descending.
        Batch memory batch = ownBatch(342);
        carry(batch, Carried(340, 3, tick, tick));
        carry(batch, Carried(340, 3, tick + 1, tick + 1));
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.CarriedOutOfOrder.selector, 0));
        batch.carried[1].windowSlot = 326;
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.CarriedOutOfOrder.selector, 0));
        batch.carried[0] = Carried(326, 2, tick + 1, tick + 1);
        batch.carried[1] = Carried(340, 3, tick, tick);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.CarriedOutOfOrder.selector, 0));
        batch.carried[0].lastTick = tick - 1;
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.CarriedOutOfOrder.selector, 0));
    }

    function test_refusesCarriedTicksOfAnotherWindowOrOperator() public {
        uint64 tick = firstTickOf(327);
        Batch memory batch = ownBatch(342);
        carry(batch, Carried(340, 2, tick, tick));
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongOperator.selector, 340, 2, 3));
        batch.carried[0] = Carried(340, 3, tick - 1, tick);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 326, 340, 326));
        batch.carried[0] = Carried(340, 3, tick, firstTickOf(341));
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 341, 340, 351));
        // 339 is no window's name.
        batch.carried[0] = Carried(339, 3, tick, tick);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.WrongWindow.selector, 327, 339, 340));
    }

    // --- helpers

    function _notThePoster(address sender, uint64 windowSlot, uint32 operatorId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ClusterInbox.NotThePoster.selector, sender, windowSlot, operatorId);
    }

    function _refuseTicks(uint32 operatorId, uint64 w, uint64 first, uint64 last, bytes memory reason) private {
        refuse(posterOf(operatorId), batchFor(w, first, last), reason);
    }

    function _refuseCarried(Carried memory c, uint256 position) private {
        Batch memory batch = ownBatch(342);
        carry(batch, c);
        refuse(posterOf(1), batch, abi.encodeWithSelector(ClusterInbox.CarriedOutOfOrder.selector, position));
    }

    /// @dev lambda, counted slot by slot.
    function _slotOf(uint64 tick) private pure returns (uint64 slot) {
        while (firstTickOf(slot + 2) <= tick) slot++;
        slot++;
    }
}
