// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @title Cheat codes and comparisons for the tests
abstract contract TestBase {
    /// @dev forge listens at this address: the last 20 bytes of keccak256("hevm cheat code").
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotEqual(string what, bytes32 actual, bytes32 expected);
    error NotTrue(string what);

    function isTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    function isEqual(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, bytes32(actual), bytes32(expected));
    }

    function isEqual(bytes32 actual, bytes32 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, actual, expected);
    }

    function isEqual(address actual, address expected, string memory what) internal pure {
        isEqual(uint256(uint160(actual)), uint256(uint160(expected)), what);
    }

    /// @dev The log's first topic and data at once; the emitter is checked too.
    function isLog(Vm.Log memory log, address emitter, bytes32 signature, bytes memory data) internal pure {
        isEqual(log.emitter, emitter, "emitter");
        isEqual(log.topics[0], signature, "event signature");
        isEqual(keccak256(log.data), keccak256(data), "event data");
    }

    /// @dev An address that no other seed gives and nobody has a key for.
    function named(string memory seed) internal pure returns (address) {
        return address(uint160(uint256(keccak256(bytes(seed)))));
    }

    function numbered(uint256 seed) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("numbered", seed)))));
    }
}
