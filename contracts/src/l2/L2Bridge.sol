// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Predeploys} from "../Predeploys.sol";

/// @title The ether that deposits bring to the rollup
/// @notice Holds more ether from genesis on than L1 has. What leaves it was locked in `L1Messenger`; what comes back to it is on
/// its way to L1.
/// @dev Protocol §4. A predeploy at 0x4c6f636b73746570000000000000000000000005, funded with 2^127 wei in genesis, so that no
/// ether has to be made while the chain runs. Only `L2Messenger` moves it, and no message can make `L2Messenger` call it.
contract L2Bridge {
    /// @notice Only `L2Messenger` takes ether and gives it back.
    error NotMessenger(address caller);
    /// @notice More is asked for than is here.
    error NotEnough(uint256 askedWei, uint256 heldWei);

    /// @notice Takes ether back: of a message that failed, or that leaves for L1. Nobody else can lose ether here by mistake.
    receive() external payable {
        if (msg.sender != Predeploys.L2_MESSENGER) revert NotMessenger(msg.sender);
    }

    /// @notice Gives `L2Messenger` the ether of a message that it delivers.
    function pay(uint256 amountWei) external {
        if (msg.sender != Predeploys.L2_MESSENGER) revert NotMessenger(msg.sender);
        (bool sent,) = msg.sender.call{value: amountWei}("");
        if (!sent) revert NotEnough(amountWei, address(this).balance);
    }
}
