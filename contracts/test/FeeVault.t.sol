// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeVault} from "../src/l2/FeeVault.sol";
import {L2Fixture} from "./support/L2Fixture.sol";

contract FeeVaultTest is L2Fixture {
    address private _treasury = named("treasury");
    address private _to = named("operator on L2");

    function setUp() public {
        installPredeploys(_treasury);
    }

    function testFuzz_sharesFourToOne(uint96 firstWei, uint96 secondWei) public {
        _blockBrings(firstWei);
        tick(none, 1);
        _blockBrings(secondWei);
        tick(none, 2);
        isEqual(VAULT.operatorWei(1), firstWei - firstWei / 5, "operator 1");
        isEqual(VAULT.operatorWei(2), secondWei - secondWei / 5, "operator 2");
        isEqual(VAULT.treasuryWei(), firstWei / 5 + secondWei / 5, "treasury");
        isEqual(VAULT.creditedWei(), uint256(firstWei) + secondWei, "credited");
    }

    function test_givesAllToTheTreasuryAfterAnOpenBlock() public {
        _blockBrings(100);
        tick(none, 0);
        isEqual(VAULT.treasuryWei(), 100, "treasury");
    }

    function test_withoutTreasuryTheOperatorGetsAll() public {
        installPredeploys(address(0));
        _blockBrings(100);
        tick(none, 0);
        isEqual(VAULT.creditedWei(), 0, "waits for the next operator");
        _blockBrings(7);
        tick(none, 3);
        isEqual(VAULT.operatorWei(3), 107, "operator 3");
        VM.expectRevert(abi.encodeWithSelector(FeeVault.NoTreasury.selector));
        VAULT.payTreasury();
    }

    function test_paysTheTreasuryOnAnyonesCall() public {
        _blockBrings(100);
        tick(none, 1);
        VAULT.payTreasury();
        VAULT.payTreasury();
        isEqual(_treasury.balance, 20, "paid once");
        isEqual(VAULT.creditedWei(), 80, "credited");
    }

    function test_paysAnOperatorByItsOwnersMessage() public {
        _blockBrings(100);
        tick(none, 1);
        deliver(address(VAULT), address(VAULT), 0, abi.encodeCall(FeeVault.pay, (1, _to)));
        isEqual(_to.balance, 80, "paid");
        isEqual(VAULT.operatorWei(1), 0, "nothing left");
        // The balance holds what is owed and nothing new: a claim in between makes no fees.
        tick(none, 1);
        isEqual(VAULT.operatorWei(1), 0, "nothing new");
        isEqual(VAULT.creditedWei(), 20, "the treasury's");
    }

    function test_refusesAnyoneElsesMessageAndCall() public {
        _blockBrings(100);
        tick(none, 1);
        deliver(_to, address(VAULT), 0, abi.encodeCall(FeeVault.pay, (1, _to)));
        isTrue(MESSENGER.failed(0) != 0, "a message of somebody");
        VM.expectRevert(abi.encodeWithSelector(FeeVault.NotOperatorsMessage.selector, address(this), address(0)));
        VAULT.pay(1, _to);
        VM.expectRevert(abi.encodeWithSelector(FeeVault.NotOperatorsMessage.selector, address(MESSENGER), address(0)));
        VM.prank(address(MESSENGER));
        VAULT.pay(1, _to);
        VM.expectRevert(abi.encodeWithSelector(FeeVault.NotSystemAnchor.selector, address(this)));
        VAULT.credit(1);
    }

    function test_keepsTheFeesOfAReceiverThatRefuses() public {
        _blockBrings(100);
        tick(none, 1);
        // This contract takes no ether.
        deliver(address(VAULT), address(VAULT), 0, abi.encodeCall(FeeVault.pay, (1, address(this))));
        isTrue(MESSENGER.failed(0) != 0, "failed");
        isEqual(VAULT.operatorWei(1), 80, "kept");
        isEqual(VAULT.creditedWei(), 100, "credited");
    }

    function _blockBrings(uint256 feesWei) private {
        VM.deal(address(VAULT), address(VAULT).balance + feesWei);
    }
}
