// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {L2Messenger} from "../../src/l2/L2Messenger.sol";
import {Predeploys} from "../../src/Predeploys.sol";

/// @dev What the messenger tells while it delivers.
function senderOnL1() view returns (address) {
    return L2Messenger(payable(Predeploys.L2_MESSENGER)).l1Sender();
}

/// @dev Keeps what it was called with.
contract Recorder {
    address public caller;
    address public l1Sender;
    uint256 public valueWei;
    uint256 public gasAtStart;
    bytes32 public noted;

    function note(bytes32 what) external payable {
        gasAtStart = gasleft();
        (caller, l1Sender, valueWei, noted) = (msg.sender, senderOnL1(), msg.value, what);
    }
}

/// @dev Takes nothing until it is willing.
contract Refuser {
    bool public willing;
    address public l1Sender;

    function setWilling(bool now_) external {
        willing = now_;
    }

    fallback() external payable {
        require(willing, "not willing");
        l1Sender = senderOnL1();
    }

    receive() external payable {
        require(willing, "not willing");
        l1Sender = senderOnL1();
    }
}

/// @dev Uses up whatever it gets.
contract Burner {
    fallback() external payable {
        assembly ("memory-safe") { invalid() }
    }
}

/// @dev Answers with as many bytes as its gas can pay.
contract Bomb {
    fallback() external payable {
        assembly { return(0, 200000) }
    }
}

/// @dev Calls the messenger back while it is delivered to.
contract Nester {
    address public before;
    address public afterwards;
    bool public good;

    function nest(bytes calldata call) external {
        before = senderOnL1();
        (good,) = Predeploys.L2_MESSENGER.call(call);
        require(good, "refused");
        afterwards = senderOnL1();
    }
}
