// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OperatorRegistry} from "../src/l1/OperatorRegistry.sol";
import {BeaconFake} from "./support/BeaconFake.sol";
import {TestBase} from "./support/TestBase.sol";

/// @dev Plays owners and the slasher at random. Wishes that the registry must refuse are tried too, and must be refused.
contract StakeHandler is BeaconFake {
    uint256 private constant MIN_STAKE = 32 ether;
    uint64 private constant EXIT_DELAY = 1 days;

    address public constant SLASHER = address(0x51A5);
    OperatorRegistry public immutable REGISTRY = new OperatorRegistry(MIN_STAKE, EXIT_DELAY, SLASHER, parameters(32));
    uint256 public paidInWei;
    uint256 public paidOutWei;
    uint256 public slashedWei;
    uint256 private _nextSeed;
    uint256 private _now = 1_800_000_000;

    function register(uint256 ownerSeed, uint96 moreWei) external {
        VM.warp(_now);
        address owner = numbered(ownerSeed % 4);
        uint256 stake = MIN_STAKE + moreWei;
        uint256 seed = 1000 + 3 * _nextSeed++;
        VM.deal(owner, owner.balance + stake);
        VM.prank(owner);
        REGISTRY.register{value: stake}([numbered(seed), numbered(seed + 1)], numbered(seed + 2));
        paidInWei += stake;
    }

    function topUp(uint32 idSeed, uint96 moreWei) external {
        VM.warp(_now);
        (uint32 id, OperatorRegistry.Operator memory o) = _pick(idSeed);
        if (id == 0 || moreWei == 0) return;
        VM.deal(address(this), moreWei);
        try REGISTRY.topUp{value: moreWei}(id) {
            isTrue(!o.withdrawn, "stake added after the withdrawal");
            paidInWei += moreWei;
        } catch {
            isTrue(o.withdrawn, "stake refused");
        }
    }

    function slash(uint32 idSeed, uint256 amountWei, bool byTheSlasher) external {
        VM.warp(_now);
        (uint32 id, OperatorRegistry.Operator memory o) = _pick(idSeed);
        if (id == 0) return;
        // Mostly not all of it.
        amountWei = amountWei % 3 == 0 ? amountWei : amountWei % 8 ether;
        uint256 before = SLASHER.balance;
        VM.prank(byTheSlasher ? SLASHER : o.owner);
        try REGISTRY.slash(id, amountWei) returns (uint256 takenWei) {
            isTrue(byTheSlasher, "somebody else slashed");
            isEqual(takenWei, amountWei < o.stakeWei ? amountWei : o.stakeWei, "amount taken");
            isEqual(SLASHER.balance - before, takenWei, "amount paid");
            isEqual(REGISTRY.operator(id).exitedAt, o.exitedAt, "exit clock");
            slashedWei += takenWei;
        } catch {
            isTrue(!byTheSlasher, "the slasher was refused");
        }
    }

    function freeze(uint32 idSeed, bool byTheSlasher) external {
        VM.warp(_now);
        (uint32 id, OperatorRegistry.Operator memory o) = _pick(idSeed);
        if (id == 0 || o.frozenAt != 0 || o.withdrawn) return;
        VM.prank(byTheSlasher ? SLASHER : o.owner);
        REGISTRY.freeze(id);
    }

    function exit(uint32 idSeed, uint32 laterSeconds) external {
        _now += laterSeconds % 2 days;
        VM.warp(_now);
        (uint32 id, OperatorRegistry.Operator memory o) = _pick(idSeed);
        if (id == 0 || o.exitedAt != 0) return;
        VM.prank(o.owner);
        REGISTRY.exit(id);
    }

    function rejoin(uint32 idSeed, uint32 laterSeconds) external {
        _now += laterSeconds % 2 days;
        VM.warp(_now);
        (uint32 id, OperatorRegistry.Operator memory o) = _pick(idSeed);
        if (id == 0) return;
        VM.prank(o.owner);
        try REGISTRY.rejoin(id) {
            isTrue(o.stakeWei >= MIN_STAKE && o.frozenAt == 0 && o.exitedAt == 0, "came back");
        } catch {}
    }

    function withdraw(uint32 idSeed, uint32 laterSeconds) external {
        _now += laterSeconds % 2 days;
        VM.warp(_now);
        (uint32 id, OperatorRegistry.Operator memory o) = _pick(idSeed);
        if (id == 0) return;
        bool due = o.exitedAt != 0 && !o.withdrawn && _now >= o.exitedAt + EXIT_DELAY;
        uint256 before = o.owner.balance;
        VM.prank(o.owner);
        try REGISTRY.withdraw(id) {
            isTrue(due, "paid before its time or twice");
            isEqual(o.owner.balance - before, o.stakeWei, "amount paid");
            paidOutWei += o.stakeWei;
        } catch {
            isTrue(!due, "a due withdrawal refused");
        }
    }

    function _pick(uint32 idSeed) private view returns (uint32 id, OperatorRegistry.Operator memory o) {
        uint32 count = REGISTRY.operatorCount();
        if (count == 0) return (0, o);
        id = 1 + idSeed % count;
        o = REGISTRY.operator(id);
    }
}

/// @notice Whatever owners and the slasher do, the registry holds what was paid in and not out or slashed, and every wei of it is some
/// operator's; and who counts in an epoch to come has the minimum.
contract StakeConservationTest is TestBase {
    StakeHandler private _handler;

    function setUp() public {
        _handler = new StakeHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_stakeIsConserved() public view {
        OperatorRegistry registry = _handler.REGISTRY();
        uint256 sum = 0;
        for (uint32 id = 1; id <= registry.operatorCount(); id++) {
            sum += registry.operator(id).stakeWei;
        }
        isEqual(address(registry).balance, sum, "balance is the sum of the stakes");
        uint256 left = _handler.paidInWei() - _handler.paidOutWei() - _handler.slashedWei();
        isEqual(address(registry).balance, left, "balance is in less out less slashed");
    }

    function invariant_whoWillCountHasTheMinimum() public view {
        OperatorRegistry registry = _handler.REGISTRY();
        for (uint32 id = 1; id <= registry.operatorCount(); id++) {
            if (!registry.eligibleAt(id, 1 << 40)) continue;
            OperatorRegistry.Operator memory o = registry.operator(id);
            isTrue(o.stakeWei >= registry.minStakeWei(), "stake");
            isTrue(o.frozenAt == 0 && o.exitedAt == 0 && !o.withdrawn, "neither frozen nor gone");
        }
    }
}
