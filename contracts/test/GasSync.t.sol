// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader} from "../src/l1/BeaconTypes.sol";
import {LookaheadOracle} from "../src/l1/LookaheadOracle.sol";
import {GasMeter} from "./support/GasMeter.sol";
import {InboxFixture} from "./support/InboxFixture.sol";

/// @notice What a sync of the mainnet preset costs, in a place of the ring that an epoch 256 before has used, as after the first day.
/// @dev 48 operators with four validators each, so that the proposers are 32 different ones in every case. Operators 33 to 48 are gone;
/// their claims are the last of each row of the list, so that a draw that falls on the first of them probes 16 in vain.
contract GasSyncTest is InboxFixture, GasMeter {
    uint32 private constant OPERATORS = 48;
    uint32 private constant STAYING = 32;

    function setUp() public {
        deployCluster(32, OPERATORS, 2, 990);
        uint32[2][] memory all = new uint32[2][](32);
        for (uint32 i = 0; i < 32; i++) {
            all[i] = [i, 32 - i];
        }
        for (uint32 i = 0; i < 3 * OPERATORS; i++) {
            claim(1 + i % OPERATORS, validatorOf(1 + i % OPERATORS) + 1 + i / OPERATORS);
        }
        for (uint64 epoch = 1000; epoch < 1003; epoch++) {
            syncAs(epoch, all);
        }
        for (uint32 id = STAYING + 1; id <= OPERATORS; id++) {
            VM.prank(ownerOf(id));
            registry.exit(id);
        }
        _alsoSetUp();
        chill(address(registry));
        chill(address(oracle));
        chill(BEACON_ROOTS);
    }

    function _alsoSetUp() internal virtual {}

    function _what() internal pure virtual returns (string memory) {
        return "";
    }

    function _boundGas() internal pure virtual returns (uint256) {
        return 250_000;
    }

    function test_tenOperators() public {
        _sync("sync, 10 operators", 1256, _drawn(1256, _proposers(10, 32), 0, STAYING), _boundGas());
    }

    function test_allOperatorsDifferent() public {
        _sync("sync, 32 operators", 1256, _drawn(1256, _proposers(32, 32), 0, STAYING), _boundGas());
    }

    function test_fewSlots() public {
        _sync("sync, 3 of 32 slots registered", 1256, _drawn(1256, _proposers(3, 3), 0, STAYING), _boundGas());
    }

    function test_sixteenProbes() public {
        uint64[] memory proposers = _drawn(1256, _proposers(32, 32), STAYING, STAYING + 1);
        _sync("sync, 32 operators, 16 probes", 1256, proposers, _boundGas() + 40_000);
    }

    function test_freshPlace() public {
        _sync("sync, 32 operators, fresh place", 1200, _proposers(32, 32), _boundGas() + 90_000);
    }

    function test_freshPlaceAndSixteenProbes() public {
        uint64[] memory proposers = _drawn(1200, _proposers(32, 32), STAYING, STAYING + 1);
        _sync("sync, 32 operators, 16 probes, fresh place", 1200, proposers, _boundGas() + 130_000);
    }

    function test_whatIsThere() public {
        _sync("sync, epoch is there", 1002, _proposers(32, 32), 70_000);
    }

    /// @dev From the three validators of an operator that no earlier epoch has touched.
    function _proposers(uint32 operators, uint64 slots) private pure returns (uint64[] memory proposers) {
        proposers = new uint64[](32);
        for (uint32 i = 0; i < 32; i++) {
            proposers[i] = i < slots ? validatorOf(1 + i % operators) + i / operators : 1_500_000 + i;
        }
    }

    /// @dev Their order decides the draw: another one, until it begins in this range of each row of the list.
    function _drawn(uint64 epoch, uint64[] memory proposers, uint256 from, uint256 to)
        private
        view
        returns (uint64[] memory)
    {
        uint256 start = _start(epoch, proposers);
        for (uint256 i = 0; start < from || start >= to; i++) {
            uint256 random = uint256(keccak256(abi.encode(i)));
            (uint256 a, uint256 b) = (random % 32, (random >> 8) % 32);
            (proposers[a], proposers[b]) = (proposers[b], proposers[a]);
            start = _start(epoch, proposers);
        }
        return proposers;
    }

    function _start(uint64 epoch, uint64[] memory proposers) private view returns (uint256) {
        return uint256(keccak256(abi.encode(epoch, proposers))) % registry.validatorCountAt(epoch) % OPERATORS;
    }

    function _sync(string memory what, uint64 epoch, uint64[] memory proposers, uint256 bound) private {
        atEpoch(epoch - 1);
        (uint64 t, BeaconHeader memory h, uint64[] memory whole, bytes32[] memory branch) =
            lookaheadOf(epoch, proposers);
        bytes memory data = abi.encodeCall(LookaheadOracle.sync, (epoch, t, h, whole, branch));
        measure(string.concat(what, _what()), address(this), address(oracle), 0, data, bound);
    }
}

/// @notice The dearest: every operator once fell below the minimum and came back, so that its intervals have to be read.
contract GasSyncWorstTest is GasSyncTest {
    function _alsoSetUp() internal override {
        atEpoch(991);
        for (uint32 id = 1; id <= 32; id++) {
            VM.prank(slasher);
            registry.slash(id, 1);
            VM.deal(address(this), 1);
            registry.topUp{value: 1}(id);
            VM.prank(ownerOf(id));
            registry.rejoin(id);
        }
    }

    function _what() internal pure override returns (string memory) {
        return ", all of which came back";
    }

    function _boundGas() internal pure override returns (uint256) {
        return 320_000;
    }
}
