// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader} from "../../src/l1/BeaconTypes.sol";
import {LookaheadOracle} from "../../src/l1/LookaheadOracle.sol";
import {OperatorRegistry} from "../../src/l1/OperatorRegistry.sol";
import {BeaconFake} from "./BeaconFake.sol";

/// @title Registry and oracle of a cluster, with operators, validators and schedules as a test wishes
abstract contract ClusterFixture is BeaconFake {
    uint256 internal constant MIN_STAKE = 8 ether;
    uint64 internal constant EXIT_DELAY = 9 days;

    OperatorRegistry internal registry;
    LookaheadOracle internal oracle;
    address internal slasher = named("slasher");
    uint64 internal spe;

    function deployRegistry(uint64 slotsPerEpoch) internal {
        spe = slotsPerEpoch;
        installBeaconRoots();
        atSlot(0);
        registry = new OperatorRegistry(MIN_STAKE, EXIT_DELAY, slasher, parameters(slotsPerEpoch));
        oracle = new LookaheadOracle(address(registry), parameters(slotsPerEpoch));
    }

    function atSlot(uint64 slot) internal {
        VM.warp(timeOf(slot));
    }

    function atEpoch(uint64 epoch) internal {
        atSlot(epoch * spe);
    }

    function ownerOf(uint32 operatorId) internal pure returns (address) {
        return numbered(1_000_000 + operatorId);
    }

    function posterOf(uint32 operatorId) internal pure returns (address) {
        return numbered(2_000_000 + operatorId);
    }

    function secondPosterOf(uint32 operatorId) internal pure returns (address) {
        return numbered(3_000_000 + operatorId);
    }

    function committerOf(uint32 operatorId) internal pure returns (address) {
        return numbered(4_000_000 + operatorId);
    }

    /// @dev The next operator, with the addresses above.
    function join() internal returns (uint32 operatorId) {
        operatorId = registry.operatorCount() + 1;
        address owner = ownerOf(operatorId);
        VM.deal(owner, owner.balance + MIN_STAKE);
        VM.prank(owner);
        registry.register{value: MIN_STAKE}([posterOf(operatorId), secondPosterOf(operatorId)], committerOf(operatorId));
    }

    function credentials(address owner) internal pure returns (bytes32) {
        return bytes32(uint256(1) << 248 | uint160(owner));
    }

    function validatorGindex(uint64 index) internal pure returns (uint256) {
        return ((FULU_VALIDATORS * 2 << 40) + index) * 8 + 1;
    }

    /// @dev One claim with its proof; each needs a block of its own here, as siblings are random.
    function claimOf(uint32 operatorId, uint64 index)
        internal
        returns (uint64 beaconTimestamp, BeaconHeader memory header, OperatorRegistry.ValidatorClaim[] memory claims)
    {
        bytes32 leaf = credentials(ownerOf(operatorId));
        claims = new OperatorRegistry.ValidatorClaim[](1);
        (bytes32[] memory branch, bytes32 root) = grow(leaf, validatorGindex(index), index);
        claims[0] = OperatorRegistry.ValidatorClaim(index, leaf, branch);
        (beaconTimestamp, header) = blockWith(1, root);
    }

    function claim(uint32 operatorId, uint64 index) internal {
        (uint64 t, BeaconHeader memory h, OperatorRegistry.ValidatorClaim[] memory c) = claimOf(operatorId, index);
        VM.prank(ownerOf(operatorId));
        registry.addValidators(operatorId, t, h, c);
    }

    /// @dev Arguments of a sync whose proof is good. The block is the first of the epoch before.
    function lookaheadOf(uint64 epoch, uint64[] memory proposers)
        internal
        returns (uint64 t, BeaconHeader memory h, uint64[] memory whole, bytes32[] memory branch)
    {
        whole = new uint64[](2 * spe);
        for (uint256 i = 0; i < spe; i++) {
            (whole[i], whole[spe + i]) = (1_600_007 + uint64(i), proposers[i]);
        }
        bytes32 root;
        (branch, root) = grow(vectorRoot(whole), FULU_LOOKAHEAD, epoch);
        (t, h) = blockWith((epoch - 1) * spe, root);
    }

    function sync(uint64 epoch, uint64[] memory proposers) internal {
        (uint64 t, BeaconHeader memory h, uint64[] memory whole, bytes32[] memory branch) =
            lookaheadOf(epoch, proposers);
        oracle.sync(epoch, t, h, whole, branch);
    }
}
