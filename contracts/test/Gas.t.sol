// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClusterInbox} from "../src/ClusterInbox.sol";
import {OperatorRegistry} from "../src/OperatorRegistry.sol";
import {SystemAnchor} from "../src/SystemAnchor.sol";
import {TestBase} from "./support/TestBase.sol";

/// @notice What the calls cost that gas-report.md lists, each with a bound that a careless change would break.
/// @dev Counted as whole transactions: the call's own gas on cold storage, plus 21,000 and the calldata (16 gas a non-zero
/// byte, 4 a zero byte). forge's own report cannot be used: it makes a transaction of each call, and takes no blobs there.
contract GasTest is TestBase {
    OperatorRegistry private _registry;
    ClusterInbox private _inbox;
    address private _owner = named("owner");
    address private _poster = named("poster");

    /// @dev forge prints it with -vv.
    event log_named_uint(string what, uint256 gas);

    /// @dev A running cluster: the fields of the inbox were written before.
    function setUp() public {
        VM.deal(_owner, 1_000_000 ether);
        _registry = new OperatorRegistry(1 ether, 1 days);
        VM.prank(_owner);
        _registry.register{value: 1 ether}([_poster, named("poster 2")], named("committer"));
        _inbox = new ClusterInbox(address(_registry), keccak256("head"));
        for (uint256 i = 0; i < 3; i++) {
            VM.blobhashes(_blobs(1));
            _call(_poster, address(_inbox), 0, _proposal(1, 1));
        }
    }

    function test_register() public {
        address[2] memory posters = [named("a"), named("b")];
        bytes memory data = abi.encodeCall(OperatorRegistry.register, (posters, named("c")));
        _report("register", _call(_owner, address(_registry), 1 ether, data), data, 235_000);
    }

    function test_addOneValidator() public {
        bytes memory data = _claim(1);
        _report("addValidators, 1", _call(_owner, address(_registry), 0, data), data, 55_000);
    }

    function test_add16Validators() public {
        bytes memory data = _claim(16);
        _report("addValidators, 16", _call(_owner, address(_registry), 0, data), data, 425_000);
    }

    /// @dev The ring's slot is new, as it is for the first 8192 batches.
    function test_proposeOneRollupOneBlob() public {
        _propose("propose, 1 rollup, 1 blob", 1, 1, 85_000);
    }

    function test_proposeOneRollupSixBlobs() public {
        _propose("propose, 1 rollup, 6 blobs", 1, 6, 87_000);
    }

    function test_proposeFourRollupsSixBlobs() public {
        _propose("propose, 4 rollups, 6 blobs", 4, 6, 97_000);
    }

    /// @dev Every L2 block pays this once.
    function test_tick() public {
        SystemAnchor anchor = new SystemAnchor();
        bytes[] memory none = new bytes[](0);
        bytes32 h = keccak256("a hash");
        _call(anchor.SYSTEM(), address(anchor), 0, abi.encodeCall(SystemAnchor.tick, (4999, ~h, h, none, none, 1)));
        VM.cool(address(anchor));
        bytes memory data = abi.encodeCall(SystemAnchor.tick, (5000, h, ~h, none, none, 2));
        _report("tick", _call(anchor.SYSTEM(), address(anchor), 0, data), data, 45_000);
    }

    function _propose(string memory what, uint256 rollups, uint8 blobs, uint256 bound) private {
        bytes memory data = _proposal(rollups, blobs);
        VM.blobhashes(_blobs(blobs));
        _report(what, _call(_poster, address(_inbox), 0, data), data, bound);
    }

    function _call(address from, address to, uint256 valueWei, bytes memory data) private returns (uint256 gas) {
        VM.prank(from);
        (bool good,) = to.call{value: valueWei}(data);
        isTrue(good, "the call succeeds");
        return VM.lastCallGas().gasTotalUsed;
    }

    function _report(string memory what, uint256 callGas, bytes memory data, uint256 bound) private {
        uint256 gas = 21_000 + callGas;
        for (uint256 i = 0; i < data.length; i++) {
            gas += data[i] == 0 ? 4 : 16;
        }
        emit log_named_uint(what, gas);
        if (gas > bound) revert NotEqual("gas is above its bound", bytes32(gas), bytes32(bound));
    }

    function _claim(uint64 count) private pure returns (bytes memory) {
        uint64[] memory indices = new uint64[](count);
        for (uint64 i = 0; i < count; i++) {
            indices[i] = 500 + i;
        }
        return abi.encodeCall(OperatorRegistry.addValidators, (1, indices));
    }

    function _proposal(uint256 rollups, uint8 blobs) private view returns (bytes memory) {
        ClusterInbox.Batch memory batch;
        batch.expected = new bytes32[](1);
        batch.expected[0] = _inbox.lastHead();
        batch.windowSlot = 4321;
        batch.carried = new ClusterInbox.Carried[](1);
        batch.carried[0] = ClusterInbox.Carried({windowSlot: 4320, operatorId: 2, firstTick: 90, lastTick: 99});
        (batch.firstTick, batch.lastTick) = (100, 107);
        (batch.anchorNumber, batch.anchorHash) = (5000, keccak256("anchor"));
        batch.headersRoot = keccak256("headers");
        batch.rollups = new ClusterInbox.RollupPart[](rollups);
        for (uint64 i = 0; i < rollups; i++) {
            batch.rollups[i] = ClusterInbox.RollupPart(901 + i, keccak256(abi.encode(i)), 0, 100_000);
        }
        batch.blobCount = blobs;
        return abi.encodeCall(ClusterInbox.propose, (batch));
    }

    function _blobs(uint256 count) private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = keccak256(abi.encode("blob", i));
        }
    }
}
