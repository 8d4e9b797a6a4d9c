// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeVault} from "../../src/l2/FeeVault.sol";
import {L2Bridge} from "../../src/l2/L2Bridge.sol";
import {L2Messenger} from "../../src/l2/L2Messenger.sol";
import {SystemAnchor} from "../../src/l2/SystemAnchor.sol";
import {Predeploys} from "../../src/Predeploys.sol";
import {TestBase} from "./TestBase.sol";

/// @title The predeploys as a genesis holds them: runtime code alone, no constructor run there
abstract contract L2Fixture is TestBase {
    uint256 internal constant BRIDGE_WEI = 2 ** 127;

    SystemAnchor internal constant ANCHOR = SystemAnchor(Predeploys.SYSTEM_ANCHOR);
    FeeVault internal constant VAULT = FeeVault(payable(Predeploys.FEE_VAULT));
    L2Messenger internal constant MESSENGER = L2Messenger(payable(Predeploys.L2_MESSENGER));
    L2Bridge internal constant BRIDGE = L2Bridge(payable(Predeploys.L2_BRIDGE));
    /// @dev SystemAnchor.SYSTEM
    address internal constant SYSTEM = 0x307cdEFa71adD4b0CF2fe3E7F6530B95f9c972Db;

    bytes[] internal none;
    uint64 internal anchorNumber = 100;

    function installPredeploys(address treasury) internal {
        VM.etch(address(ANCHOR), type(SystemAnchor).runtimeCode);
        VM.etch(address(VAULT), type(FeeVault).runtimeCode);
        VM.etch(address(MESSENGER), type(L2Messenger).runtimeCode);
        VM.etch(address(BRIDGE), type(L2Bridge).runtimeCode);
        VM.store(address(VAULT), 0, bytes32(uint256(uint160(treasury))));
        VM.deal(address(BRIDGE), BRIDGE_WEI);
    }

    function message(address sender, address target, uint256 valueWei, bytes memory data)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(sender, target, valueWei, data);
    }

    /// @dev The system transaction of a block, with the gas that derivation leaves for so many messages (300,000 each and a million)
    /// less the transaction's own and 20,000 a message for its calldata.
    function tick(bytes[] memory messages, uint32 operatorBefore) internal {
        VM.prank(SYSTEM);
        ANCHOR.tick{gas: 1_000_000 - 21_000 + 280_000 * messages.length}(
            ++anchorNumber, keccak256("hash"), keccak256("root"), messages, none, operatorBefore, 0
        );
    }

    function deliver(address sender, address target, uint256 valueWei, bytes memory data) internal {
        bytes[] memory one = new bytes[](1);
        one[0] = message(sender, target, valueWei, data);
        tick(one, 0);
    }
}
