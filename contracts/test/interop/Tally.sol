// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The contract that foreign wallets deploy and use in the interoperability tests
/// @notice Enough to see a write, a read, a log and a revert reason; never deployed by Lockstep.
contract Tally {
    uint256 public total;

    event Added(address indexed by, uint256 amount, uint256 total);

    error TooMuch(uint256 amount, uint256 limit);

    constructor(uint256 start) {
        total = start;
    }

    /// @notice Adds 1 to 1000.
    function add(uint256 amount) external {
        require(amount != 0, "nothing to add");
        if (amount > 1000) revert TooMuch(amount, 1000);
        total += amount;
        emit Added(msg.sender, amount, total);
    }
}
