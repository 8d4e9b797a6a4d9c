// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Predeploys} from "../Predeploys.sol";
import {L2Messenger} from "./L2Messenger.sol";

/// @title Priority fees, shared between the operators and the rollup's treasury
/// @notice Coinbase of every L2 block. What a block brought is credited when the next one begins: 80 % to the operator that
/// sequenced it and 20 % to the treasury. Base fees burn and never come here.
/// @dev Protocol §2.1. A predeploy at 0x4c6f636b73746570000000000000000000000003; genesis writes the treasury into slot 0.
/// An operator is an L1 identity, so it asks on L1 (`L1Messenger.claimFees`) and names any L2 address to be paid.
contract FeeVault {
    /// @dev The treasury's share of what comes: one part of five.
    uint256 private constant TREASURY_PART = 5;

    /// @notice Where the treasury's share goes; zero: this rollup has no treasury.
    address public treasury;
    /// @notice Credited to the treasury and not paid yet, wei.
    uint256 public treasuryWei;
    /// @notice Credited to anybody and not paid yet, wei.
    uint256 public creditedWei;
    /// @notice Credited to an operator and not paid yet, wei.
    mapping(uint32 operatorId => uint256 amountWei) public operatorWei;

    event FeesPaid(uint32 indexed operatorId, address indexed to, uint256 amountWei);
    event TreasuryPaid(address indexed to, uint256 amountWei);

    /// @notice Only `SystemAnchor` credits.
    error NotSystemAnchor(address caller);
    /// @notice Only a message that `L1Messenger` made for an operator's owner pays an operator.
    error NotOperatorsMessage(address caller, address l1Sender);
    /// @notice This rollup's genesis names no treasury.
    error NoTreasury();
    /// @notice The receiver refused the ether.
    error TransferFailed(address to, uint256 amountWei);

    /// @notice Fees are credited to the coinbase without a call; whoever sends ether gives it to those who share the fees.
    receive() external payable {}

    /// @notice Shares out what came since the last call.
    /// @dev Cannot fail when called at the beginning of a block: the balance is never less than what is credited.
    /// @param operatorId who sequenced the block before; 0 (an open block): all of it is the treasury's, or without one waits
    /// for the next operator
    function credit(uint32 operatorId) external {
        if (msg.sender != Predeploys.SYSTEM_ANCHOR) revert NotSystemAnchor(msg.sender);
        uint256 credited = creditedWei;
        uint256 cameWei = address(this).balance - credited;
        bool hasTreasury = treasury != address(0);
        if (cameWei == 0 || (operatorId == 0 && !hasTreasury)) return;
        uint256 treasuryShare = operatorId == 0 ? cameWei : hasTreasury ? cameWei / TREASURY_PART : 0;
        creditedWei = credited + cameWei;
        if (treasuryShare != 0) treasuryWei += treasuryShare;
        if (operatorId != 0) operatorWei[operatorId] += cameWei - treasuryShare;
    }

    /// @notice Pays an operator all that is credited to it.
    /// @dev Reached only by a message whose L1 sender is this very address. On L1 nobody has it; `L1Messenger.claimFees` writes
    /// it for the operator's owner. A receiver that refuses makes the message fail, and anyone may retry it.
    function pay(uint32 operatorId, address to) external {
        address l1Sender =
            msg.sender == Predeploys.L2_MESSENGER ? L2Messenger(payable(msg.sender)).l1Sender() : address(0);
        if (l1Sender != address(this)) revert NotOperatorsMessage(msg.sender, l1Sender);
        uint256 amountWei = operatorWei[operatorId];
        operatorWei[operatorId] = 0;
        emit FeesPaid(operatorId, to, amountWei);
        _send(to, amountWei);
    }

    /// @notice Pays the treasury all that is credited to it. Anyone may call.
    function payTreasury() external {
        address to = treasury;
        if (to == address(0)) revert NoTreasury();
        uint256 amountWei = treasuryWei;
        treasuryWei = 0;
        emit TreasuryPaid(to, amountWei);
        _send(to, amountWei);
    }

    /// @dev All accounts are written before the receiver gets control.
    function _send(address to, uint256 amountWei) private {
        creditedWei -= amountWei;
        (bool sent,) = to.call{value: amountWei}("");
        if (!sent) revert TransferFailed(to, amountWei);
    }
}
