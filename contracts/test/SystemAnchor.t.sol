// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SystemAnchor} from "../src/l2/SystemAnchor.sol";
import {L2Fixture} from "./support/L2Fixture.sol";

contract SystemAnchorTest is L2Fixture {
    bytes[] private _one;

    function setUp() public {
        installPredeploys(address(0));
        _one.push("something");
    }

    function testFuzz_notesTheAnchor(uint64 number, bytes32 hash, bytes32 root, uint32 before, uint64 forcedTo) public {
        VM.prank(SYSTEM);
        ANCHOR.tick(number, hash, root, none, none, before, forcedTo);
        isEqual(ANCHOR.anchorNumber(), number, "number");
        isEqual(ANCHOR.anchorHash(), hash, "hash");
        isEqual(ANCHOR.anchorStateRoot(), root, "state root");
        isEqual(ANCHOR.prevOperator(), before, "operator");
        isEqual(ANCHOR.forcedCursor(), forcedTo, "forced cursor");
        isEqual(ANCHOR.SYSTEM(), SYSTEM, "system address");
    }

    /// @dev Derivation reads these words from the state.
    function test_keepsTheCursorsInSlot0FromTheLowEnd() public {
        bytes[] memory two = new bytes[](2);
        two[0] = message(named("a"), named("b"), 0, "");
        two[1] = two[0];
        VM.prank(SYSTEM);
        ANCHOR.tick(0x1122334455667788, keccak256("hash"), keccak256("root"), two, none, 0xaabbccdd, 0x99);
        uint256 slot0 = 0x1122334455667788 | (0xaabbccdd << 64) | (2 << 96) | (0x99 << 160);
        isEqual(VM.load(address(ANCHOR), 0), bytes32(slot0), "slot 0");
        isEqual(VM.load(address(ANCHOR), bytes32(uint256(1))), keccak256("hash"), "slot 1");
        isEqual(VM.load(address(ANCHOR), bytes32(uint256(2))), keccak256("root"), "slot 2");
    }

    function test_numbersMessagesOverBlocks() public {
        bytes[] memory three = new bytes[](3);
        for (uint256 i = 0; i < 3; i++) {
            three[i] = message(named("a"), numbered(i), 1 + i, "");
        }
        tick(three, 0);
        tick(none, 0);
        VM.recordLogs();
        deliver(named("a"), numbered(9), 9, "");
        isEqual(VM.getRecordedLogs()[0].topics[1], bytes32(uint256(3)), "index of the fourth");
        isEqual(ANCHOR.messageCursor(), 4, "cursor");
        isEqual(numbered(2).balance, 3, "third");
        isEqual(numbered(9).balance, 9, "fourth");
    }

    function testFuzz_refusesAnyOtherCaller(address caller) public {
        VM.assume(caller != SYSTEM);
        VM.expectRevert(abi.encodeWithSelector(SystemAnchor.NotSystem.selector, caller));
        VM.prank(caller);
        ANCHOR.tick(1, bytes32(0), bytes32(0), none, none, 0, 0);
    }

    function test_refusesSeeds() public {
        VM.expectRevert(abi.encodeWithSelector(SystemAnchor.SeedsNotSupported.selector, 1));
        VM.prank(SYSTEM);
        ANCHOR.tick(1, bytes32(0), bytes32(0), none, _one, 0, 0);
    }
}
