// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Where each rollup's genesis holds the contracts of the protocol
/// @dev Protocol §2.1 and §4. "Lockstep" in ASCII, then a number.
library Predeploys {
    address internal constant SYSTEM_ANCHOR = address(uint160((0x4c6f636b73746570 << 96) | 1));
    address internal constant FEE_VAULT = address(uint160((0x4c6f636b73746570 << 96) | 3));
    address internal constant L2_MESSENGER = address(uint160((0x4c6f636b73746570 << 96) | 4));
    address internal constant L2_BRIDGE = address(uint160((0x4c6f636b73746570 << 96) | 5));
}
