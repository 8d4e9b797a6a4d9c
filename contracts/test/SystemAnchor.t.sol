// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SystemAnchor} from "../src/SystemAnchor.sol";
import {TestBase} from "./support/TestBase.sol";

contract SystemAnchorTest is TestBase {
    address private constant PREDEPLOY = 0x4C6f636b73746570000000000000000000000001;
    bytes[] private _none;
    bytes[] private _one;
    SystemAnchor private _anchor;

    /// @dev As in a genesis: runtime code alone, no constructor run there.
    function setUp() public {
        VM.etch(PREDEPLOY, type(SystemAnchor).runtimeCode);
        _anchor = SystemAnchor(PREDEPLOY);
        _one.push("something");
    }

    function testFuzz_notesTheAnchor(uint64 number, bytes32 hash, bytes32 stateRoot, uint32 operatorBefore) public {
        address system = _anchor.SYSTEM();
        VM.prank(system);
        _anchor.tick(number, hash, stateRoot, _none, _none, operatorBefore);
        isEqual(_anchor.anchorNumber(), number, "number");
        isEqual(_anchor.anchorHash(), hash, "hash");
        isEqual(_anchor.anchorStateRoot(), stateRoot, "state root");
        isEqual(_anchor.prevOperator(), operatorBefore, "operator");
    }

    function test_overwritesTheLastAnchor() public {
        address system = _anchor.SYSTEM();
        VM.prank(system);
        _anchor.tick(type(uint64).max, keccak256("a"), keccak256("b"), _none, _none, type(uint32).max);
        VM.prank(system);
        _anchor.tick(7, keccak256("c"), keccak256("d"), _none, _none, 0);
        isEqual(_anchor.anchorNumber(), 7, "number");
        isEqual(_anchor.anchorHash(), keccak256("c"), "hash");
        isEqual(_anchor.anchorStateRoot(), keccak256("d"), "state root");
        isEqual(_anchor.prevOperator(), 0, "operator");
    }

    function testFuzz_refusesAnyOtherCaller(address caller) public {
        VM.assume(caller != _anchor.SYSTEM());
        VM.expectRevert(abi.encodeWithSelector(SystemAnchor.NotSystem.selector, caller));
        VM.prank(caller);
        _anchor.tick(1, bytes32(0), bytes32(0), _none, _none, 0);
    }

    function test_refusesMessagesAndSeeds() public {
        address system = _anchor.SYSTEM();
        VM.expectRevert(abi.encodeWithSelector(SystemAnchor.MessagesNotSupported.selector, 1));
        VM.prank(system);
        _anchor.tick(1, bytes32(0), bytes32(0), _one, _none, 0);
        VM.expectRevert(abi.encodeWithSelector(SystemAnchor.SeedsNotSupported.selector, 1));
        VM.prank(system);
        _anchor.tick(1, bytes32(0), bytes32(0), _none, _one, 0);
    }
}
