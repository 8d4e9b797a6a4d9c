// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestBase} from "./TestBase.sol";

/// @title What a call would cost as a transaction of its own
/// @dev The call's gas on cold storage, plus 21,000 and the calldata by EIP-2028, or the floor of EIP-7623 where that is higher.
/// forge's own report cannot be used: it makes a transaction of each call, and takes no blobs there.
abstract contract GasMeter is TestBase {
    /// @dev EIP-7825.
    uint256 private constant TRANSACTION_CAP = 16_777_216;

    address[] private _cold;

    /// @dev forge prints it with -vv.
    event log_named_uint(string what, uint256 gas);

    /// @dev A contract that the measured call touches for the first time.
    function chill(address account) internal {
        _cold.push(account);
    }

    function measure(
        string memory what,
        address from,
        address to,
        uint256 valueWei,
        bytes memory data,
        uint256 boundGas
    ) internal returns (uint256 gas) {
        for (uint256 i = 0; i < _cold.length; i++) {
            VM.cool(_cold[i]);
        }
        VM.prank(from);
        (bool good,) = to.call{value: valueWei}(data);
        isTrue(good, "the call succeeds");
        uint256 tokens = 0;
        for (uint256 i = 0; i < data.length; i++) {
            tokens += data[i] == 0 ? 1 : 4;
        }
        gas = 21_000 + VM.lastCallGas().gasTotalUsed + 4 * tokens;
        uint256 floor = 21_000 + 10 * tokens;
        if (gas < floor) gas = floor;
        emit log_named_uint(what, gas);
        if (gas > boundGas || gas > TRANSACTION_CAP) {
            revert NotEqual("gas is above its bound", bytes32(gas), bytes32(boundGas));
        }
    }
}
