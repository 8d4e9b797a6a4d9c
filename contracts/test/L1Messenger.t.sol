// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {L1Messenger} from "../src/l1/L1Messenger.sol";
import {FeeVault} from "../src/l2/FeeVault.sol";
import {Predeploys} from "../src/Predeploys.sol";
import {ClusterFixture} from "./support/ClusterFixture.sol";
import {L2Fixture} from "./support/L2Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract L1MessengerTest is ClusterFixture, L2Fixture {
    L1Messenger private _messenger;
    address private _to = named("to");

    function setUp() public {
        deployRegistry(8);
        join();
        _messenger = new L1Messenger(address(registry), _rollups());
        installPredeploys(address(0));
        VM.deal(address(this), type(uint128).max);
    }

    function testFuzz_chainsMessages(address target, uint96 valueWei, bytes calldata data) public {
        VM.assume(data.length <= 1024);
        VM.recordLogs();
        isEqual(_messenger.sendMessage{value: valueWei}(901, target, data), 0, "first");
        Vm.Log memory log = VM.getRecordedLogs()[0];
        isLog(
            log,
            address(_messenger),
            keccak256("MessageSent(uint64,uint64,address,address,uint256,bytes)"),
            abi.encode(address(this), target, uint256(valueWei), data)
        );
        isEqual(uint256(log.topics[1]), 901, "indexed rollup");
        isEqual(uint256(log.topics[2]), 0, "indexed index");
        bytes32 one =
            keccak256(abi.encode(bytes32(0), uint64(0), address(this), target, uint256(valueWei), keccak256(data)));
        isEqual(_messenger.accAt(901, 1), one, "after one");
        _messenger.deposit{value: 5}(901, _to);
        bytes32 two = keccak256(abi.encode(one, uint64(1), address(this), _to, uint256(5), keccak256("")));
        isEqual(_messenger.accAt(901, 2), two, "after two");
        isEqual(_messenger.accAt(901, 1), one, "after one, still");
        isEqual(_messenger.accAt(901, 0), 0, "after none");
        isEqual(_messenger.count(901), 2, "count");
        isEqual(_messenger.count(902), 0, "the other rollup's");
        isEqual(address(_messenger).balance, uint256(valueWei) + 5, "the cover");
    }

    function test_refusesLongDataAndUnknownRollups() public {
        _messenger.sendMessage(902, _to, new bytes(1024));
        VM.expectRevert(abi.encodeWithSelector(L1Messenger.DataTooLong.selector, 1025, 1024));
        _messenger.sendMessage(902, _to, new bytes(1025));
        bytes memory unknown = abi.encodeWithSelector(L1Messenger.UnknownRollup.selector, 903);
        VM.expectRevert(unknown);
        _messenger.sendMessage(903, _to, "");
        VM.expectRevert(unknown);
        _messenger.deposit{value: 1}(903, _to);
        VM.expectRevert(unknown);
        VM.prank(ownerOf(1));
        _messenger.claimFees(903, 1, _to);
    }

    function testFuzz_keepsWhatCoversGenesis(uint96 coverWei) public {
        L1Messenger covered = new L1Messenger{value: coverWei}(address(registry), _rollups());
        covered.deposit{value: 3}(901, _to);
        isEqual(covered.genesisCoverWei(), coverWei, "of genesis");
        isEqual(address(covered).balance, uint256(coverWei) + 3, "of both");
    }

    function test_refusesBadParameters() public {
        VM.expectRevert(abi.encodeWithSelector(L1Messenger.NoRegistry.selector, address(7)));
        new L1Messenger(address(7), _rollups());
        VM.expectRevert(abi.encodeWithSelector(L1Messenger.BadRollups.selector));
        new L1Messenger(address(registry), new uint64[](0));
        VM.expectRevert(abi.encodeWithSelector(L1Messenger.BadRollups.selector));
        new L1Messenger(address(registry), new uint64[](2));
    }

    function test_onlyTheOwnerClaimsFees() public {
        VM.expectRevert(abi.encodeWithSelector(L1Messenger.NotOwner.selector, 1, address(this)));
        _messenger.claimFees(901, 1, _to);
        VM.expectRevert(abi.encodeWithSelector(L1Messenger.NotOwner.selector, 2, address(this)));
        _messenger.claimFees(901, 2, _to);
    }

    /// @dev From the log on L1, as derivation does it, to the payment on L2.
    function test_theLogsMessagePaysTheFees() public {
        VM.deal(address(VAULT), 1000);
        tick(none, 1);
        VM.recordLogs();
        VM.prank(ownerOf(1));
        _messenger.claimFees(901, 1, _to);
        (address sender, address target, uint256 valueWei, bytes memory data) =
            abi.decode(VM.getRecordedLogs()[0].data, (address, address, uint256, bytes));
        isEqual(sender, Predeploys.FEE_VAULT, "sender");
        isEqual(keccak256(data), keccak256(abi.encodeCall(FeeVault.pay, (1, _to))), "data");
        deliver(sender, target, valueWei, data);
        isEqual(_to.balance, 1000, "paid");
    }

    function _rollups() private pure returns (uint64[] memory ids) {
        ids = new uint64[](2);
        (ids[0], ids[1]) = (901, 902);
    }
}
