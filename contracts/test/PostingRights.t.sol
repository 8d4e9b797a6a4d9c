// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PostingHandler} from "./support/PostingHandler.sol";
import {TestBase} from "./support/TestBase.sol";

/// @notice Whatever anybody posts: nobody but the scheduled operator's poster gets own ticks into the inbox, what is carried is named
/// with its operator, no stranger's batch closes an open window, and what the rules allow is taken.
contract PostingRightsTest is TestBase {
    PostingHandler private _handler;

    function setUp() public {
        _handler = new PostingHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory selectors) {
        selectors = new FuzzSelector[](1);
        bytes4[] memory chosen = new bytes4[](6);
        // Posts twice as often as the rest.
        (chosen[0], chosen[1]) = (PostingHandler.propose.selector, PostingHandler.propose.selector);
        (chosen[2], chosen[3]) = (PostingHandler.passTime.selector, PostingHandler.proposeOpen.selector);
        (chosen[4], chosen[5]) = (PostingHandler.rotate.selector, PostingHandler.freeze.selector);
        selectors[0] = FuzzSelector(address(_handler), chosen);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function invariant_theInboxJudgesByTheRules() public view {
        isEqual(_handler.inboxUnderTest().lastBatchIndex(), _handler.posted(), "posts");
        isEqual(_handler.inboxUnderTest().lastOwnedSlot(), _handler.lastOwned(), "last owned slot");
    }

    /// @dev The handler reaches every kind of post: else the invariant would say nothing.
    function test_theHandlerDoesWhatItShall() public {
        for (uint256 i = 0; i < 2000; i++) {
            uint256 seed = uint256(keccak256(abi.encode("run", i)));
            if (i % 3 == 0) _handler.passTime(seed);
            if (i % 40 == 0) _handler.rotate(seed);
            if (i % 200 == 0) _handler.freeze(seed);
            if (i % 9 == 0) _handler.proposeOpen(seed);
            _handler.propose(seed);
        }
        invariant_theInboxJudgesByTheRules();
        isTrue(_handler.ownedPosts() > 100, "own posts");
        isTrue(_handler.carriedRanges() > 50, "carried ranges");
        isTrue(_handler.strangersPosts() > 3, "strangers' posts");
        isTrue(_handler.openBlocks() > 3, "open blocks");
        isTrue(_handler.refusals() > 500, "refusals");
    }
}
