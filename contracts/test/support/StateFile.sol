// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader, BeaconParameters, StateLayout} from "../../src/l1/BeaconTypes.sol";
import {OperatorRegistry} from "../../src/l1/OperatorRegistry.sol";
import {BeaconFake} from "./BeaconFake.sol";

/// @title Reads what tool/beacon-states.mjs wrote
abstract contract StateFile is BeaconFake {
    struct State {
        uint64 slotsPerEpoch;
        BeaconHeader header;
        bytes32 blockRoot;
        uint64[] proposers;
        bytes32[] lookaheadBranch;
        OperatorRegistry.ValidatorClaim[] claims;
    }

    function read(string memory name) internal view returns (State memory s) {
        string memory json = VM.readFile(string.concat("test/states/", name, ".json"));
        s.slotsPerEpoch = uint64(VM.parseJsonUint(json, ".slotsPerEpoch"));
        s.header.slot = uint64(VM.parseJsonUint(json, ".header.slot"));
        s.header.proposerIndex = uint64(VM.parseJsonUint(json, ".header.proposerIndex"));
        s.header.parentRoot = VM.parseJsonBytes32(json, ".header.parentRoot");
        s.header.stateRoot = VM.parseJsonBytes32(json, ".header.stateRoot");
        s.header.bodyRoot = VM.parseJsonBytes32(json, ".header.bodyRoot");
        s.blockRoot = VM.parseJsonBytes32(json, ".blockRoot");
        s.proposers = _numbers(VM.parseJsonUintArray(json, ".proposers"));
        s.lookaheadBranch = VM.parseJsonBytes32Array(json, ".lookaheadBranch");
        uint64[] memory indices = _numbers(VM.parseJsonUintArray(json, ".provenIndices"));
        s.claims = new OperatorRegistry.ValidatorClaim[](indices.length);
        for (uint256 i = 0; i < indices.length; i++) {
            string memory place = string.concat(".validators[", VM.toString(i), "]");
            bytes32 credentials = VM.parseJsonBytes32(json, string.concat(place, ".withdrawalCredentials"));
            bytes32[] memory branch = VM.parseJsonBytes32Array(json, string.concat(place, ".branch"));
            s.claims[i] = OperatorRegistry.ValidatorClaim(indices[i], credentials, branch);
        }
    }

    /// @dev Both forks, Gloas from epoch 3 on, as the states' chain has it.
    function parametersOf(State memory s) internal pure returns (BeaconParameters memory p) {
        p = parameters(s.slotsPerEpoch);
        p.layouts[1] = StateLayout(3 * s.slotsPerEpoch, 2960, 358, true);
    }

    function _numbers(uint256[] memory wide) private pure returns (uint64[] memory narrow) {
        narrow = new uint64[](wide.length);
        for (uint256 i = 0; i < wide.length; i++) {
            narrow[i] = uint64(wide[i]);
        }
    }
}
