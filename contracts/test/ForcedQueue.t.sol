// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ForcedQueue} from "../src/l1/ForcedQueue.sol";
import {ClusterInbox} from "../src/l1/ClusterInbox.sol";
import {ScheduledInbox} from "./support/ScheduledInbox.sol";

/// @dev Comes back while its surplus is paid.
contract Returner {
    ClusterInbox private immutable INBOX;
    bool private _entered;

    constructor(ClusterInbox inbox) {
        INBOX = inbox;
    }

    function enqueue(bytes calldata rawTx) external payable {
        INBOX.enqueue{value: msg.value}(901, 21_000, rawTx);
    }

    receive() external payable {
        if (_entered) return;
        _entered = true;
        INBOX.enqueue{value: msg.value}(901, 21_000, "again");
    }
}

/// @notice The forced queue of protocol §4.
contract ForcedQueueTest is ScheduledInbox {
    function setUp() public override {
        super.setUp();
        VM.deal(address(this), 1_000_000 ether);
    }

    function testFuzz_chainsItems(bytes calldata a, bytes calldata b, uint64 gasA, uint64 gasB) public {
        VM.assume(a.length != 0 && b.length != 0 && a.length <= 8192 && b.length <= 8192);
        gasA = 21_000 + gasA % 1_979_001;
        gasB = 21_000 + gasB % 1_979_001;
        VM.recordLogs();
        isEqual(_enqueue(901, gasA, a), 0, "first");
        uint64 timeA = uint64(block.timestamp);
        isLog(
            VM.getRecordedLogs()[0],
            address(inbox),
            keccak256("ForcedEnqueued(uint64,uint64,uint64,bytes)"),
            abi.encode(gasA, a)
        );
        VM.warp(block.timestamp + 12);
        isEqual(_enqueue(901, gasB, b), 1, "second");
        bytes32 acc = keccak256(abi.encode(bytes32(0), uint64(0), timeA, gasA, keccak256(a)));
        acc = keccak256(abi.encode(acc, uint64(1), timeA + 12, gasB, keccak256(b)));
        isEqual(inbox.forcedAcc(901), acc, "accumulator");
        isEqual(inbox.forcedCount(901), 2, "count");
        // The other rollup's queue is its own.
        isEqual(inbox.forcedCount(902), 0, "other count");
        isEqual(inbox.forcedAcc(902), 0, "other accumulator");
        isEqual(_enqueue(902, gasB, b), 0, "other's first");
    }

    function testFuzz_takesTheFeeAndReturnsTheRest(uint64 moreWei, uint16 length, uint64 gasLimit) public {
        length = uint16(1 + length % 8192);
        gasLimit = 21_000 + gasLimit % 1_979_001;
        uint256 feeWei = (uint256(gasLimit) + 16 * uint256(length)) * FORCED_PRICE;
        isEqual(inbox.forcedFee(901, length, gasLimit), feeWei, "fee");
        uint256 mine = address(this).balance;
        uint256 burnt = address(0).balance;
        inbox.enqueue{value: feeWei + moreWei}(901, gasLimit, new bytes(length));
        isEqual(mine - address(this).balance, feeWei, "paid");
        isEqual(address(0).balance - burnt, feeWei, "burnt");
        isEqual(address(inbox).balance, 0, "nothing stays");
    }

    function test_refusesTooLittle() public {
        uint256 feeWei = inbox.forcedFee(901, 3, 21_000);
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.FeeTooLow.selector, feeWei - 1, feeWei));
        inbox.enqueue{value: feeWei - 1}(901, 21_000, "abc");
    }

    /// @dev Each waiting item adds a 32nd; a slot takes eight away.
    function test_thePriceRisesWithTheBacklogAndFallsByTheSlot() public {
        uint256 one = inbox.forcedFee(901, 1, 21_000);
        for (uint256 i = 1; i <= 40; i++) {
            _enqueue(901, 21_000, "x");
            isEqual(inbox.forcedFee(901, 1, 21_000), one + one * i / 32, "after so many items");
        }
        uint64 slot = 320;
        for (uint256 left = 40; left > 0; left -= 8) {
            atSlot(++slot);
            isEqual(inbox.forcedFee(901, 1, 21_000), one + one * (left - 8) / 32, "after so many slots");
        }
        _enqueue(901, 21_000, "x");
        isEqual(inbox.forcedFee(901, 1, 21_000), one + one / 32, "not below nothing");
        isEqual(inbox.forcedFee(902, 1, 21_000), one, "of the other rollup");
    }

    function test_refusesWhatDerivationCouldNotTake() public {
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.BadTransactionLength.selector, 0, 8192));
        inbox.enqueue{value: 1 ether}(901, 21_000, "");
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.BadTransactionLength.selector, 8193, 8192));
        inbox.enqueue{value: 1 ether}(901, 21_000, new bytes(8193));
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.BadForcedGas.selector, 20_999, 21_000, 2_000_000));
        inbox.enqueue{value: 1 ether}(901, 20_999, "x");
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.BadForcedGas.selector, 2_000_001, 21_000, 2_000_000));
        inbox.enqueue{value: 1 ether}(901, 2_000_001, "x");
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.UnknownRollup.selector, 903));
        inbox.enqueue{value: 1 ether}(903, 21_000, "x");
        VM.expectRevert(abi.encodeWithSelector(ForcedQueue.UnknownRollup.selector, 903));
        inbox.forcedFee(903, 1, 21_000);
    }

    function test_aSenderThatComesBackQueuesTheNextItem() public {
        Returner sender = new Returner(inbox);
        uint256 feeWei = inbox.forcedFee(901, 5, 21_000);
        sender.enqueue{value: 3 * feeWei}("first");
        isEqual(inbox.forcedCount(901), 2, "both are there");
        isEqual(address(inbox).balance, 0, "nothing stays");
        isEqual(address(sender).balance, 3 * feeWei - feeWei - feeWei - feeWei / 32, "surplus");
    }

    receive() external payable {}

    function _enqueue(uint64 rollupId, uint64 gasLimit, bytes memory rawTx) private returns (uint64) {
        uint256 feeWei = inbox.forcedFee(rollupId, rawTx.length, gasLimit);
        return inbox.enqueue{value: feeWei}(rollupId, gasLimit, rawTx);
    }
}
