// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconChain} from "../src/l1/BeaconChain.sol";
import {BeaconHeader} from "../src/l1/BeaconTypes.sol";
import {LookaheadOracle} from "../src/l1/LookaheadOracle.sol";
import {OperatorRegistry} from "../src/l1/OperatorRegistry.sol";
import {SszBranch} from "../src/l1/SszBranch.sol";
import {StateFile} from "./support/StateFile.sol";

/// @notice The proofs of states that another implementation made: both presets, both forks.
abstract contract RealStateTest is StateFile {
    /// @dev The owner that the states' validators name.
    address private constant OWNER = 0x00000000000000000000000000000000000000fe;

    OperatorRegistry private _registry;
    LookaheadOracle private _oracle;
    State private _state;
    uint64 private _time;

    function file() internal pure virtual returns (string memory);

    function setUp() public {
        State memory s = read(file());
        _state.slotsPerEpoch = s.slotsPerEpoch;
        _state.header = s.header;
        _state.proposers = s.proposers;
        _state.lookaheadBranch = s.lookaheadBranch;
        for (uint256 i = 0; i < s.claims.length; i++) {
            _state.claims.push(s.claims[i]);
        }
        installBeaconRoots();
        VM.warp(timeOf(s.header.slot + 1));
        _registry = new OperatorRegistry(1 ether, 1 days, address(0), parametersOf(s));
        _oracle = new LookaheadOracle(address(_registry), parametersOf(s));
        VM.deal(OWNER, 1 ether);
        VM.prank(OWNER);
        _registry.register{value: 1 ether}([named("a"), named("b")], named("c"));
        _time = timeOf(s.header.slot + 1);
        keepRoot(_time, s.blockRoot);
    }

    function test_takesEachValidatorThatNamesTheOwner() public {
        State memory s = _state;
        uint256 taken = 0;
        for (uint256 i = 0; i < s.claims.length; i++) {
            bool named = s.claims[i].withdrawalCredentials[0] != 0;
            if (!named) _expect(i, OperatorRegistry.NotYourValidator.selector);
            _add(OWNER, s.header, s.claims[i]);
            isEqual(_registry.operatorOfValidator(s.claims[i].validatorIndex), named ? 1 : 0, "operator");
            if (named) taken++;
        }
        isTrue(taken >= 6, "validators of both kinds on several levels");
    }

    function test_takesThemAllAtOnce() public {
        State memory s = _state;
        OperatorRegistry.ValidatorClaim[] memory claims = new OperatorRegistry.ValidatorClaim[](5);
        for (uint256 i = 0; i < 5; i++) {
            claims[i] = s.claims[i];
        }
        VM.prank(OWNER);
        _registry.addValidators(1, _time, s.header, claims);
        isEqual(_registry.validatorCountAt(_registry.epochOf(_time) + 3), 5, "count");
    }

    /// @dev Any word of the branch, the credentials or the index.
    function testFuzz_refusesAClaimWithAnythingChanged(uint256 which, uint256 word, uint256 flip, uint64 index) public {
        State memory s = _state;
        OperatorRegistry.ValidatorClaim memory claim = s.claims[which % 5];
        word %= claim.branch.length + 1;
        if (word < claim.branch.length) {
            VM.assume(flip != 0);
            claim.branch[word] ^= bytes32(flip);
        } else {
            VM.assume(index != claim.validatorIndex);
            claim.validatorIndex = index;
        }
        VM.expectRevert();
        _add(OWNER, s.header, claim);
    }

    /// @dev An index beyond the list's limit would name a node elsewhere in the state.
    function test_refusesAnIndexThatReachesIntoAnotherField() public {
        State memory s = _state;
        s.claims[0].validatorIndex += 1 << 40;
        VM.expectRevert(abi.encodeWithSelector(SszBranch.IndexOutOfRange.selector, s.claims[0].validatorIndex));
        _add(OWNER, s.header, s.claims[0]);
    }

    function test_refusesSomebodyElsesValidator() public {
        State memory s = _state;
        address thief = named("thief");
        VM.deal(thief, 1 ether);
        VM.prank(thief);
        _registry.register{value: 1 ether}([named("d"), named("e")], named("f"));
        bytes32 credentials = s.claims[0].withdrawalCredentials;
        VM.expectRevert(
            abi.encodeWithSelector(OperatorRegistry.NotYourValidator.selector, s.claims[0].validatorIndex, credentials)
        );
        OperatorRegistry.ValidatorClaim[] memory one = new OperatorRegistry.ValidatorClaim[](1);
        one[0] = s.claims[0];
        VM.prank(thief);
        _registry.addValidators(2, _time, s.header, one);
    }

    function test_syncsTheStatesEpochAndTheNext() public {
        State memory s = _state;
        _add(OWNER, s.header, s.claims[0]);
        uint64 epoch = s.header.slot / s.slotsPerEpoch;
        for (uint64 e = epoch; e <= epoch + 1; e++) {
            _oracle.sync(e, _time, s.header, s.proposers, s.lookaheadBranch);
            isTrue(_oracle.isSynced(e), "synced");
        }
        VM.expectRevert(abi.encodeWithSelector(LookaheadOracle.WrongEpoch.selector, epoch + 2, epoch));
        _oracle.sync(epoch + 2, _time, s.header, s.proposers, s.lookaheadBranch);
        VM.expectRevert(abi.encodeWithSelector(LookaheadOracle.WrongEpoch.selector, epoch - 1, epoch));
        _oracle.sync(epoch - 1, _time, s.header, s.proposers, s.lookaheadBranch);
    }

    function testFuzz_refusesALookaheadWithAnythingChanged(uint256 word, uint64 value, uint256 flip) public {
        State memory s = _state;
        word %= s.proposers.length + s.lookaheadBranch.length;
        if (word < s.proposers.length) {
            VM.assume(value != s.proposers[word]);
            s.proposers[word] = value;
        } else {
            VM.assume(flip != 0);
            s.lookaheadBranch[word - s.proposers.length] ^= bytes32(flip);
        }
        VM.expectRevert();
        _oracle.sync(s.header.slot / s.slotsPerEpoch, _time, s.header, s.proposers, s.lookaheadBranch);
    }

    function testFuzz_refusesAHeaderWithAnythingChanged(uint8 field, uint64 number, bytes32 root) public {
        State memory s = _state;
        BeaconHeader memory h = s.header;
        if (field % 5 == 0) h.slot = number;
        if (field % 5 == 1) h.proposerIndex = number;
        if (field % 5 == 2) h.parentRoot = root;
        if (field % 5 == 3) h.stateRoot = root;
        if (field % 5 == 4) h.bodyRoot = root;
        VM.assume(keccak256(abi.encode(h)) != keccak256(abi.encode(_state.header)));
        VM.expectRevert();
        _oracle.sync(h.slot / s.slotsPerEpoch, _time, h, s.proposers, s.lookaheadBranch);
    }

    function test_refusesATimeWithoutARoot() public {
        State memory s = _state;
        VM.expectRevert(abi.encodeWithSelector(BeaconChain.NoBeaconRoot.selector, _time + 12));
        _oracle.sync(s.header.slot / s.slotsPerEpoch, _time + 12, s.header, s.proposers, s.lookaheadBranch);
    }

    function _add(address from, BeaconHeader memory h, OperatorRegistry.ValidatorClaim memory claim) private {
        OperatorRegistry.ValidatorClaim[] memory one = new OperatorRegistry.ValidatorClaim[](1);
        one[0] = claim;
        VM.prank(from);
        _registry.addValidators(1, _time, h, one);
    }

    function _expect(uint256 i, bytes4 selector) private {
        OperatorRegistry.ValidatorClaim storage c = _state.claims[i];
        VM.expectRevert(abi.encodeWithSelector(selector, c.validatorIndex, c.withdrawalCredentials));
    }
}

contract MinimalFuluTest is RealStateTest {
    function file() internal pure override returns (string memory) {
        return "minimal-fulu";
    }
}

contract MinimalGloasTest is RealStateTest {
    function file() internal pure override returns (string memory) {
        return "minimal-gloas";
    }
}

contract MainnetFuluTest is RealStateTest {
    function file() internal pure override returns (string memory) {
        return "mainnet-fulu";
    }
}

contract MainnetGloasTest is RealStateTest {
    function file() internal pure override returns (string memory) {
        return "mainnet-gloas";
    }
}
