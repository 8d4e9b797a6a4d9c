// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OperatorStanding} from "../src/l1/OperatorStanding.sol";
import {ClusterFixture} from "./support/ClusterFixture.sol";
import {Vm} from "./support/Vm.sol";

/// @dev An owner that comes back into the registry while it is paid, or takes nothing.
contract Wallet {
    OperatorStanding private immutable REGISTRY;
    bool public willing = true;
    bool public came;
    bytes public callback;

    constructor(address registry) {
        REGISTRY = OperatorStanding(registry);
    }

    function set(bool isWilling, bytes calldata data) external {
        (willing, callback) = (isWilling, data);
    }

    function run(uint256 valueWei, bytes calldata data) external returns (bool good) {
        (good,) = address(REGISTRY).call{value: valueWei}(data);
    }

    receive() external payable {
        require(willing, "not willing");
        if (callback.length == 0) return;
        (came,) = address(REGISTRY).call(callback);
    }
}

/// @notice Stake, and in which epochs an operator counts (protocol §1.1).
contract OperatorStandingTest is ClusterFixture {
    uint64 private constant EPOCH = 100;

    function setUp() public {
        deployRegistry(32);
        atEpoch(EPOCH);
        join();
        atEpoch(EPOCH + 10);
    }

    // --- stake

    function testFuzz_anyoneAddsStake(uint96 moreWei) public {
        VM.assume(moreWei != 0);
        VM.deal(address(this), moreWei);
        VM.recordLogs();
        registry.topUp{value: moreWei}(1);
        isEqual(registry.operator(1).stakeWei, MIN_STAKE + moreWei, "stake");
        _expectLog(0, "StakeChanged(uint32,uint256)", abi.encode(MIN_STAKE + moreWei));
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.StakeTooLow.selector, 0, 1));
        registry.topUp(1);
    }

    function test_refusesMoreThanAnyL1Has() public {
        VM.deal(address(this), type(uint256).max / 2);
        uint256 much = type(uint128).max;
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.StakeTooHigh.selector, MIN_STAKE + much));
        registry.topUp{value: much}(1);
    }

    function test_paysTheStakeAfterTheExitDelay() public {
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.NotExited.selector, 1));
        _asOwner(abi.encodeCall(OperatorStanding.withdraw, (1)));
        VM.recordLogs();
        _asOwner(abi.encodeCall(OperatorStanding.exit, (1)));
        _expectLog(0, "OperatorExited(uint32)", "");
        isEqual(registry.operator(1).exitedAt, block.timestamp, "time");
        uint64 until = uint64(block.timestamp) + EXIT_DELAY;
        VM.warp(until - 1);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.StakeLocked.selector, 1, until));
        _asOwner(abi.encodeCall(OperatorStanding.withdraw, (1)));
        VM.warp(until);
        VM.recordLogs();
        _asOwner(abi.encodeCall(OperatorStanding.withdraw, (1)));
        _expectLog(0, "StakeChanged(uint32,uint256)", abi.encode(0));
        isEqual(ownerOf(1).balance, MIN_STAKE, "paid");
        isTrue(registry.operator(1).withdrawn, "withdrawn");
        isTrue(!registry.mayPost(1, posterOf(1), EPOCH + 10), "gone");
        bytes memory gone = abi.encodeWithSelector(OperatorStanding.AlreadyWithdrawn.selector, 1);
        VM.expectRevert(gone);
        _asOwner(abi.encodeCall(OperatorStanding.withdraw, (1)));
        VM.deal(address(this), 1);
        VM.expectRevert(gone);
        registry.topUp{value: 1}(1);
        VM.expectRevert(gone);
        _asOwner(abi.encodeCall(OperatorStanding.freeze, (1)));
        VM.prank(slasher);
        isEqual(registry.slash(1, 1 ether), 0, "nothing is left to slash");
    }

    function test_aWalletThatComesBackIsPaidOnce() public {
        Wallet wallet = new Wallet(address(registry));
        VM.deal(address(wallet), MIN_STAKE);
        bytes memory data = abi.encodeCall(registry.register, ([named("a"), named("b")], named("c")));
        isTrue(wallet.run(MIN_STAKE, data), "registers");
        isTrue(wallet.run(0, abi.encodeCall(OperatorStanding.exit, (2))), "exits");
        VM.warp(block.timestamp + EXIT_DELAY);
        bytes memory withdraw = abi.encodeCall(OperatorStanding.withdraw, (2));
        wallet.set(false, "");
        isTrue(!wallet.run(0, withdraw), "it takes nothing");
        isEqual(registry.operator(2).stakeWei, MIN_STAKE, "still there");
        wallet.set(true, withdraw);
        isTrue(wallet.run(0, withdraw), "paid");
        isTrue(!wallet.came(), "not twice");
        isEqual(address(wallet).balance, MIN_STAKE, "once");
        isEqual(address(registry).balance, MIN_STAKE, "the other's stake");
    }

    function test_onlyTheOwnerExitsWithdrawsAndRejoins() public {
        bytes memory notOwner = abi.encodeWithSelector(OperatorStanding.NotOwner.selector, 1, address(this));
        VM.expectRevert(notOwner);
        registry.exit(1);
        VM.expectRevert(notOwner);
        registry.withdraw(1);
        VM.expectRevert(notOwner);
        registry.rejoin(1);
        VM.expectRevert(notOwner);
        registry.freeze(1);
    }

    // --- freeze, exit, slash

    function test_freezingStopsPostingAtOnceAndCountingThreeEpochsLater() public {
        VM.recordLogs();
        _asOwner(abi.encodeCall(OperatorStanding.freeze, (1)));
        _expectLog(0, "OperatorFrozen(uint32)", "");
        isEqual(registry.operator(1).frozenAt, block.timestamp, "time");
        isTrue(!registry.mayPost(1, posterOf(1), EPOCH + 10), "posts no more");
        _expectEnd(EPOCH + 13);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.AlreadyFrozen.selector, 1));
        VM.prank(slasher);
        registry.freeze(1);
        // It may leave, and its end stays.
        atEpoch(EPOCH + 20);
        VM.recordLogs();
        _asOwner(abi.encodeCall(OperatorStanding.exit, (1)));
        isEqual(VM.getRecordedLogs().length, 1, "the end is told once");
        _expectEnd(EPOCH + 13);
    }

    function test_anExitedOperatorPostsUntilItsStakeIsGone() public {
        VM.recordLogs();
        _asOwner(abi.encodeCall(OperatorStanding.exit, (1)));
        Vm.Log[] memory logs = VM.getRecordedLogs();
        isLog(logs[1], address(registry), keccak256("EligibilityEnded(uint32,uint64)"), abi.encode(EPOCH + 13));
        _expectEnd(EPOCH + 13);
        isTrue(registry.mayPost(1, posterOf(1), EPOCH + 12), "posts");
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.AlreadyExited.selector, 1));
        _asOwner(abi.encodeCall(OperatorStanding.exit, (1)));
    }

    function testFuzz_onlyTheSlasherSlashes(address caller, uint256 amountWei) public {
        VM.assume(caller != slasher);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.NotSlasher.selector, caller));
        VM.prank(caller);
        registry.slash(1, amountWei);
    }

    function testFuzz_slashingPaysTheSlasher(uint96 moreWei, uint256 amountWei) public {
        VM.deal(address(this), moreWei);
        if (moreWei != 0) registry.topUp{value: moreWei}(1);
        uint256 stake = MIN_STAKE + moreWei;
        VM.prank(slasher);
        uint256 taken = registry.slash(1, amountWei);
        isEqual(taken, amountWei < stake ? amountWei : stake, "taken");
        isEqual(slasher.balance, taken, "paid");
        isEqual(registry.operator(1).stakeWei, stake - taken, "left");
        isEqual(registry.operator(1).exitedAt, 0, "no exit clock");
        isTrue(registry.eligibleAt(1, EPOCH + 12), "settled epochs");
        isTrue(registry.eligibleAt(1, EPOCH + 13) == (stake - taken >= MIN_STAKE), "from then on");
        isTrue(registry.mayPost(1, posterOf(1), EPOCH + 12), "who has signed must be able to post");
    }

    function test_theMinimumIsEnough() public {
        VM.deal(address(this), 1);
        registry.topUp{value: 1}(1);
        VM.startPrank(slasher);
        registry.slash(1, 1);
        isTrue(registry.eligibleAt(1, EPOCH + 13), "exactly the minimum is left");
        registry.slash(1, 1);
        isTrue(!registry.eligibleAt(1, EPOCH + 13), "a wei less");
        VM.stopPrank();
    }

    function test_withoutASlasherNobodySlashes() public {
        slasher = address(0);
        deployRegistry(32);
        join();
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.NotSlasher.selector, address(this)));
        registry.slash(1, 1);
        isEqual(registry.slasher(), address(0), "slasher");
    }

    // --- rejoin

    function test_countsAgainAfterTheStakeIsBack() public {
        VM.prank(slasher);
        registry.slash(1, 1);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.StakeTooLow.selector, MIN_STAKE - 1, MIN_STAKE));
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
        VM.deal(address(this), 1);
        registry.topUp{value: 1}(1);
        isTrue(!registry.eligibleAt(1, EPOCH + 14), "not by itself");
        atEpoch(EPOCH + 20);
        VM.recordLogs();
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
        _expectLog(0, "EligibilityBegan(uint32,uint64)", abi.encode(EPOCH + 23));
        isTrue(registry.eligibleAt(1, EPOCH + 12), "the interval before");
        isTrue(!registry.eligibleAt(1, EPOCH + 13), "the gap");
        isTrue(!registry.eligibleAt(1, EPOCH + 22), "the gap's end");
        isTrue(registry.eligibleAt(1, EPOCH + 23), "again");
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.StillEligible.selector, 1));
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
    }

    function test_remembersTwoIntervalsFor256Epochs() public {
        VM.deal(address(this), 10);
        _fallAndRejoin();
        VM.prank(slasher);
        registry.slash(1, 1);
        registry.topUp{value: 1}(1);
        // The first interval ended at EPOCH + 13.
        atSlot((EPOCH + 13 + 256) * 32 - 1);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.RejoinTooEarly.selector, 1, EPOCH + 13 + 256));
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
        atEpoch(EPOCH + 13 + 256);
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
        isTrue(registry.eligibleAt(1, EPOCH + 13 + 256 + 3), "again");
    }

    function test_theFrozenAndTheGoneDoNotComeBack() public {
        VM.prank(slasher);
        registry.slash(1, 1);
        VM.deal(address(this), 1);
        registry.topUp{value: 1}(1);
        _asOwner(abi.encodeCall(OperatorStanding.exit, (1)));
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.AlreadyExited.selector, 1));
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
        VM.prank(slasher);
        registry.freeze(1);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.AlreadyFrozen.selector, 1));
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
    }

    /// @dev What an epoch's answer is when the epoch before it begins, and so when it can first be synced, it stays for 256 epochs.
    function testFuzz_eligibilityOfAnEpochStays(uint256 seed) public {
        claim(1, 500);
        uint64 epochs = 60;
        bool[] memory seen = new bool[](epochs);
        for (uint64 e = 0; e < epochs; e++) {
            atEpoch(EPOCH + 13 + e);
            seen[e] = registry.eligibleAt(1, EPOCH + 14 + e);
            isTrue(_assigned(EPOCH + 14 + e) == seen[e], "assign says the same");
            uint256 random = uint256(keccak256(abi.encode(seed, e)));
            VM.deal(address(this), 1);
            if (random % 7 == 0) {
                VM.prank(slasher);
                registry.slash(1, 1);
            }
            if (random % 7 == 1) registry.topUp{value: 1}(1);
            if (random % 7 == 2) {
                VM.prank(ownerOf(1));
                try registry.rejoin(1) {} catch {}
            }
            if (random % 97 == 3) {
                VM.prank(slasher);
                try registry.freeze(1) {} catch {}
            }
        }
        for (uint64 e = 0; e < epochs; e++) {
            isTrue(registry.eligibleAt(1, EPOCH + 14 + e) == seen[e], "as it was");
            isTrue(_assigned(EPOCH + 14 + e) == seen[e], "as it was assigned");
        }
    }

    // --- helpers

    function _assigned(uint64 epoch) private view returns (bool) {
        uint64[] memory one = new uint64[](1);
        one[0] = 500;
        (uint32[] memory ids, uint32 drawn) = registry.assign(epoch, one);
        isEqual(ids[0], drawn, "the only one is drawn, too");
        return ids[0] == 1;
    }

    function _fallAndRejoin() private {
        VM.prank(slasher);
        registry.slash(1, 1);
        registry.topUp{value: 1}(1);
        _asOwner(abi.encodeCall(OperatorStanding.rejoin, (1)));
    }

    function _asOwner(bytes memory data) private {
        VM.prank(ownerOf(1));
        (bool good, bytes memory answer) = address(registry).call(data);
        if (good) return;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }

    function _expectEnd(uint64 epoch) private view {
        isTrue(registry.eligibleAt(1, epoch - 1), "the last epoch");
        isTrue(!registry.eligibleAt(1, epoch), "the first after");
    }

    function _expectLog(uint256 position, string memory signature, bytes memory data) private {
        isLog(VM.getRecordedLogs()[position], address(registry), keccak256(bytes(signature)), data);
    }
}
