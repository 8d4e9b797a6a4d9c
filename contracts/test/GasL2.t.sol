// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SystemAnchor} from "../src/l2/SystemAnchor.sol";
import {GasMeter} from "./support/GasMeter.sol";
import {L2Fixture} from "./support/L2Fixture.sol";
import {Burner} from "./support/Targets.sol";

/// @notice What the system transaction costs each L2 block.
contract GasL2Test is L2Fixture, GasMeter {
    address private _burner;

    function setUp() public {
        installPredeploys(named("treasury"));
        _burner = address(new Burner());
        for (uint32 i = 0; i < 4; i++) {
            VM.deal(address(VAULT), address(VAULT).balance + 1 ether);
            tick(none, 1 + i % 2);
        }
        VM.deal(address(VAULT), address(VAULT).balance + 1 ether);
        chill(address(ANCHOR));
        chill(address(VAULT));
        chill(address(MESSENGER));
        chill(address(BRIDGE));
    }

    function test_noMessages() public {
        _tick("tick, fees of one operator", none, 95_000);
    }

    function test_oneDeposit() public {
        bytes[] memory one = new bytes[](1);
        one[0] = message(named("a"), named("b"), 1 ether, "");
        _tick("tick, a deposit to a new account", one, 180_000);
    }

    /// @dev 300,000 each and a million is what derivation counts with.
    function test_manyBadMessages() public {
        bytes memory data = new bytes(1024);
        for (uint256 i = 0; i < 1024; i++) {
            data[i] = 0xff;
        }
        bytes[] memory many = new bytes[](32);
        for (uint256 i = 0; i < 32; i++) {
            many[i] = message(named("a"), _burner, 1 ether, data);
        }
        _tick("tick, 32 messages of 1,024 bytes that burn their gas", many, 10_600_000);
    }

    function _tick(string memory what, bytes[] memory messages, uint256 bound) private {
        bytes32 h = keccak256("hash");
        bytes memory data = abi.encodeCall(SystemAnchor.tick, (5000, h, ~h, messages, none, 2, 7));
        measure(what, SYSTEM, address(ANCHOR), 0, data, bound);
    }
}
