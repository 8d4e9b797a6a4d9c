// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "../src/l1/BeaconChain.sol";
import {BeaconHeader, BeaconParameters, StateLayout} from "../src/l1/BeaconTypes.sol";
import {LookaheadOracle} from "../src/l1/LookaheadOracle.sol";
import {SszBranch} from "../src/l1/SszBranch.sol";
import {ClusterFixture} from "./support/ClusterFixture.sol";

/// @notice What is stored of a lookahead (protocol §1.2). The proofs are in `RealStates.t.sol`, the windows in `Windows.t.sol`.
contract LookaheadOracleTest is ClusterFixture {
    function setUp() public {
        deployRegistry(32);
        join();
        claim(1, 500);
        claim(1, 501);
        join();
        claim(2, 600);
    }

    function test_storesWhoseTheSlotsAre() public {
        uint64[] memory proposers = _others();
        (proposers[3], proposers[9], proposers[31]) = (500, 600, 501);
        atEpoch(9);
        VM.recordLogs();
        sync(10, proposers);
        (, uint32 drawn) = registry.assign(10, proposers);
        uint256[] memory wanted = new uint256[](4);
        (wanted[0], wanted[1], wanted[3]) = (1 << 96, 2 << 32, 1 << 224);
        isLog(
            VM.getRecordedLogs()[0],
            address(oracle),
            keccak256("LookaheadSynced(uint64,uint32,uint256[])"),
            abi.encode(drawn, wanted)
        );
        isTrue(drawn != 0, "a fallback");
        isTrue(oracle.isSynced(10), "synced");
        (bool known, uint32 fallbackId, uint256[] memory packed) = oracle.schedule(10);
        isTrue(known, "known");
        isEqual(fallbackId, drawn, "fallback");
        isEqual(keccak256(abi.encode(packed)), keccak256(abi.encode(wanted)), "packed");
        isTrue(!oracle.isSynced(9) && !oracle.isSynced(10 + 256), "no other epoch");
        (known,, packed) = oracle.schedule(266);
        isTrue(!known && packed.length == 0, "not known");
    }

    function test_doesNothingTwice() public {
        atEpoch(9);
        sync(10, _others());
        (,, uint256[] memory before) = oracle.schedule(10);
        VM.recordLogs();
        uint64[] memory proposers = _others();
        proposers[0] = 500;
        sync(10, proposers);
        isEqual(VM.getRecordedLogs().length, 0, "no event");
        (,, uint256[] memory packed) = oracle.schedule(10);
        isEqual(keccak256(abi.encode(packed)), keccak256(abi.encode(before)), "as before");
    }

    /// @dev A change that counts from the epoch on is seen however late the epoch is synced, and one that counts later is not.
    function test_isTheSameWheneverItIsSynced() public {
        uint64[] memory proposers = _others();
        (proposers[0], proposers[1]) = (500, 600);
        atEpoch(20);
        VM.prank(ownerOf(1));
        registry.exit(1);
        claim(2, 700);
        proposers[2] = 700;
        atEpoch(200);
        sync(22, proposers);
        sync(23, proposers);
        (,, uint256[] memory packed) = oracle.schedule(22);
        isEqual(packed[0], 1 | (2 << 32), "operator 1 counts in 22, the claim of 700 does not");
        (,, packed) = oracle.schedule(23);
        isEqual(packed[0], (2 << 32) | (2 << 64), "from 23 on the other way");
    }

    function test_aPlaceInTheRingGoesToTheNewerEpoch() public {
        atEpoch(9);
        sync(10, _others());
        atEpoch(265);
        sync(266, _others());
        isTrue(oracle.isSynced(266) && !oracle.isSynced(10), "replaced");
        (uint64 t, BeaconHeader memory h, uint64[] memory p, bytes32[] memory b) = lookaheadOf(10, _others());
        VM.expectRevert(abi.encodeWithSelector(LookaheadOracle.EpochTooOld.selector, 10, 11));
        oracle.sync(10, t, h, p, b);
        sync(11, _others());
        isTrue(oracle.isSynced(11), "the oldest that has a place");
    }

    /// @dev Though nobody has synced the newer epoch yet, whose place it would take.
    function test_refusesAnEpochOlderThanTheRing() public {
        atEpoch(265);
        (uint64 t, BeaconHeader memory h, uint64[] memory p, bytes32[] memory b) = lookaheadOf(9, _others());
        VM.expectRevert(abi.encodeWithSelector(LookaheadOracle.EpochTooOld.selector, 9, 11));
        oracle.sync(9, t, h, p, b);
    }

    function test_refusesAnotherNumberOfProposers() public {
        atEpoch(9);
        (uint64 t, BeaconHeader memory h,, bytes32[] memory b) = lookaheadOf(10, _others());
        for (uint256 count = 0; count <= 128; count += 32) {
            if (count == 64) continue;
            VM.expectRevert(abi.encodeWithSelector(LookaheadOracle.WrongProposerCount.selector, count, 64));
            oracle.sync(10, t, h, new uint64[](count), b);
        }
    }

    function test_refusesALongerOrShorterBranch() public {
        atEpoch(9);
        (uint64 t, BeaconHeader memory h, uint64[] memory p,) = lookaheadOf(10, _others());
        for (uint256 length = 0; length < 9; length++) {
            if (length == 6) continue;
            VM.expectRevert(abi.encodeWithSelector(SszBranch.WrongBranchLength.selector, length, FULU_LOOKAHEAD));
            oracle.sync(10, t, h, p, new bytes32[](length));
        }
    }

    /// @dev A number above 64 bits would spill over into its neighbour in the chunk.
    function test_refusesANumberThatIsNoIndex() public {
        atEpoch(9);
        (uint64 t, BeaconHeader memory h, uint64[] memory p, bytes32[] memory b) = lookaheadOf(10, _others());
        bytes memory data = abi.encodeCall(LookaheadOracle.sync, (10, t, h, p, b));
        // Selector, nine words of arguments, the length, then proposers: bit 64 of the first two, lowest bit of the second.
        uint256 first = 4 + 32 * (9 + 1);
        data[first + 23] = 0x01;
        (bool good, bytes memory answer) = address(oracle).call(data);
        isTrue(!good, "refused");
        isEqual(bytes32(bytes4(answer)), bytes32(SszBranch.NumberOutOfRange.selector), "why");
    }

    function test_picksTheLayoutByTheBlocksSlot() public {
        uint64 forkSlot = 10 * 32 + 5;
        BeaconParameters memory p = parameters(32);
        p.layouts[1] = StateLayout(forkSlot, 2960, 358, true);
        LookaheadOracle forked = new LookaheadOracle(address(registry), p);
        isEqual(forked.stateLayouts()[1].fromSlot, forkSlot, "layout");
        atEpoch(11);
        _syncAt(forked, 11, forkSlot, 2960);
        _syncAt(forked, 10, forkSlot - 1, 101);
        isTrue(forked.isSynced(10) && forked.isSynced(11), "both sides of the fork");
        VM.expectRevert(abi.encodeWithSelector(SszBranch.WrongBranchLength.selector, 6, 2960));
        this.syncAt(forked, 12, 11 * 32, 101);
    }

    function syncAt(LookaheadOracle o, uint64 epoch, uint64 slot, uint256 gindex) external {
        _syncAt(o, epoch, slot, gindex);
    }

    function test_refusesParametersThatDoNotFit() public {
        BeaconParameters memory p = parameters(32);
        p.layouts[0].fromSlot = 1;
        _refuse(p, abi.encodeWithSelector(BeaconChain.BadLayouts.selector));
        p = parameters(32);
        p.layouts[1].fromSlot = 0;
        _refuse(p, abi.encodeWithSelector(BeaconChain.BadLayouts.selector));
        p.layouts = new StateLayout[](0);
        _refuse(p, abi.encodeWithSelector(BeaconChain.BadLayouts.selector));
        for (uint64 spe = 0; spe < 200; spe++) {
            if (spe == 8 || spe == 16 || spe == 32 || spe == 64) continue;
            _refuse(parameters(spe), abi.encodeWithSelector(BeaconChain.BadSlots.selector, 12, spe));
        }
        p = parameters(32);
        p.slotSeconds = 0;
        _refuse(p, abi.encodeWithSelector(BeaconChain.BadSlots.selector, 0, 32));
        p.slotSeconds = 6;
        _refuse(p, abi.encodeWithSelector(LookaheadOracle.WrongRegistry.selector, address(registry)));
        VM.expectRevert(abi.encodeWithSelector(LookaheadOracle.WrongRegistry.selector, address(7)));
        new LookaheadOracle(address(7), parameters(32));
    }

    function test_hasNoEpochBeforeGenesis() public {
        isEqual(oracle.epochOf(GENESIS + 32 * 12 - 1), 0, "the first");
        isEqual(oracle.epochOf(GENESIS + 32 * 12), 1, "the second");
        VM.expectRevert(abi.encodeWithSelector(BeaconChain.BeforeGenesis.selector, GENESIS - 1, GENESIS));
        oracle.epochOf(GENESIS - 1);
    }

    function _others() private pure returns (uint64[] memory proposers) {
        proposers = new uint64[](32);
        for (uint64 i = 0; i < 32; i++) {
            proposers[i] = 1000 + i;
        }
    }

    function _syncAt(LookaheadOracle o, uint64 epoch, uint64 slot, uint256 gindex) private {
        uint64[] memory whole = new uint64[](64);
        (bytes32[] memory branch, bytes32 root) = grow(vectorRoot(whole), gindex, slot);
        (uint64 t, BeaconHeader memory h) = blockWith(slot, root);
        o.sync(epoch, t, h, whole, branch);
    }

    function _refuse(BeaconParameters memory p, bytes memory reason) private {
        VM.expectRevert(reason);
        new LookaheadOracle(address(registry), p);
    }
}
