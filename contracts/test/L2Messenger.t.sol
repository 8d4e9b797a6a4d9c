// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {L2Bridge} from "../src/l2/L2Bridge.sol";
import {L2Messenger} from "../src/l2/L2Messenger.sol";
import {L2Fixture} from "./support/L2Fixture.sol";
import {Bomb, Burner, Nester, Recorder, Refuser} from "./support/Targets.sol";

contract L2MessengerTest is L2Fixture {
    address private _sender = named("sender on L1");
    address private _user = named("user");

    function setUp() public {
        installPredeploys(address(0));
    }

    function testFuzz_paysADepositOut(uint96 valueWei) public {
        deliver(_sender, _user, valueWei, "");
        isEqual(_user.balance, valueWei, "user");
        isEqual(address(BRIDGE).balance, BRIDGE_WEI - valueWei, "bridge");
        isEqual(address(MESSENGER).balance, 0, "messenger");
        isEqual(MESSENGER.failed(0), 0, "failed");
    }

    function test_tellsTheTargetWhoSent() public {
        Recorder target = new Recorder();
        deliver(_sender, address(target), 5, abi.encodeCall(Recorder.note, (keccak256("x"))));
        isEqual(target.caller(), address(MESSENGER), "caller");
        isEqual(target.l1Sender(), _sender, "sender on L1");
        isEqual(target.valueWei(), 5, "value");
        isEqual(target.noted(), keccak256("x"), "argument");
        isTrue(target.gasAtStart() <= 200_000 + 2_300, "gas limit");
        isTrue(target.gasAtStart() >= 199_000, "gas");
        isEqual(MESSENGER.l1Sender(), address(0), "after the delivery");
    }

    function test_recordsAFailureAndGivesTheEtherBack() public {
        Refuser target = new Refuser();
        VM.recordLogs();
        deliver(_sender, address(target), 1 ether, "abc");
        bytes32 hash = keccak256(abi.encode(uint64(0), _sender, address(target), 1 ether, bytes("abc")));
        isLog(VM.getRecordedLogs()[0], address(MESSENGER), keccak256("MessageFailed(uint64,bytes32)"), abi.encode(hash));
        isEqual(MESSENGER.failed(0), hash, "recorded");
        isEqual(address(BRIDGE).balance, BRIDGE_WEI, "bridge");
        isEqual(address(MESSENGER).balance, 0, "messenger");
        isEqual(ANCHOR.messageCursor(), 1, "cursor");
    }

    function test_retriesWhatFailed() public {
        Refuser target = new Refuser();
        deliver(_sender, address(target), 1 ether, "abc");
        VM.expectRevert(abi.encodeWithSelector(L2Messenger.FailedAgain.selector, 0));
        MESSENGER.retry(0, _sender, address(target), 1 ether, "abc");
        isTrue(MESSENGER.failed(0) != 0, "still failed");
        isEqual(address(BRIDGE).balance, BRIDGE_WEI, "bridge");

        target.setWilling(true);
        VM.expectRevert(abi.encodeWithSelector(L2Messenger.NotFailed.selector, 0));
        MESSENGER.retry(0, _sender, address(target), 1 ether, "abd");
        MESSENGER.retry(0, _sender, address(target), 1 ether, "abc");
        isEqual(address(target).balance, 1 ether, "paid");
        VM.expectRevert(abi.encodeWithSelector(L2Messenger.NotFailed.selector, 0));
        MESSENGER.retry(0, _sender, address(target), 1 ether, "abc");
    }

    /// @dev Else the caller could choose where in the target the gas ends.
    function test_refusesARetryWithLessGasThanTheDelivery() public {
        Refuser target = new Refuser();
        deliver(_sender, address(target), 0, "abc");
        target.setWilling(true);
        bytes memory call = abi.encodeCall(L2Messenger.retry, (0, _sender, address(target), 0, "abc"));
        (bool good,) = address(MESSENGER).call{gas: 240_000}(call);
        isTrue(!good, "too little gas");
        (good,) = address(MESSENGER).call{gas: 300_000}(call);
        isTrue(good, "enough gas");
    }

    /// @dev 32 messages as bad as can be take no more than the 300,000 gas that derivation counts for each.
    function test_deliversThoughTargetsBurnAllGasOrAnswerTooMuch() public {
        address burner = address(new Burner());
        address bomb = address(new Bomb());
        bytes memory data = new bytes(1024);
        for (uint256 i = 0; i < 1024; i++) {
            data[i] = 0xff;
        }
        for (uint256 count = 1; count <= 32; count += 31) {
            bytes[] memory messages = new bytes[](count);
            for (uint256 i = 0; i < count; i++) {
                messages[i] = message(_sender, i % 2 == 0 ? burner : bomb, 1 ether, data);
            }
            uint64 first = ANCHOR.messageCursor();
            tick(messages, 0);
            isEqual(ANCHOR.messageCursor(), first + count, "cursor");
            for (uint64 i = 0; i < count; i++) {
                isTrue((MESSENGER.failed(first + i) != 0) == (i % 2 == 0), "the burner fails, the bomb does not");
            }
        }
    }

    /// @dev Whatever those before it burnt.
    function test_theLastMessageHasItsGasToo() public {
        Recorder target = new Recorder();
        address burner = address(new Burner());
        bytes[] memory messages = new bytes[](32);
        for (uint256 i = 0; i < 31; i++) {
            messages[i] = message(_sender, burner, 1 ether, "");
        }
        messages[31] = message(_sender, address(target), 1 ether, abi.encodeCall(Recorder.note, (keccak256("x"))));
        tick(messages, 0);
        isEqual(target.noted(), keccak256("x"), "delivered");
        isTrue(target.gasAtStart() >= 199_000, "gas");
    }

    /// @dev The bridge obeys the messenger, so a message must never make the messenger call it.
    function test_refusesTheBridgeAndItselfAsTargets() public {
        deliver(_sender, address(BRIDGE), 0, abi.encodeCall(L2Bridge.pay, (100 ether)));
        deliver(_sender, address(MESSENGER), 0, abi.encodeCall(L2Messenger.sendToL1, (_user, "")));
        isTrue(MESSENGER.failed(0) != 0 && MESSENGER.failed(1) != 0, "both failed");
        isEqual(MESSENGER.nextNonce(), 0, "nothing sent");
        isEqual(address(BRIDGE).balance, BRIDGE_WEI, "bridge");
        VM.expectRevert(abi.encodeWithSelector(L2Messenger.FailedAgain.selector, 0));
        MESSENGER.retry(0, _sender, address(BRIDGE), 0, abi.encodeCall(L2Bridge.pay, (100 ether)));
    }

    function test_aRetryWithinAnotherHasItsOwnSender() public {
        Refuser target = new Refuser();
        address other = named("other sender");
        deliver(other, address(target), 3, "");
        target.setWilling(true);
        Nester nester = new Nester();
        bytes memory inner = abi.encodeCall(L2Messenger.retry, (0, other, address(target), 3, ""));
        bytes memory data = abi.encodeCall(Nester.nest, (inner));
        // A delivery's gas is too little for another within.
        deliver(_sender, address(nester), 0, data);
        MESSENGER.retry(1, _sender, address(nester), 0, data);
        isEqual(nester.good() ? 1 : 0, 1, "the inner delivery");
        isEqual(target.l1Sender(), other, "inner sender");
        isEqual(nester.before(), _sender, "outer sender before");
        isEqual(nester.afterwards(), _sender, "outer sender after");
        isEqual(MESSENGER.l1Sender(), address(0), "after all");
    }

    function testFuzz_notesWhatGoesToL1(address target, uint96 valueWei, bytes calldata data) public {
        VM.deal(_user, valueWei);
        bytes32 hash = keccak256(abi.encode(uint64(0), _user, target, uint256(valueWei), data));
        VM.prank(_user);
        isEqual(MESSENGER.sendToL1{value: valueWei}(target, data), 0, "nonce");
        isEqual(MESSENGER.sent(0), hash, "sent");
        // Where a proof from L1 finds it.
        isEqual(VM.load(address(MESSENGER), keccak256(abi.encode(uint256(0), uint256(1)))), hash, "storage");
        isEqual(MESSENGER.nextNonce(), 1, "next");
        isEqual(address(BRIDGE).balance, BRIDGE_WEI + valueWei, "bridge");
    }

    function testFuzz_refusesOtherCallers(address caller) public {
        VM.assume(caller != address(ANCHOR) && caller != address(MESSENGER) && caller != address(BRIDGE));
        VM.expectRevert(abi.encodeWithSelector(L2Messenger.NotSystemAnchor.selector, caller));
        VM.prank(caller);
        MESSENGER.deliver(0, _sender, caller, 1 ether, "");
        VM.expectRevert(abi.encodeWithSelector(L2Bridge.NotMessenger.selector, caller));
        VM.prank(caller);
        BRIDGE.pay(1 ether);
        VM.deal(caller, 2);
        VM.prank(caller);
        (bool good,) = address(BRIDGE).call{value: 1}("");
        isTrue(!good, "the bridge takes no gifts");
        VM.prank(caller);
        (good,) = address(MESSENGER).call{value: 1}("");
        isTrue(!good, "nor does the messenger");
    }

    /// @dev No L1 has so much ether; the delivery still does not fail.
    function test_recordsWhatTheBridgeCannotPay() public {
        deliver(_sender, _user, BRIDGE_WEI + 1, "");
        isTrue(MESSENGER.failed(0) != 0, "failed");
        isEqual(_user.balance, 0, "user");
    }
}
