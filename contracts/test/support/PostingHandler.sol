// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ClusterInbox} from "../../src/l1/ClusterInbox.sol";
import {Batch, Carried} from "../../src/l1/InboxTypes.sol";
import {InboxFixture} from "./InboxFixture.sol";
import {ReferenceSchedule} from "./ReferenceSchedule.sol";

/// @title Operators and strangers who post at random, right and wrong
/// @dev Every attempt is judged by the rules of protocol §1.3, §1.4 and §1.7 as the handler reads them, from its own notes of the schedule,
/// keys and posts; the inbox must judge alike. Epochs of 8 slots, OPEN_AFTER 16, six operators; some lookaheads are never synced.
contract PostingHandler is InboxFixture, ReferenceSchedule {
    struct Keys {
        uint64 fromEpoch;
        address early;
        address ownSlot;
    }

    uint32 private constant OPERATORS = 6;
    uint64 private constant FIRST_EPOCH = 8;

    uint64 public slot = FIRST_EPOCH * 8;
    uint64 public lastOwned;
    uint64 public posted;
    /// @dev how often each kind of post was taken
    uint64 public ownedPosts;
    uint64 public carriedRanges;
    uint64 public strangersPosts;
    uint64 public openBlocks;
    uint64 public refusals;
    uint64 private _nextEpoch = FIRST_EPOCH;
    mapping(uint32 operatorId => bool) private _frozen;
    mapping(uint32 operatorId => Keys[]) private _keysOf;

    constructor() {
        (epochSlots, openAfter) = (8, 16);
        deployCluster(8, OPERATORS, 1, FIRST_EPOCH);
        for (uint32 id = 1; id <= OPERATORS; id++) {
            _keysOf[id].push(Keys(3, posterOf(id), secondPosterOf(id)));
        }
        _syncTo(FIRST_EPOCH + 1, 0);
    }

    function inboxUnderTest() external view returns (ClusterInbox) {
        return inbox;
    }

    /// @dev Time goes on by 0 to 7 slots, seldom by many; the epochs that are reached get a schedule, or none.
    function passTime(uint256 seed) external {
        slot += uint64(seed % 11 == 0 ? 10 + (seed >> 8) % 20 : (seed >> 8) % 8);
        _syncTo(slot / 8 + 1, seed);
    }

    function freeze(uint256 seed) external {
        uint32 id = uint32(1 + seed % OPERATORS);
        if (seed % 5 != 0 || _frozen[id]) return;
        atSlot(slot);
        VM.prank(ownerOf(id));
        registry.freeze(id);
        _frozen[id] = true;
    }

    function rotate(uint256 seed) external {
        uint32 id = uint32(1 + seed % OPERATORS);
        Keys memory newest = _keysOf[id][_keysOf[id].length - 1];
        uint64 epoch = slot / 8;
        if (newest.fromEpoch > epoch) return;
        atSlot(slot);
        address fresh = numbered(uint256(keccak256(abi.encode(seed, slot))));
        VM.prank(ownerOf(id));
        registry.rotate(id, [newest.ownSlot, fresh], committerOf(id));
        _keysOf[id].push(Keys(epoch + 3, newest.ownSlot, fresh));
    }

    /// @dev Mostly what the window's operator would post, with anything a little wrong.
    function propose(uint256 seed) external {
        atSlot(slot);
        Answer memory w = referenceWindow(slot);
        if (w.missing && seed % 8 != 0) return;
        Batch memory b = carryOnly(w.windowSlot + (_chance(seed, "window", 12) ? 1 : 0));
        if (!_chance(seed, "no own", 3)) {
            b.firstTick = _tickNear(seed, "first", w.missing ? slot : _firstOr(w.windowSlot));
            b.lastTick = b.firstTick + uint64(_random(seed, "length") % 14);
        }
        uint64 back = slot;
        for (uint256 i = 0; i < _random(seed, "ranges") % 3; i++) {
            back -= uint64(_random(seed, string.concat("back", i == 0 ? "a" : "b")) % 5);
            _carryNear(b, back, seed);
        }
        address sender = _sender(seed, w.operatorId);
        (bool allowed, bool owner) = _judge(sender, b);
        withBlobs(1);
        VM.prank(sender);
        (bool taken,) = address(inbox).call(abi.encodeCall(ClusterInbox.propose, (b)));
        isTrue(taken == allowed, taken ? "taken against the rules" : "refused against the rules");
        if (!taken) {
            refusals++;
            return;
        }
        posted++;
        carriedRanges += uint64(b.carried.length);
        if (!owner) strangersPosts++;
        if (!owner) return;
        ownedPosts++;
        lastOwned = slot;
    }

    function proposeOpen(uint256 seed) external {
        atSlot(slot);
        bytes32[] memory heads = new bytes32[](1);
        heads[0] = inbox.lastHead();
        Answer memory w = referenceWindow(slot);
        (bool missing, uint64 first) = referenceFirst(w.windowSlot);
        bool allowed = !w.missing && !missing && _isOpen(w.operatorId, first) && lastOwned < first;
        VM.prank(numbered(seed));
        (bool taken,) = address(inbox).call(abi.encodeCall(ClusterInbox.proposeOpen, (heads)));
        isTrue(taken == allowed, "open block");
        if (!taken) return;
        posted++;
        openBlocks++;
        lastOwned = slot;
    }

    /// @return allowed whether the rules let the sender post this
    /// @return owner whether as the window's operator
    function _judge(address sender, Batch memory b) private view returns (bool allowed, bool owner) {
        Answer memory w = referenceWindow(slot);
        if (w.missing || b.windowSlot != w.windowSlot) return (false, false);
        owner = w.operatorId != 0 && !_frozen[w.operatorId] && _isPoster(w.operatorId, sender, w.windowSlot / 8);
        bool own = b.firstTick <= b.lastTick;
        if (!owner) {
            (bool missing, uint64 first) = referenceFirst(w.windowSlot);
            if (own || missing || !_isOpen(w.operatorId, first)) return (false, false);
        }
        if (!own && b.carried.length == 0) return (false, owner);
        if (own && !_ticksIn(b.firstTick, b.lastTick, w.windowSlot, w.operatorId)) return (false, owner);
        for (uint256 i = 0; i < b.carried.length; i++) {
            Carried memory c = b.carried[i];
            bool last = i + 1 == b.carried.length;
            if (c.firstTick > c.lastTick || !_ticksIn(c.firstTick, c.lastTick, c.windowSlot, c.operatorId)) {
                return (false, owner);
            }
            if (last ? c.windowSlot >= w.windowSlot : c.windowSlot >= b.carried[i + 1].windowSlot) {
                return (false, owner);
            }
            if (last ? own && c.lastTick >= b.firstTick : c.lastTick >= b.carried[i + 1].firstTick) {
                return (false, owner);
            }
        }
        return (true, owner);
    }

    function _ticksIn(uint64 from, uint64 to, uint64 windowSlot, uint32 operatorId) private view returns (bool) {
        if (operatorId == 0 || timeOf(0) + to > timeOf(slot)) return false;
        Answer memory a = referenceWindow((from + LEAD) / SLOT_SECONDS + 1);
        Answer memory z = referenceWindow((to + LEAD) / SLOT_SECONDS + 1);
        return !a.missing && !z.missing && a.windowSlot == windowSlot && z.windowSlot == windowSlot
            && a.operatorId == operatorId && z.operatorId == operatorId;
    }

    function _isPoster(uint32 id, address sender, uint64 epoch) private view returns (bool) {
        for (uint256 i = _keysOf[id].length; i > 0; i--) {
            Keys memory k = _keysOf[id][i - 1];
            if (k.fromEpoch <= epoch) return sender == k.early || sender == k.ownSlot;
        }
        return false;
    }

    function _isOpen(uint32 operatorId, uint64 first) private view returns (bool) {
        return operatorId == 0 || (lastOwned != 0 && lastOwned + openAfter <= first);
    }

    /// @dev Up to and with this epoch; one in nine is left out for ever, but never two in a row.
    function _syncTo(uint64 epoch, uint256 seed) private {
        for (; _nextEpoch <= epoch; _nextEpoch++) {
            if (_random(seed, "lost") % 9 == 0 && knows[_nextEpoch - 1]) continue;
            uint64[] memory proposers = new uint64[](8);
            for (uint64 i = 0; i < 8; i++) {
                uint256 random = uint256(keccak256(abi.encode(seed, _nextEpoch, i)));
                // Sparse in most epochs.
                proposers[i] = random % 4 == 0 ? validatorOf(1 + uint32(random >> 8) % OPERATORS) : 1_500_000 + i;
            }
            atEpoch(_nextEpoch - 1);
            sync(_nextEpoch, proposers);
            (uint32[] memory ids, uint32 drawn) = registry.assign(_nextEpoch, proposers);
            remember(_nextEpoch, ids, drawn);
        }
        VM.roll(1000);
    }

    function _carryNear(Batch memory b, uint64 near, uint256 seed) private view {
        Answer memory a = referenceWindow(near);
        if (a.missing) return;
        uint64 from = _tickNear(seed, "carried", _firstOr(a.windowSlot));
        uint64 to = from + uint64(_random(seed, "carried length") % 14);
        uint32 id = _chance(seed, "other operator", 9) ? a.operatorId + 1 : a.operatorId;
        carry(b, Carried(a.windowSlot, id, from, to));
        // In order of windows, if there are two.
        uint256 n = b.carried.length;
        if (n == 2 && b.carried[0].windowSlot > b.carried[1].windowSlot) {
            (b.carried[0], b.carried[1]) = (b.carried[1], b.carried[0]);
        }
    }

    function _firstOr(uint64 windowSlot) private view returns (uint64) {
        (bool missing, uint64 first) = referenceFirst(windowSlot);
        return missing ? windowSlot : first;
    }

    function _tickNear(uint256 seed, string memory what, uint64 first) private pure returns (uint64) {
        return firstTickOf(first) - 2 + uint64(_random(seed, what) % 12);
    }

    function _sender(uint256 seed, uint32 operatorId) private view returns (address) {
        uint256 kind = _random(seed, "sender") % 8;
        if (kind == 0) return numbered(seed);
        uint32 id = kind == 1 || operatorId == 0 ? uint32(1 + seed % OPERATORS) : operatorId;
        Keys memory k = _keysOf[id][kind == 2 ? 0 : _keysOf[id].length - 1];
        return kind % 2 == 0 ? k.early : k.ownSlot;
    }

    function _chance(uint256 seed, string memory what, uint256 oneIn) private pure returns (bool) {
        return _random(seed, what) % oneIn == 0;
    }

    function _random(uint256 seed, string memory what) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what)));
    }
}
