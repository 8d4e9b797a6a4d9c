// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BeaconHeader} from "../src/l1/BeaconTypes.sol";
import {OperatorKeys} from "../src/l1/OperatorKeys.sol";
import {OperatorRegistry} from "../src/l1/OperatorRegistry.sol";
import {OperatorStanding} from "../src/l1/OperatorStanding.sol";
import {ValidatorClaims} from "../src/l1/ValidatorClaims.sol";
import {ClusterFixture} from "./support/ClusterFixture.sol";
import {Vm} from "./support/Vm.sol";

/// @notice Registration, keys and claims (protocol §1.1). Stake and eligibility are in `OperatorStanding.t.sol`.
contract OperatorRegistryTest is ClusterFixture {
    uint64 private constant EPOCH = 100;

    function setUp() public {
        deployRegistry(32);
        atSlot(EPOCH * 32 + 7);
    }

    // --- register

    function test_registersFromThreeEpochsOn() public {
        address owner = ownerOf(1);
        address[2] memory posters = [posterOf(1), secondPosterOf(1)];
        VM.deal(owner, 9 ether);
        VM.recordLogs();
        VM.prank(owner);
        isEqual(registry.register{value: 9 ether}(posters, committerOf(1)), 1, "id");
        Vm.Log[] memory logs = VM.getRecordedLogs();
        isLog(
            logs[0],
            address(registry),
            keccak256("OperatorRegistered(uint32,address,address[2],address,uint256,uint64)"),
            abi.encode(posters, committerOf(1), uint256(9 ether), EPOCH + 3)
        );
        isEqual(uint256(logs[0].topics[1]), 1, "indexed id");
        isEqual(logs[0].topics[2], bytes32(uint256(uint160(owner))), "indexed owner");

        OperatorRegistry.Operator memory o = registry.operator(1);
        isEqual(o.owner, owner, "owner");
        isEqual(o.posters[0], posters[0], "poster");
        isEqual(o.posters[1], posters[1], "second poster");
        isEqual(o.committer, committerOf(1), "committer");
        isEqual(o.stakeWei, 9 ether, "stake");
        isEqual(o.registeredAt, block.timestamp, "time");
        isEqual(o.frozenAt + o.exitedAt, 0, "nothing happened");
        isTrue(!o.withdrawn, "not withdrawn");
        isEqual(registry.operatorOfPoster(posters[1]), 1, "of poster");
        isEqual(registry.operatorOfCommitter(committerOf(1)), 1, "of committer");
        isTrue(!registry.eligibleAt(1, EPOCH + 2), "not yet");
        isTrue(registry.eligibleAt(1, EPOCH + 3), "from then on");
        isTrue(registry.eligibleAt(1, type(uint64).max >> 17), "for long");
        isTrue(!registry.mayPost(1, posters[0], EPOCH + 2), "no keys yet");
        isTrue(registry.mayPost(1, posters[0], EPOCH + 3), "posts");
        isTrue(registry.mayPost(1, posters[1], EPOCH + 3), "posts too");
    }

    function testFuzz_refusesTooLittleStake(uint256 stakeWei) public {
        stakeWei %= MIN_STAKE;
        VM.deal(address(this), stakeWei);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.StakeTooLow.selector, stakeWei, MIN_STAKE));
        registry.register{value: stakeWei}([named("a"), named("b")], named("c"));
    }

    function test_refusesKeysThatAreUsedOrMissing() public {
        join();
        VM.deal(address(this), 1000 ether);
        _refuseKeys(posterOf(1), named("b"), named("c"), OperatorKeys.PosterTaken.selector, posterOf(1));
        _refuseKeys(named("a"), secondPosterOf(1), named("c"), OperatorKeys.PosterTaken.selector, secondPosterOf(1));
        _refuseKeys(named("a"), named("a"), named("c"), OperatorKeys.PosterTaken.selector, named("a"));
        _refuseKeys(named("a"), named("b"), committerOf(1), OperatorKeys.CommitterTaken.selector, committerOf(1));
        bytes memory zero = abi.encodeWithSelector(OperatorKeys.ZeroAddress.selector);
        VM.expectRevert(zero);
        registry.register{value: MIN_STAKE}([address(0), named("b")], named("c"));
        VM.expectRevert(zero);
        registry.register{value: MIN_STAKE}([named("a"), address(0)], named("c"));
        VM.expectRevert(zero);
        registry.register{value: MIN_STAKE}([named("a"), named("b")], address(0));
    }

    function test_anUnknownOperatorIsNothing() public {
        isEqual(registry.operator(7).owner, address(0), "owner");
        isTrue(!registry.eligibleAt(7, 1000), "eligible");
        isTrue(!registry.mayPost(7, address(0), 1000), "posts");
        isTrue(!registry.mayPost(0, address(0), 1000), "nobody posts");
        (address[2] memory posters, address committer) = registry.keysAt(7, 1000);
        isEqual(posters[0], address(0), "poster");
        isEqual(committer, address(0), "committer");
        bytes memory unknown = abi.encodeWithSelector(OperatorStanding.UnknownOperator.selector, 7);
        VM.expectRevert(unknown);
        registry.topUp{value: 1}(7);
        VM.expectRevert(unknown);
        registry.exit(7);
        VM.expectRevert(unknown);
        registry.freeze(7);
    }

    // --- rotate

    function test_newKeysCountFromThreeEpochsOn() public {
        join();
        atEpoch(EPOCH + 3);
        VM.recordLogs();
        _rotate(1, named("new"), posterOf(1), named("signer"));
        isLog(
            VM.getRecordedLogs()[0],
            address(registry),
            keccak256("KeysRotated(uint32,uint64,address[2],address)"),
            abi.encode(EPOCH + 6, [named("new"), posterOf(1)], named("signer"))
        );
        _expectKeys(EPOCH + 2, address(0), address(0), address(0));
        _expectKeys(EPOCH + 3, posterOf(1), secondPosterOf(1), committerOf(1));
        _expectKeys(EPOCH + 5, posterOf(1), secondPosterOf(1), committerOf(1));
        _expectKeys(EPOCH + 6, named("new"), posterOf(1), named("signer"));
        isEqual(registry.operator(1).posters[0], named("new"), "the newest are shown");
        isTrue(registry.mayPost(1, secondPosterOf(1), EPOCH + 5), "old");
        isTrue(!registry.mayPost(1, secondPosterOf(1), EPOCH + 6), "old no more");
        isTrue(!registry.mayPost(1, named("new"), EPOCH + 5), "not yet");
        isTrue(registry.mayPost(1, posterOf(1), EPOCH + 6), "kept");
    }

    function test_takesAnOwnAddressBackAndNobodyElses() public {
        join();
        join();
        atEpoch(EPOCH + 3);
        _rotate(1, named("new"), named("new 2"), named("signer"));
        atEpoch(EPOCH + 6);
        // All were the operator's own.
        _rotate(1, posterOf(1), named("new"), committerOf(1));
        _expectKeys(EPOCH + 9, posterOf(1), named("new"), committerOf(1));
        _expectKeys(EPOCH + 8, named("new"), named("new 2"), named("signer"));
        atEpoch(EPOCH + 9);
        VM.expectRevert(abi.encodeWithSelector(OperatorKeys.PosterTaken.selector, named("new 2")));
        _rotate(2, named("new 2"), posterOf(2), committerOf(2));
        VM.expectRevert(abi.encodeWithSelector(OperatorKeys.CommitterTaken.selector, named("signer")));
        _rotate(2, posterOf(2), secondPosterOf(2), named("signer"));
    }

    function test_oneRotationIsPendingAtMost() public {
        join();
        bytes memory pending = abi.encodeWithSelector(OperatorRegistry.RotationPending.selector, 1, EPOCH + 3);
        for (uint64 e = EPOCH; e < EPOCH + 3; e++) {
            atEpoch(e);
            VM.expectRevert(pending);
            _rotate(1, named("new"), posterOf(1), named("signer"));
        }
        atEpoch(EPOCH + 3);
        _rotate(1, named("new"), posterOf(1), named("signer"));
        atSlot((EPOCH + 6) * 32 - 1);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.RotationPending.selector, 1, EPOCH + 6));
        _rotate(1, named("newer"), posterOf(1), named("signer"));
    }

    function test_onlyTheOwnerRotates() public {
        join();
        atEpoch(EPOCH + 3);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.NotOwner.selector, 1, address(this)));
        registry.rotate(1, [named("a"), named("b")], named("c"));
    }

    /// @dev Keys of an epoch, once it has come, are never changed by what happens later.
    function testFuzz_keysOfAnEpochStay(uint256 seed) public {
        join();
        (address[2][] memory first, address[2][] memory second) = (new address[2][](40), new address[2][](40));
        for (uint64 e = 0; e < 40; e++) {
            atEpoch(EPOCH + e);
            // Settled for this epoch and the two after it.
            (first[e],) = registry.keysAt(1, EPOCH + e);
            uint256 random = uint256(keccak256(abi.encode(seed, e)));
            if (random % 3 == 0) {
                VM.prank(ownerOf(1));
                try registry.rotate(1, [numbered(7000 + e), numbered(8000 + e)], numbered(9000 + e)) {} catch {}
            }
        }
        for (uint64 e = 0; e < 40; e++) {
            (second[e],) = registry.keysAt(1, EPOCH + e);
            isEqual(first[e][0], second[e][0], "poster");
            isEqual(first[e][1], second[e][1], "second poster");
        }
    }

    // --- addValidators (what the proofs must be is in `RealStates.t.sol`)

    function test_claimsCountFromThreeEpochsOn() public {
        join();
        VM.recordLogs();
        claim(1, 4711);
        uint64[] memory indices = new uint64[](1);
        indices[0] = 4711;
        isLog(
            VM.getRecordedLogs()[0],
            address(registry),
            keccak256("ValidatorsAdded(uint32,uint64,uint64[])"),
            abi.encode(EPOCH + 3, indices)
        );
        isEqual(registry.operatorOfValidator(4711), 1, "at once");
        isEqual(registry.validatorCountAt(EPOCH + 2), 0, "not yet");
        isEqual(registry.validatorCountAt(EPOCH + 3), 1, "then");
        (uint32[] memory ids,) = registry.assign(EPOCH + 2, indices);
        isEqual(ids[0], 0, "not yet the operator's");
        (ids,) = registry.assign(EPOCH + 3, indices);
        isEqual(ids[0], 1, "the operator's");
        atEpoch(EPOCH + 1);
        claim(1, 4712);
        claim(1, 4713);
        isEqual(registry.validatorCountAt(EPOCH + 3), 1, "as before");
        isEqual(registry.validatorCountAt(EPOCH + 4), 3, "two more");
    }

    function test_refusesAClaimedValidator() public {
        join();
        join();
        claim(1, 4711);
        (uint64 t, BeaconHeader memory h, OperatorRegistry.ValidatorClaim[] memory c) = claimOf(2, 4711);
        VM.expectRevert(abi.encodeWithSelector(ValidatorClaims.ValidatorTaken.selector, 4711, 1));
        VM.prank(ownerOf(2));
        registry.addValidators(2, t, h, c);
        (t, h, c) = claimOf(1, 4711);
        VM.expectRevert(abi.encodeWithSelector(ValidatorClaims.ValidatorTaken.selector, 4711, 1));
        VM.prank(ownerOf(1));
        registry.addValidators(1, t, h, c);
    }

    function test_refusesOneValidatorTwiceInACall() public {
        join();
        (uint64 t, BeaconHeader memory h, OperatorRegistry.ValidatorClaim[] memory c) = claimOf(1, 4711);
        OperatorRegistry.ValidatorClaim[] memory two = new OperatorRegistry.ValidatorClaim[](2);
        (two[0], two[1]) = (c[0], c[0]);
        VM.expectRevert(abi.encodeWithSelector(ValidatorClaims.ValidatorTaken.selector, 4711, 1));
        VM.prank(ownerOf(1));
        registry.addValidators(1, t, h, two);
    }

    function test_refusesClaimsOfWhoeverDoesNotCountOn() public {
        join();
        (uint64 t, BeaconHeader memory h, OperatorRegistry.ValidatorClaim[] memory c) = claimOf(1, 4711);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.NotOwner.selector, 1, address(this)));
        registry.addValidators(1, t, h, c);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.NoValidators.selector));
        VM.prank(ownerOf(1));
        registry.addValidators(1, t, h, new OperatorRegistry.ValidatorClaim[](0));
        VM.prank(ownerOf(1));
        registry.exit(1);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.AlreadyExited.selector, 1));
        VM.prank(ownerOf(1));
        registry.addValidators(1, t, h, c);
        VM.prank(slasher);
        registry.freeze(1);
        VM.expectRevert(abi.encodeWithSelector(OperatorStanding.AlreadyFrozen.selector, 1));
        VM.prank(ownerOf(1));
        registry.addValidators(1, t, h, c);
    }

    /// @dev Only 0x01 and 0x02 with eleven zero bytes name an address.
    function testFuzz_refusesCredentialsOfAnotherKind(uint8 kind, uint88 between) public {
        join();
        (uint64 t, BeaconHeader memory h, OperatorRegistry.ValidatorClaim[] memory c) = claimOf(1, 4711);
        VM.assume((kind != 1 && kind != 2) || between != 0);
        bytes32 leaf = bytes32(uint256(kind) << 248 | uint256(between) << 160 | uint160(ownerOf(1)));
        (bytes32[] memory branch, bytes32 root) = grow(leaf, validatorGindex(4711), 4711);
        c[0] = OperatorRegistry.ValidatorClaim(4711, leaf, branch);
        (t, h) = blockWith(1, root);
        VM.expectRevert(abi.encodeWithSelector(OperatorRegistry.NotYourValidator.selector, 4711, leaf));
        VM.prank(ownerOf(1));
        registry.addValidators(1, t, h, c);
    }

    function test_refusesCredentialsOfKind0() public {
        testFuzz_refusesCredentialsOfAnotherKind(0, 0);
    }

    function test_refusesCredentialsOfKind3() public {
        testFuzz_refusesCredentialsOfAnotherKind(3, 0);
    }

    // --- assign

    /// @dev The draw, step by step: the list of claims from the drawn position on, the first eligible of 16.
    function testFuzz_theFallbackIsDrawnFromTheProposers(uint64[] calldata proposers, uint256 gone) public {
        for (uint32 i = 0; i < 20; i++) {
            claim(join(), 100 + i);
        }
        for (uint32 i = 0; i < 20; i++) {
            if ((gone >> i) & 1 == 0) continue;
            VM.prank(ownerOf(i + 1));
            registry.exit(i + 1);
        }
        uint64 epoch = EPOCH + 3;
        uint256 start = uint256(keccak256(abi.encode(epoch, proposers))) % 20;
        uint32 wanted = 0;
        for (uint256 i = 0; i < 16 && wanted == 0; i++) {
            uint32 id = uint32((start + i) % 20) + 1;
            if ((gone >> (id - 1)) & 1 == 0) wanted = id;
        }
        (uint32[] memory ids, uint32 drawn) = registry.assign(epoch, proposers);
        isEqual(drawn, wanted, "fallback");
        isEqual(ids.length, proposers.length, "length");
    }

    /// @dev The draw begins at a claim with so many gone ones from there on.
    function testFuzz_sixteenAreProbed(uint64[] memory proposers, bool oneMore) public {
        for (uint32 i = 0; i < 20; i++) {
            claim(join(), 100 + i);
        }
        uint256 start = uint256(keccak256(abi.encode(EPOCH + 3, proposers))) % 20;
        uint256 gone = oneMore ? 16 : 15;
        for (uint256 i = 0; i < gone; i++) {
            uint32 id = uint32((start + i) % 20) + 1;
            VM.prank(ownerOf(id));
            registry.exit(id);
        }
        (, uint32 drawn) = registry.assign(EPOCH + 3, proposers);
        isEqual(drawn, oneMore ? 0 : (start + 15) % 20 + 1, "fallback");
    }

    /// @dev The bits of those that ceased to count lie 256 to a word: 44 and 300 have the same place in two words.
    function test_moreThan256OperatorsAreToldApart() public {
        for (uint32 i = 0; i < 300; i++) {
            join();
        }
        uint64[] memory both = new uint64[](3);
        (both[0], both[1], both[2]) = (444, 3300, 445);
        claim(44, 444);
        claim(300, 3300);
        claim(44, 445);
        VM.prank(ownerOf(300));
        registry.exit(300);
        (uint32[] memory ids, uint32 drawn) = registry.assign(EPOCH + 3, both);
        isEqual(ids[0], 44, "44");
        isEqual(ids[1], 0, "300 is gone");
        isEqual(ids[2], 44, "44 after 300");
        isEqual(drawn, 44, "the only one to be drawn");
    }

    function test_nobodyIsDrawnFromNobody() public view {
        (, uint32 drawn) = registry.assign(EPOCH, new uint64[](32));
        isEqual(drawn, 0, "fallback");
    }

    function test_aNumberThatIsNoIndexIsRefused() public {
        bytes memory data = abi.encodeCall(registry.assign, (EPOCH, new uint64[](1)));
        data[data.length - 20] = 0x01;
        (bool good,) = address(registry).call(data);
        isTrue(!good, "more than 64 bits");
    }

    // --- helpers

    function _refuseKeys(address p0, address p1, address c, bytes4 selector, address taken) private {
        VM.expectRevert(abi.encodeWithSelector(selector, taken));
        registry.register{value: MIN_STAKE}([p0, p1], c);
    }

    function _rotate(uint32 id, address p0, address p1, address c) private {
        VM.prank(ownerOf(id));
        registry.rotate(id, [p0, p1], c);
    }

    function _expectKeys(uint64 epoch, address p0, address p1, address c) private view {
        (address[2] memory posters, address committer) = registry.keysAt(1, epoch);
        isEqual(posters[0], p0, "poster");
        isEqual(posters[1], p1, "second poster");
        isEqual(committer, c, "committer");
    }
}
