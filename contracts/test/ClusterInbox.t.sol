// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClusterInbox} from "../src/ClusterInbox.sol";
import {OperatorRegistry} from "../src/OperatorRegistry.sol";
import {TestBase} from "./support/TestBase.sol";
import {Vm} from "./support/Vm.sol";

/// @dev A poster that is a contract.
contract PosterContract {
    function post(ClusterInbox inbox, ClusterInbox.Batch calldata batch) external {
        inbox.propose(batch);
    }
}

contract ClusterInboxTest is TestBase {
    bytes32 private constant GENESIS_HEAD = keccak256("genesis head");
    uint256 private constant STAKE = 1000 ether;

    OperatorRegistry private _registry;
    ClusterInbox private _inbox;
    address private _owner = named("owner");
    address private _poster = named("early poster");
    address private _poster2 = named("own-slot poster");

    function setUp() public {
        VM.chainId(900);
        VM.deal(_owner, 10 * STAKE);
        _registry = new OperatorRegistry(STAKE, 1 days);
        VM.prank(_owner);
        _registry.register{value: STAKE}([_poster, _poster2], named("committer"));
        _inbox = new ClusterInbox(address(_registry), GENESIS_HEAD);
    }

    // --- construction

    function test_beginsWithTheGenesis() public view {
        bytes32 id = keccak256(abi.encode(uint256(900), address(_inbox)));
        isEqual(_inbox.clusterId(), id, "clusterId");
        isEqual(_inbox.genesisBatchHash(), keccak256(abi.encode(id, GENESIS_HEAD)), "genesisBatchHash");
        isEqual(_inbox.lastBatchHash(), _inbox.genesisBatchHash(), "lastBatchHash");
        isEqual(_inbox.lastHead(), GENESIS_HEAD, "lastHead");
        isEqual(_inbox.lastBatchIndex(), 0, "lastBatchIndex");
        isEqual(_inbox.batchHash(0), bytes32(0), "no batch 0");
        isEqual(_inbox.registry(), address(_registry), "registry");
    }

    function test_refusesARegistryThatIsNoContract() public {
        VM.expectRevert(abi.encodeWithSelector(ClusterInbox.NoRegistry.selector, address(7)));
        new ClusterInbox(address(7), GENESIS_HEAD);
    }

    // --- propose

    function test_chainsABatch() public {
        ClusterInbox.Batch memory batch = _batch(_inbox.genesisBatchHash(), 2, 3);
        bytes32[] memory blobs = _blobs(3);
        bytes32 genesis = _inbox.lastBatchHash();
        VM.blobhashes(blobs);
        VM.recordLogs();
        VM.prank(_poster);
        _inbox.propose(batch);

        bytes32[] memory heads = new bytes32[](2);
        heads[0] = batch.rollups[0].lastBlockHash;
        heads[1] = batch.rollups[1].lastBlockHash;
        bytes32 head = keccak256(abi.encode(heads));
        bytes32 hash = keccak256(abi.encode(genesis, keccak256(abi.encode(batch)), blobs, uint32(1)));
        isEqual(_inbox.lastBatchIndex(), 1, "index");
        isEqual(_inbox.lastHead(), head, "head");
        isEqual(_inbox.lastBatchHash(), hash, "hash");
        isEqual(_inbox.batchHash(1), hash, "hash by index");
        isEqual(_inbox.batchHash(2), bytes32(0), "no next");

        Vm.Log[] memory logs = VM.getRecordedLogs();
        isEqual(logs.length, 1, "one log");
        isLog(
            logs[0],
            address(_inbox),
            keccak256("BatchProposed(uint64,uint32,uint64,bytes32,bytes32,bytes32[])"),
            abi.encode(batch.windowSlot, hash, head, blobs)
        );
        isEqual(uint256(logs[0].topics[1]), 1, "indexed batchIndex");
        isEqual(uint256(logs[0].topics[2]), 1, "indexed operatorId");
    }

    function test_takesTheSecondPosterAndTheLastHead() public {
        _post(_poster, _batch(GENESIS_HEAD, 1, 1), 1);
        _post(_poster2, _batch(_inbox.lastHead(), 1, 1), 1);
        isEqual(_inbox.lastBatchIndex(), 2, "index");
    }

    function test_takesAContractAsPoster() public {
        PosterContract poster = new PosterContract();
        VM.prank(_owner);
        _registry.register{value: STAKE}([address(poster), named("other poster")], named("other committer"));
        VM.blobhashes(_blobs(1));
        poster.post(_inbox, _batch(GENESIS_HEAD, 1, 1));
        isEqual(_inbox.lastBatchIndex(), 1, "index");
    }

    function test_takesAnyOfSeveralExpectedHeads() public {
        ClusterInbox.Batch memory batch = _batch(GENESIS_HEAD, 1, 1);
        batch.expected = new bytes32[](3);
        batch.expected[0] = keccak256("elsewhere");
        batch.expected[2] = _inbox.genesisBatchHash();
        _post(_poster, batch, 1);
        isEqual(_inbox.lastBatchIndex(), 1, "index");
    }

    function test_refusesABatchThatStandsElsewhere() public {
        bytes memory unexpected =
            abi.encodeWithSelector(ClusterInbox.UnexpectedHead.selector, _inbox.genesisBatchHash(), GENESIS_HEAD);
        _refuse(_poster, _batch(keccak256("elsewhere"), 1, 1), 1, unexpected);
        ClusterInbox.Batch memory none = _batch(GENESIS_HEAD, 1, 1);
        none.expected = new bytes32[](0);
        _refuse(_poster, none, 1, unexpected);
    }

    function test_refusesTheSameBatchTwice() public {
        ClusterInbox.Batch memory batch = _batch(GENESIS_HEAD, 1, 1);
        _post(_poster, batch, 1);
        bytes memory unexpected =
            abi.encodeWithSelector(ClusterInbox.UnexpectedHead.selector, _inbox.lastBatchHash(), _inbox.lastHead());
        _refuse(_poster, batch, 1, unexpected);
    }

    function testFuzz_refusesWhoeverIsNoPoster(address sender) public {
        VM.assume(sender != _poster && sender != _poster2);
        _refuse(sender, _batch(GENESIS_HEAD, 1, 1), 1, abi.encodeWithSelector(ClusterInbox.NotAPoster.selector, sender));
    }

    function test_refusesAFrozenOperator() public {
        VM.prank(_owner);
        _registry.freeze(1);
        _refuse(_poster, _batch(GENESIS_HEAD, 1, 1), 1, abi.encodeWithSelector(ClusterInbox.Frozen.selector, 1));
    }

    function test_takesAnExitedOperatorUntilItsStakeIsGone() public {
        VM.prank(_owner);
        _registry.exit(1);
        _post(_poster, _batch(GENESIS_HEAD, 1, 1), 1);
        VM.warp(block.timestamp + 1 days);
        VM.prank(_owner);
        _registry.withdraw(1);
        bytes memory notAPoster = abi.encodeWithSelector(ClusterInbox.NotAPoster.selector, _poster);
        _refuse(_poster, _batch(_inbox.lastHead(), 1, 1), 1, notAPoster);
    }

    function test_refusesABatchWithoutRollups() public {
        ClusterInbox.Batch memory batch = _batch(GENESIS_HEAD, 0, 1);
        _refuse(_poster, batch, 1, abi.encodeWithSelector(ClusterInbox.NoRollups.selector));
    }

    function testFuzz_takesOneToSixBlobsAndNoneUndeclared(uint8 declared, uint8 carried) public {
        carried %= 10;
        ClusterInbox.Batch memory batch = _batch(GENESIS_HEAD, 1, declared);
        if (declared >= 1 && declared <= 6 && declared == carried) {
            _post(_poster, batch, carried);
            isEqual(_inbox.lastBatchIndex(), 1, "index");
        } else {
            bytes memory bad = abi.encodeWithSelector(ClusterInbox.BadBlobCount.selector, declared, carried);
            _refuse(_poster, batch, carried, bad);
        }
    }

    /// @dev Any field changed gives another hash: nothing declared is left unbound.
    function testFuzz_bindsEveryField(uint256 field, uint64 change) public {
        VM.assume(change != 0);
        ClusterInbox.Batch memory a = _batch(GENESIS_HEAD, 2, 2);
        ClusterInbox.Batch memory b = _batch(GENESIS_HEAD, 2, 2);
        field %= 16;
        if (field == 0) b.windowSlot ^= change;
        if (field == 1) b.firstTick ^= change;
        if (field == 2) b.lastTick ^= change;
        if (field == 3) b.anchorNumber ^= change;
        if (field == 4) b.anchorHash ^= bytes32(uint256(change));
        if (field == 5) b.msgTo ^= change;
        if (field == 6) b.headersRoot ^= bytes32(uint256(change));
        if (field == 7) b.rollups[1].rollupId ^= change;
        if (field == 8) b.rollups[1].lastBlockHash ^= bytes32(uint256(change));
        if (field == 9) b.rollups[0].offset = ~b.rollups[0].offset;
        if (field == 10) b.rollups[0].length = ~b.rollups[0].length;
        if (field == 11) b.carried[0].windowSlot ^= change;
        if (field == 12) b.carried[0].lastTick ^= change;
        if (field == 13) b.carried[0].firstTick ^= change;
        if (field == 14) b.carried[0].operatorId = ~b.carried[0].operatorId;
        if (field == 15) b.expected = _pair(GENESIS_HEAD, bytes32(uint256(change)));
        isTrue(_hashAfter(a) != _hashAfter(b), "the hash names the field");
    }

    function test_keepsTheNewest8192Hashes() public {
        bytes32 second;
        for (uint256 i = 1; i <= 8194; i++) {
            _post(_poster, _batch(_inbox.lastHead(), 1, 1), 1);
            if (i == 2) second = _inbox.lastBatchHash();
            if (i == 8193) isEqual(_inbox.batchHash(2), second, "2 is the oldest of 8192");
        }
        isEqual(_inbox.batchHash(2), bytes32(0), "2 is gone");
        isTrue(_inbox.batchHash(3) != bytes32(0), "3 is the oldest");
        isTrue(_inbox.batchHash(8192) != bytes32(0), "a multiple of the length");
        isEqual(_inbox.batchHash(8194), _inbox.lastBatchHash(), "newest");
        isEqual(_inbox.batchHash(8195), bytes32(0), "none yet");
        isEqual(_inbox.batchHash(type(uint64).max), bytes32(0), "far ahead");
    }

    // --- helpers

    function _post(address sender, ClusterInbox.Batch memory batch, uint256 blobCount) private {
        VM.blobhashes(_blobs(blobCount));
        VM.prank(sender);
        _inbox.propose(batch);
    }

    function _refuse(address sender, ClusterInbox.Batch memory batch, uint256 blobCount, bytes memory reason) private {
        VM.blobhashes(_blobs(blobCount));
        VM.expectRevert(reason);
        VM.prank(sender);
        _inbox.propose(batch);
    }

    /// @dev The hash that a fresh inbox at the same address would give: state is put back by the failing call around it.
    function _hashAfter(ClusterInbox.Batch memory batch) private returns (bytes32 hash) {
        try this.postAndRevert(batch) {
            revert("must revert");
        } catch (bytes memory reason) {
            hash = abi.decode(reason, (bytes32));
        }
    }

    function postAndRevert(ClusterInbox.Batch memory batch) external {
        _post(_poster, batch, batch.blobCount);
        bytes32 hash = _inbox.lastBatchHash();
        assembly ("memory-safe") {
            mstore(0, hash)
            revert(0, 32)
        }
    }

    function _batch(bytes32 standsOn, uint256 rollupCount, uint8 blobCount)
        private
        pure
        returns (ClusterInbox.Batch memory batch)
    {
        batch.expected = new bytes32[](1);
        batch.expected[0] = standsOn;
        batch.windowSlot = 4321;
        batch.carried = new ClusterInbox.Carried[](1);
        batch.carried[0] = ClusterInbox.Carried({windowSlot: 4320, operatorId: 2, firstTick: 90, lastTick: 99});
        batch.firstTick = 100;
        batch.lastTick = 107;
        batch.anchorNumber = 5000;
        batch.anchorHash = keccak256("anchor");
        batch.headersRoot = keccak256("headers");
        batch.rollups = new ClusterInbox.RollupPart[](rollupCount);
        for (uint32 i = 0; i < rollupCount; i++) {
            batch.rollups[i] = ClusterInbox.RollupPart({
                rollupId: 901 + i,
                lastBlockHash: keccak256(abi.encode("last block", uint256(i))),
                offset: 100 + 1000 * i,
                length: 1000
            });
        }
        batch.blobCount = blobCount;
    }

    function _pair(bytes32 first, bytes32 second) private pure returns (bytes32[] memory pair) {
        pair = new bytes32[](2);
        (pair[0], pair[1]) = (first, second);
    }

    function _blobs(uint256 count) private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = bytes32(uint256(1) << 248) | (keccak256(abi.encode("blob", i)) >> 8);
        }
    }
}
