// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "../src/l1/BeaconChain.sol";
import {BeaconParameters} from "../src/l1/BeaconTypes.sol";
import {ScheduleRing} from "../src/l1/ScheduleRing.sol";
import {BeaconFake} from "./support/BeaconFake.sol";
import {ReferenceSchedule} from "./support/ReferenceSchedule.sol";

/// @dev Takes any schedule, without proof.
contract Ring is ScheduleRing {
    address public constant override registry = address(0);

    constructor(BeaconParameters memory p) BeaconChain(p) {}

    function put(uint64 epoch, uint32[] memory operatorIds, uint32 fallbackOperatorId) external {
        _store(epoch, operatorIds, fallbackOperatorId);
    }
}

/// @notice Windows by bit arithmetic against the rule read slot by slot.
contract WindowsTest is BeaconFake, ReferenceSchedule {
    uint64 private constant FIRST_EPOCH = 1000;
    uint64 private constant EPOCHS = 5;

    Ring private _ring;

    /// forge-config: default.fuzz.runs = 96
    function testFuzz_mainnetPreset(uint256 seed, uint8 share, uint8 missing) public {
        _check(32, seed, share, missing);
    }

    /// forge-config: default.fuzz.runs = 256
    function testFuzz_minimalPreset(uint256 seed, uint8 share, uint8 missing) public {
        _check(8, seed, share, missing);
    }

    /// forge-config: default.fuzz.runs = 16
    function testFuzz_longestEpochs(uint256 seed, uint8 share, uint8 missing) public {
        _check(64, seed, share, missing);
    }

    /// @dev Of each slot in the middle: which window, whose, and where that begins. `missing` leaves an epoch out in some runs.
    function _check(uint64 spe, uint256 seed, uint8 share, uint8 missing) private {
        epochSlots = spe;
        _ring = new Ring(parameters(spe));
        // A share of 0 to 15 of 128 slots, so that many windows are cut at W and many slots are in fallback; or nearly all.
        uint256 dense = share % 4 == 0 ? 128 : share % 16;
        for (uint64 e = 0; e < EPOCHS; e++) {
            uint32[] memory ids = new uint32[](spe);
            for (uint64 i = 0; i < spe; i++) {
                uint256 random = uint256(keccak256(abi.encode(seed, e, i)));
                ids[i] = random % 128 < dense ? uint32(1 + (random >> 128) % type(uint32).max) : 0;
            }
            uint32 drawn = uint32(uint256(keccak256(abi.encode(seed, e, "fallback"))) % 3);
            if (missing % 16 == e) continue;
            _ring.put(FIRST_EPOCH + e, ids, drawn);
            remember(FIRST_EPOCH + e, ids, drawn);
        }
        for (uint64 s = (FIRST_EPOCH + 1) * spe; s < (FIRST_EPOCH + EPOCHS) * spe; s++) {
            _compareWindow(s);
            _compareFirst(s);
        }
    }

    function _compareWindow(uint64 s) private view {
        Answer memory wanted = referenceWindow(s);
        try _ring.windowOf(s) returns (uint64 w, uint32 operatorId, bool drawn) {
            isTrue(!wanted.missing, "answered without an epoch that is needed");
            isEqual(w, wanted.windowSlot, "window");
            isEqual(operatorId, wanted.operatorId, "operator");
            isTrue(drawn == wanted.drawn, "fallback");
            // Its name answers the same.
            Answer memory named = referenceWindow(w);
            isTrue(named.missing || named.windowSlot == w, "the name's window");
        } catch (bytes memory answer) {
            isTrue(wanted.missing && bytes4(answer) == ScheduleRing.LookaheadMissing.selector, "windowOf's error");
        }
    }

    function _compareFirst(uint64 s) private view {
        (bool missing, uint64 wanted) = referenceFirst(s);
        try _ring.firstSlotOf(s) returns (uint64 first) {
            isTrue(!missing, "answered without an epoch that is needed");
            isEqual(first, wanted, "first slot");
        } catch (bytes memory answer) {
            isTrue(missing && bytes4(answer) == ScheduleRing.LookaheadMissing.selector, "firstSlotOf's error");
        }
    }

    function test_theVeryFirstEpochHasWindows() public {
        _ring = new Ring(parameters(8));
        uint32[] memory ids = new uint32[](8);
        (ids[2], ids[7]) = (5, 6);
        _ring.put(0, ids, 0);
        isEqual(_ring.firstSlotOf(2), 0, "first slot of 2");
        isEqual(_ring.firstSlotOf(7), 3, "first slot of 7");
        (uint64 w, uint32 operatorId,) = _ring.windowOf(0);
        isEqual(w, 2, "window");
        isEqual(operatorId, 5, "operator");
        delete ids[2];
        _ring.put(0, ids, 9);
        isEqual(_ring.firstSlotOf(7), 1, "W is 7");
        bool drawn;
        (w, operatorId, drawn) = _ring.windowOf(0);
        isEqual(w, 0, "fallback window");
        isEqual(operatorId, 9, "fallback operator");
        isTrue(drawn, "fallback");
    }
}
