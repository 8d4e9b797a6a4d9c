// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader} from "../src/l1/BeaconTypes.sol";
import {ClusterInbox} from "../src/l1/ClusterInbox.sol";
import {ForcedQueue} from "../src/l1/ForcedQueue.sol";
import {Batch, Carried} from "../src/l1/InboxTypes.sol";
import {L1Messenger} from "../src/l1/L1Messenger.sol";
import {OperatorRegistry} from "../src/l1/OperatorRegistry.sol";
import {OperatorStanding} from "../src/l1/OperatorStanding.sol";
import {GasMeter} from "./support/GasMeter.sol";
import {InboxFixture} from "./support/InboxFixture.sol";
import {StateFile} from "./support/StateFile.sol";

/// @notice What the calls cost that gas-report.md lists, each with a bound that a careless change would break.
/// @dev The mainnet preset. Storage is written in `setUp`, so that it counts as another transaction's.
contract GasTest is InboxFixture, StateFile, GasMeter {
    L1Messenger private _messenger;

    /// @dev A running cluster of 40 operators, each with a slot in epoch 1000.
    function setUp() public {
        deployCluster(32, 40, 2, 999);
        uint32[2][] memory all = new uint32[2][](32);
        for (uint32 i = 0; i < 32; i++) {
            all[i] = [i, 40 - i];
        }
        for (uint64 epoch = 999; epoch < 1002; epoch++) {
            syncAs(epoch, all);
        }
        for (uint64 epoch = 1002; epoch < 1005; epoch++) {
            syncAs(epoch, new uint32[2][](0));
        }
        atSlot(32_000);
        _messenger = new L1Messenger(address(registry), inboxParameters(2).rollupIds);
        for (uint64 i = 1; i < 4; i++) {
            atSlot(32_000 + i);
            uint64 tick = firstTickOf(32_000 + i);
            propose(posterOf(40 - uint32(i)), batchFor(32_000 + i, tick, tick));
        }
        atSlot(32_005);
        chill(address(registry));
        chill(address(oracle));
        chill(address(inbox));
        chill(address(_messenger));
        chill(BEACON_ROOTS);
    }

    function test_register() public {
        address[2] memory posters = [named("a"), named("b")];
        bytes memory data = abi.encodeCall(OperatorRegistry.register, (posters, named("c")));
        VM.deal(address(this), MIN_STAKE);
        measure("register", address(this), address(registry), MIN_STAKE, data, 290_000);
    }

    function test_rotate() public {
        address[2] memory posters = [named("a"), posterOf(1)];
        bytes memory data = abi.encodeCall(OperatorRegistry.rotate, (1, posters, committerOf(1)));
        measure("rotate, one new key", ownerOf(1), address(registry), 0, data, 160_000);
    }

    function test_addOneValidator() public {
        (uint64 t, BeaconHeader memory h, OperatorRegistry.ValidatorClaim[] memory claims) = claimOf(1, 1_000_050);
        bytes memory data = abi.encodeCall(OperatorRegistry.addValidators, (1, t, h, claims));
        measure("addValidators, 1", ownerOf(1), address(registry), 0, data, 185_000);
    }

    /// @dev Of the mainnet preset's Fulu state, all in one call.
    function test_addFiveValidators() public {
        (State memory state, address owner) = (read("mainnet-fulu"), address(0xfe));
        VM.deal(owner, MIN_STAKE);
        VM.prank(owner);
        registry.register{value: MIN_STAKE}([named("a"), named("b")], named("c"));
        OperatorRegistry.ValidatorClaim[] memory claims = new OperatorRegistry.ValidatorClaim[](5);
        for (uint256 i = 0; i < 5; i++) {
            claims[i] = state.claims[i];
        }
        keepRoot(timeOf(32_005), state.blockRoot);
        bytes memory data = abi.encodeCall(OperatorRegistry.addValidators, (41, timeOf(32_005), state.header, claims));
        measure("addValidators, 5", owner, address(registry), 0, data, 480_000);
    }

    function test_proposeOneBlob() public {
        _propose("propose, 2 rollups, 1 blob", 1, 0, 200_000);
    }

    function test_proposeSixBlobs() public {
        _propose("propose, 2 rollups, 6 blobs", 6, 0, 200_000);
    }

    function test_proposeOneBlobThreeCarried() public {
        _propose("propose, 2 rollups, 1 blob, 3 carried windows", 1, 3, 200_000);
    }

    function test_proposeOpen() public {
        // In an epoch of fallback windows, 64 slots after the last batch.
        atSlot(32_100);
        bytes32[] memory heads = new bytes32[](1);
        heads[0] = inbox.lastHead();
        bytes memory data = abi.encodeCall(ClusterInbox.proposeOpen, (heads));
        measure("proposeOpen", address(this), address(inbox), 0, data, 110_000);
    }

    function test_exit() public {
        bytes memory data = abi.encodeCall(OperatorStanding.exit, (1));
        measure("exit", ownerOf(1), address(registry), 0, data, 80_000);
    }

    function test_slashBelowTheMinimum() public {
        bytes memory data = abi.encodeCall(OperatorStanding.slash, (1, 1 ether));
        measure("slash, below the minimum", slasher, address(registry), 0, data, 100_000);
    }

    function test_enqueue() public {
        bytes memory rawTx = new bytes(200);
        for (uint256 i = 0; i < 200; i++) {
            rawTx[i] = 0xab;
        }
        bytes memory data = abi.encodeCall(ForcedQueue.enqueue, (901, 100_000, rawTx));
        VM.deal(address(this), 1 ether);
        VM.deal(address(0), 1);
        measure("enqueue, 200 bytes", address(this), address(inbox), 1 ether, data, 130_000);
    }

    function test_deposit() public {
        VM.deal(address(this), 1 ether);
        bytes memory data = abi.encodeCall(L1Messenger.deposit, (901, address(this)));
        measure("deposit", address(this), address(_messenger), 1 ether, data, 90_000);
    }

    receive() external payable {}

    function _propose(string memory what, uint8 blobCount, uint64 carried, uint256 bound) private {
        uint64 tick = firstTickOf(32_005);
        Batch memory b = batchFor(32_005, tick, tick + 11);
        b.blobCount = blobCount;
        for (uint64 i = 32_005 - carried; i < 32_005; i++) {
            uint64 from = firstTickOf(i);
            carry(b, Carried(i, uint32(40 - i % 32), from, from + 11));
        }
        withBlobs(blobCount);
        bytes memory data = abi.encodeCall(ClusterInbox.propose, (b));
        measure(what, posterOf(35), address(inbox), 0, data, bound);
    }
}
