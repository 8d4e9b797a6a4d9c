// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OperatorRegistry} from "../src/OperatorRegistry.sol";
import {TestBase} from "./support/TestBase.sol";
import {Vm} from "./support/Vm.sol";

/// @dev An owner that refuses its ether, or calls back while it is paid.
contract AwkwardOwner {
    OperatorRegistry private immutable _registry;
    bool private immutable _callsBack;
    bytes public caught;

    constructor(OperatorRegistry registry, bool callsBack) payable {
        _registry = registry;
        _callsBack = callsBack;
    }

    function register(address[2] calldata posters, address committer, uint256 stakeWei) external returns (uint32) {
        return _registry.register{value: stakeWei}(posters, committer);
    }

    function exit(uint32 id) external {
        _registry.exit(id);
    }

    function withdraw(uint32 id) external {
        _registry.withdraw(id);
    }

    receive() external payable {
        if (!_callsBack) revert("no, thanks");
        try _registry.withdraw(1) {
            revert("paid twice");
        } catch (bytes memory reason) {
            caught = reason;
        }
    }
}

contract OperatorRegistryTest is TestBase {
    uint256 private constant MIN_STAKE = 1000 ether;
    uint64 private constant EXIT_DELAY = 9 days;
    uint64 private constant START = 1_800_000_000;

    OperatorRegistry private _registry;
    address private _owner = named("owner");
    address private _stranger = named("stranger");

    function setUp() public {
        VM.warp(START);
        _registry = new OperatorRegistry(MIN_STAKE, EXIT_DELAY);
        VM.deal(_owner, 1_000_000 ether);
        VM.deal(_stranger, 1_000_000 ether);
    }

    // --- register

    function test_registersWithIdsFromOne() public {
        isEqual(_register(10), 1, "first id");
        isEqual(_register(20), 2, "second id");
        isEqual(_registry.operatorCount(), 2, "count");
    }

    function test_showsWhatWasRegistered() public {
        uint32 id = _register(10);
        OperatorRegistry.Operator memory o = _registry.operator(id);
        isEqual(o.owner, _owner, "owner");
        isEqual(o.posters[0], numbered(10), "poster 0");
        isEqual(o.posters[1], numbered(11), "poster 1");
        isEqual(o.committer, numbered(12), "committer");
        isEqual(o.stakeWei, MIN_STAKE, "stake");
        isEqual(o.registeredAt, START, "registeredAt");
        isEqual(o.frozenAt, 0, "frozenAt");
        isEqual(o.exitedAt, 0, "exitedAt");
        isTrue(!o.withdrawn, "not withdrawn");
        isEqual(_registry.operatorOfPoster(numbered(10)), id, "by poster 0");
        isEqual(_registry.operatorOfPoster(numbered(11)), id, "by poster 1");
        isEqual(_registry.operatorOfCommitter(numbered(12)), id, "by committer");
    }

    function test_logsTheRegistration() public {
        VM.recordLogs();
        _register(10);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        isEqual(logs.length, 1, "one log");
        isLog(
            logs[0],
            address(_registry),
            keccak256("OperatorRegistered(uint32,address,address[2],address,uint256)"),
            abi.encode(numbered(10), numbered(11), numbered(12), MIN_STAKE)
        );
        isEqual(uint256(logs[0].topics[1]), 1, "indexed id");
        isEqual(uint256(logs[0].topics[2]), uint160(_owner), "indexed owner");
    }

    function test_showsNothingForAnUnknownId() public view {
        OperatorRegistry.Operator memory o = _registry.operator(7);
        isEqual(o.owner, address(0), "owner");
        isEqual(o.stakeWei, 0, "stake");
    }

    function testFuzz_refusesTooLittleStake(uint256 sentWei) public {
        sentWei %= MIN_STAKE;
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.StakeTooLow.selector, sentWei, MIN_STAKE));
        VM.prank(_owner);
        _registry.register{value: sentWei}([numbered(1), numbered(2)], numbered(3));
    }

    function test_refusesOneWeiTooLittle() public {
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.StakeTooLow.selector, MIN_STAKE - 1, MIN_STAKE));
        VM.prank(_owner);
        _registry.register{value: MIN_STAKE - 1}([numbered(1), numbered(2)], numbered(3));
    }

    function test_refusesAZeroPosterOrCommitter() public {
        _refuseKeys(
            [address(0), numbered(2)], numbered(3), abi.encodeWithSelector(OperatorRegistry.ZeroAddress.selector)
        );
        _refuseKeys(
            [numbered(1), address(0)], numbered(3), abi.encodeWithSelector(OperatorRegistry.ZeroAddress.selector)
        );
        _refuseKeys(
            [numbered(1), numbered(2)], address(0), abi.encodeWithSelector(OperatorRegistry.ZeroAddress.selector)
        );
    }

    function test_refusesOnePosterTwice() public {
        bytes memory taken = abi.encodeWithSelector(OperatorRegistry.PosterTaken.selector, numbered(1));
        _refuseKeys([numbered(1), numbered(1)], numbered(3), taken);
    }

    function test_refusesAnotherOperatorsKeys() public {
        _register(10);
        bytes memory poster = abi.encodeWithSelector(OperatorRegistry.PosterTaken.selector, numbered(11));
        _refuseKeys([numbered(11), numbered(2)], numbered(3), poster);
        _refuseKeys([numbered(1), numbered(11)], numbered(3), poster);
        bytes memory committer = abi.encodeWithSelector(OperatorRegistry.CommitterTaken.selector, numbered(12));
        _refuseKeys([numbered(1), numbered(2)], numbered(12), committer);
        isEqual(_registry.operatorCount(), 1, "a refused call leaves no operator");
        isEqual(_registry.operatorOfPoster(numbered(2)), 0, "and takes no address");
    }

    // --- addValidators

    function test_addsValidators() public {
        uint32 id = _register(10);
        uint64[] memory indices = _range(100, 3);
        VM.recordLogs();
        VM.prank(_owner);
        _registry.addValidators(id, indices);
        for (uint64 i = 100; i < 103; i++) {
            isEqual(_registry.operatorOfValidator(i), id, "holder");
        }
        isEqual(_registry.operatorOfValidator(103), 0, "nobody's");
        Vm.Log[] memory logs = VM.getRecordedLogs();
        isLog(logs[0], address(_registry), keccak256("ValidatorsAdded(uint32,uint64[])"), abi.encode(indices));
        isEqual(uint256(logs[0].topics[1]), id, "indexed id");
    }

    function test_refusesAValidatorClaimedBefore() public {
        uint32 first = _register(10);
        uint32 second = _register(20);
        VM.prank(_owner);
        _registry.addValidators(first, _range(100, 3));
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.ValidatorTaken.selector, 102, first));
        VM.prank(_owner);
        _registry.addValidators(second, _range(102, 3));
        isEqual(_registry.operatorOfValidator(103), 0, "a refused call claims nothing");
    }

    function test_refusesTheSameIndexTwiceInOneCall() public {
        uint32 id = _register(10);
        uint64[] memory indices = new uint64[](2);
        (indices[0], indices[1]) = (5, 5);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.ValidatorTaken.selector, 5, id));
        VM.prank(_owner);
        _registry.addValidators(id, indices);
    }

    function test_refusesAnEmptyListOfValidators() public {
        uint32 id = _register(10);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.NoValidators.selector));
        VM.prank(_owner);
        _registry.addValidators(id, new uint64[](0));
    }

    function test_refusesValidatorsAfterFreezeOrExit() public {
        uint32 frozen = _register(10);
        uint32 exited = _register(20);
        VM.prank(_owner);
        _registry.freeze(frozen);
        VM.prank(_owner);
        _registry.exit(exited);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.AlreadyFrozen.selector, frozen));
        VM.prank(_owner);
        _registry.addValidators(frozen, _range(1, 1));
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.AlreadyExited.selector, exited));
        VM.prank(_owner);
        _registry.addValidators(exited, _range(1, 1));
    }

    // --- who may do what

    function test_letsOnlyTheOwnerChangeAnOperator() public {
        uint32 id = _register(10);
        bytes memory notOwner = abi.encodeWithSelector(OperatorRegistry.NotOwner.selector, id, _stranger);
        VM.expectRevert(notOwner);
        VM.prank(_stranger);
        _registry.addValidators(id, _range(1, 1));
        VM.expectRevert(notOwner);
        VM.prank(_stranger);
        _registry.freeze(id);
        VM.expectRevert(notOwner);
        VM.prank(_stranger);
        _registry.exit(id);
        VM.expectRevert(notOwner);
        VM.prank(_stranger);
        _registry.withdraw(id);
    }

    function test_refusesAnUnknownOperator() public {
        bytes memory unknown = abi.encodeWithSelector(OperatorRegistry.UnknownOperator.selector, 9);
        VM.expectRevert(unknown);
        _registry.addValidators(9, _range(1, 1));
        VM.expectRevert(unknown);
        _registry.topUp{value: 1}(9);
        VM.expectRevert(unknown);
        _registry.freeze(9);
        VM.expectRevert(unknown);
        _registry.exit(9);
        VM.expectRevert(unknown);
        _registry.withdraw(9);
    }

    // --- topUp

    function testFuzz_addsToTheStake(uint96 moreWei) public {
        VM.assume(moreWei > 0);
        uint32 id = _register(10);
        VM.deal(_stranger, moreWei);
        VM.recordLogs();
        VM.prank(_stranger);
        _registry.topUp{value: moreWei}(id);
        isEqual(_registry.operator(id).stakeWei, MIN_STAKE + moreWei, "stake");
        Vm.Log[] memory logs = VM.getRecordedLogs();
        isLog(logs[0], address(_registry), keccak256("StakeAdded(uint32,uint256)"), abi.encode(MIN_STAKE + moreWei));
    }

    function test_refusesATopUpOfNothing() public {
        uint32 id = _register(10);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.StakeTooLow.selector, 0, 1));
        _registry.topUp(id);
    }

    // --- freeze, mayPost

    function test_letsBothPostersPostUntilTheFreeze() public {
        uint32 id = _register(10);
        _mayPost(numbered(10), id, true);
        _mayPost(numbered(11), id, true);
        _mayPost(numbered(12), 0, false);
        VM.warp(START + 5);
        VM.recordLogs();
        VM.prank(_owner);
        _registry.freeze(id);
        _mayPost(numbered(10), id, false);
        _mayPost(numbered(11), id, false);
        isEqual(_registry.operator(id).frozenAt, START + 5, "frozenAt");
        isLog(VM.getRecordedLogs()[0], address(_registry), keccak256("OperatorFrozen(uint32)"), "");
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.AlreadyFrozen.selector, id));
        VM.prank(_owner);
        _registry.freeze(id);
    }

    // --- exit, withdraw

    function test_letsAnExitedOperatorPostUntilItsStakeIsGone() public {
        uint32 id = _register(10);
        VM.prank(_owner);
        _registry.exit(id);
        _mayPost(numbered(10), id, true);
        VM.warp(START + EXIT_DELAY);
        _mayPost(numbered(10), id, true);
        VM.prank(_owner);
        _registry.withdraw(id);
        _mayPost(numbered(10), 0, false);
        isEqual(_registry.operatorOfPoster(numbered(10)), id, "the address stays its own");
    }

    function testFuzz_paysTheStakeOnceAndOnlyAfterTheDelay(uint96 moreWei, uint64 early) public {
        early = uint64(uint256(early) % EXIT_DELAY);
        uint32 id = _register(10);
        VM.deal(_stranger, uint256(moreWei) + 1);
        VM.prank(_stranger);
        _registry.topUp{value: uint256(moreWei) + 1}(id);
        uint256 stake = MIN_STAKE + moreWei + 1;

        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.NotExited.selector, id));
        VM.prank(_owner);
        _registry.withdraw(id);

        VM.recordLogs();
        VM.prank(_owner);
        _registry.exit(id);
        isLog(VM.getRecordedLogs()[0], address(_registry), keccak256("OperatorExited(uint32)"), "");

        VM.warp(START + early);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.StakeLocked.selector, id, START + EXIT_DELAY));
        VM.prank(_owner);
        _registry.withdraw(id);

        VM.warp(START + EXIT_DELAY);
        uint256 before = _owner.balance;
        VM.recordLogs();
        VM.prank(_owner);
        _registry.withdraw(id);
        isEqual(_owner.balance - before, stake, "paid");
        isEqual(address(_registry).balance, 0, "nothing left");
        isLog(
            VM.getRecordedLogs()[0], address(_registry), keccak256("StakeWithdrawn(uint32,uint256)"), abi.encode(stake)
        );
        OperatorRegistry.Operator memory o = _registry.operator(id);
        isTrue(o.withdrawn, "withdrawn");
        isEqual(o.stakeWei, 0, "stake");

        bytes memory again = abi.encodeWithSelector(OperatorRegistry.AlreadyWithdrawn.selector, id);
        VM.expectRevert(again);
        VM.prank(_owner);
        _registry.withdraw(id);
        VM.expectRevert(again);
        _registry.topUp{value: 1}(id);
        VM.expectRevert(again);
        VM.prank(_owner);
        _registry.freeze(id);
    }

    function test_refusesAWithdrawalOneSecondTooEarly() public {
        uint32 id = _register(10);
        VM.prank(_owner);
        _registry.exit(id);
        VM.warp(START + EXIT_DELAY - 1);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.StakeLocked.selector, id, START + EXIT_DELAY));
        VM.prank(_owner);
        _registry.withdraw(id);
    }

    function test_refusesASecondExit() public {
        uint32 id = _register(10);
        VM.prank(_owner);
        _registry.exit(id);
        VM.warp(START + 100);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.AlreadyExited.selector, id));
        VM.prank(_owner);
        _registry.exit(id);
        isEqual(_registry.operator(id).exitedAt, START, "the delay is not started anew");
    }

    function test_paysAFrozenOperatorToo() public {
        uint32 id = _register(10);
        VM.prank(_owner);
        _registry.freeze(id);
        VM.prank(_owner);
        _registry.exit(id);
        VM.warp(START + EXIT_DELAY);
        VM.prank(_owner);
        _registry.withdraw(id);
        isEqual(address(_registry).balance, 0, "paid");
    }

    function test_keepsTheStakeOfAnOwnerThatRefusesIt() public {
        AwkwardOwner owner = new AwkwardOwner(_registry, false);
        VM.deal(address(owner), MIN_STAKE);
        uint32 id = owner.register([numbered(1), numbered(2)], numbered(3), MIN_STAKE);
        owner.exit(id);
        VM.warp(START + EXIT_DELAY);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.TransferFailed.selector, address(owner), MIN_STAKE));
        owner.withdraw(id);
        isEqual(_registry.operator(id).stakeWei, MIN_STAKE, "stake");
        isEqual(address(_registry).balance, MIN_STAKE, "balance");
    }

    function test_paysNothingToACallBack() public {
        AwkwardOwner owner = new AwkwardOwner(_registry, true);
        VM.deal(address(owner), MIN_STAKE);
        uint32 id = owner.register([numbered(1), numbered(2)], numbered(3), MIN_STAKE);
        isEqual(_register(10), 2, "another's stake lies beside");
        owner.exit(id);
        VM.warp(START + EXIT_DELAY);
        owner.withdraw(id);
        isEqual(address(owner).balance, MIN_STAKE, "paid once");
        isEqual(address(_registry).balance, MIN_STAKE, "the other's stake");
        isEqual(
            keccak256(owner.caught()),
            keccak256(abi.encodeWithSelector(OperatorRegistry.AlreadyWithdrawn.selector, id)),
            "why the call back failed"
        );
    }

    function test_takesNoEtherWithoutACall() public {
        VM.prank(_owner);
        (bool taken,) = address(_registry).call{value: 1}("");
        isTrue(!taken, "refused");
    }

    // --- helpers

    function _register(uint256 seed) private returns (uint32) {
        VM.prank(_owner);
        return _registry.register{value: MIN_STAKE}([numbered(seed), numbered(seed + 1)], numbered(seed + 2));
    }

    function _refuseKeys(address[2] memory posters, address committer, bytes memory reason) private {
        VM.expectRevert(reason);
        VM.prank(_owner);
        _registry.register{value: MIN_STAKE}(posters, committer);
    }

    function _mayPost(address poster, uint32 expectedId, bool expectedAllowed) private view {
        (uint32 id, bool allowed) = _registry.mayPost(poster);
        isEqual(id, expectedId, "mayPost id");
        isTrue(allowed == expectedAllowed, "mayPost allowed");
    }

    function _range(uint64 first, uint64 count) private pure returns (uint64[] memory indices) {
        indices = new uint64[](count);
        for (uint64 i = 0; i < count; i++) {
            indices[i] = first + i;
        }
    }
}
