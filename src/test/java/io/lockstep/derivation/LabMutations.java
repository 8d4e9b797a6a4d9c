// SPDX-License-Identifier: Apache-2.0
package io.lockstep.derivation;

import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.Carried;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.tx.Authorization;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.uint.UInt256;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.CarriedSeal;
import io.lockstep.sequencer.batch.TableEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * What can be wrong with a batch, one thing at a time. Each takes a right batch, with carried ticks
 * and own ones, and is followed by the reason that derivation must give.
 */
final class LabMutations {
  /** Makes one thing wrong. */
  interface Mutation {
    void apply(LabBatch batch, Random random, LabL1 l1);
  }

  record Named(String name, String reason, Mutation mutation) {}

  static final List<Named> ALL = new ArrayList<>();

  private LabMutations() {}

  private static void add(String name, String reason, Mutation mutation) {
    ALL.add(new Named(name, reason, mutation));
  }

  static {
    // The call
    call("headersRoot", "headersRoot", (call, r) -> with(call, b -> b.headersRoot = hash(r)));
    call(
        "last block hash",
        "is not the declared one",
        (call, r) ->
            part(
                call,
                r,
                p -> new RollupPart(p.rollupId(), hash(r), p.offsetBytes(), p.lengthBytes())));
    call(
        "rollup id",
        "segments do not lie",
        (call, r) ->
            part(
                call,
                r,
                p -> new RollupPart(903, p.lastBlockHash(), p.offsetBytes(), p.lengthBytes())));
    call(
        "offset",
        "segments do not lie",
        (call, r) ->
            part(
                call,
                r,
                p ->
                    new RollupPart(
                        p.rollupId(), p.lastBlockHash(), p.offsetBytes() + 1, p.lengthBytes())));
    call(
        "length",
        "segments do not lie",
        (call, r) ->
            part(
                call,
                r,
                p ->
                    new RollupPart(
                        p.rollupId(), p.lastBlockHash(), p.offsetBytes(), p.lengthBytes() - 1)));
    call(
        "a rollup left out",
        "segments do not lie",
        (call, r) -> with(call, b -> b.rollups = call.rollups().subList(0, 1)));
    call(
        "declared anchor's hash",
        "declared anchor",
        (call, r) -> with(call, b -> b.anchorHash = hash(r)));
    call(
        "declared anchor's number",
        "declared anchor",
        (call, r) -> with(call, b -> b.anchorNumber = call.anchorNumber() - 1));
    add("messages claimed", "messages up to", (b, r, l1) -> b.msgTo = 1L + r.nextInt(9));
    add("own range too short", "is in no declared range", (b, r, l1) -> b.lastTick--);
    add("own range too late", "is in no declared range", (b, r, l1) -> b.firstTick++);
    add(
        "carried range too short",
        "no declared range",
        (b, r, l1) -> {
          Carried c = b.carried.getFirst();
          b.carried.set(0, range(c, c.firstTick() + 1, c.lastTick()));
        });
    // The event
    computed(
        "other call",
        "not what the inbox took",
        r ->
            new LabBatch.Computed() {
              @Override
              public Hash32 batchHash(Hash32 hash) {
                return hash(r);
              }
            });
    computed(
        "call data cut off",
        "call data",
        r ->
            new LabBatch.Computed() {
              @Override
              public Bytes callData(Bytes data) {
                return data.slice(0, r.nextInt(data.size()));
              }
            });
    computed(
        "call data with more",
        "call data",
        r ->
            new LabBatch.Computed() {
              @Override
              public Bytes callData(Bytes data) {
                return Bytes.wrap(Arrays.copyOf(data.toArray(), data.size() + 32));
              }
            });
    add("another poster", "executes to block", (b, r, l1) -> b.operatorId += 1);
    add(
        "another committer",
        "not signed by",
        (b, r, l1) -> b.committers.set(0, Lab.committer(3).address()));
    add("no committer", "0 committers", (b, r, l1) -> b.committers.clear());
    // The blobs
    computed("another container version", "blobs: ", r -> blob(r, 1 + 8));
    computed("a table element", "blobs: ", r -> blob(r, 32 + 1 + r.nextInt(7)));
    computed(
        "a field element too large",
        "blobs: ",
        r ->
            new LabBatch.Computed() {
              @Override
              public List<byte[]> blobs(List<byte[]> blobs) {
                blobs.getFirst()[32 * r.nextInt(4_096)] = 1;
                return blobs;
              }
            });
    computed(
        "a blob too many",
        "blobs: ",
        r ->
            new LabBatch.Computed() {
              @Override
              public List<byte[]> blobs(List<byte[]> blobs) {
                List<byte[]> more = new ArrayList<>(blobs);
                more.add(new byte[131_072]);
                return more;
              }
            });
    // The table
    add(
        "a block's hash",
        "executes to block",
        (b, r, l1) ->
            entry(
                b, inside(b, r), e -> new TableEntry(e.tick(), e.rollupId(), e.number(), hash(r))));
    add(
        "a block's number",
        "does not follow",
        (b, r, l1) ->
            entry(
                b,
                inside(b, r),
                e -> new TableEntry(e.tick(), e.rollupId(), e.number() + 1, e.blockHash())));
    add(
        "a tick left out",
        "does not follow",
        (b, r, l1) -> {
          int own = ownIndex(b);
          b.table.subList(own * 2, own * 2 + 2).clear();
          b.blocks.forEach(blocks -> blocks.remove(own));
        });
    add(
        "a tick in the future",
        "later than the L1 block",
        (b, r, l1) -> {
          long tick = Lab.RULES.lastTickAt(l1.head().timestampSeconds()) + 1 + r.nextInt(3);
          int last = b.blocks.getFirst().size() - 1;
          for (int i = 0; i < 2; i++) {
            entry(
                b,
                last * 2 + i,
                e -> new TableEntry(tick, e.rollupId(), e.number(), e.blockHash()));
            BlockData d = b.blocks.get(i).get(last);
            b.blocks
                .get(i)
                .set(
                    last,
                    new BlockData(
                        tick, d.anchorNumber(), d.anchorHash(), d.gasLimit(), d.transactions()));
          }
          b.lastTick = tick;
        });
    // Anchors
    add(
        "anchor of another branch",
        "is not canonical",
        (b, r, l1) -> {
          Hash32 other = hash(r);
          long of = b.blocks.getFirst().getLast().anchorNumber();
          all(b, d -> d.anchorNumber() == of ? anchored(d, of, other) : d);
        });
    add(
        "anchor that is not there",
        "is not canonical",
        (b, r, l1) -> last(b, d -> anchored(d, l1.head().number() + r.nextInt(2), hash(r))));
    add(
        "anchor too young",
        "is too young",
        (b, r, l1) -> {
          long young = b.blocks.getFirst().getLast().tick() / 2 - 1;
          last(b, d -> anchored(d, l1.block(young)));
        });
    add(
        "anchor too old",
        "is too old",
        (b, r, l1) -> {
          long old = b.blocks.getFirst().getFirst().tick() / 2 - 9;
          all(b, d -> anchored(d, l1.block(old)));
        });
    add(
        "anchor older than the chain's",
        "goes back",
        (b, r, l1) -> {
          long old = b.blocks.getFirst().getFirst().anchorNumber() - 4;
          b.blocks.forEach(blocks -> blocks.set(0, anchored(blocks.getFirst(), l1.block(old))));
        });
    add(
        "two anchors in a tick",
        "two anchors",
        (b, r, l1) -> {
          List<BlockData> second = b.blocks.getLast();
          second.set(
              0, anchored(second.getFirst(), l1.block(second.getFirst().anchorNumber() - 1)));
        });
    // Bodies
    body("a transaction missing", "executes to block", (txs, r) -> txs.subList(0, txs.size() - 1));
    body(
        "a transaction twice",
        "nonce too low",
        (txs, r) -> {
          List<Transaction> more = new ArrayList<>(txs);
          more.add(txs.getLast());
          return more;
        });
    body("a transaction of another chain", "chain id", (txs, r) -> List.of(Lab.transfer(77, 0, 0)));
    body("a transaction without funds", "insufficient funds", (txs, r) -> List.of(poor()));
    body(
        "a transaction of the system's key",
        "system account",
        (txs, r) -> List.of(bySystem(TransactionType.FEE_MARKET)));
    body(
        "an authorisation of the system's key",
        "authorises nothing",
        (txs, r) -> List.of(bySystem(TransactionType.SET_CODE)));
    body(
        "too much gas",
        "exceeds block gas limit",
        (txs, r) -> List.of(Lab.transfer(901, 3, 0, 40_000_000)));
    add("gas limit a little off", "executes to block", (b, r, l1) -> gas(b, 1L + r.nextInt(9)));
    add("gas limit up too fast", "gas limit", (b, r, l1) -> gas(b, 30_000_000 / 1024));
    add("gas limit down too fast", "gas limit", (b, r, l1) -> gas(b, -30_000_000 / 1024));
    add("gas limit of nothing", "gas limit", (b, r, l1) -> gas(b, -30_000_000));
    add("gas limit of everything", "gas limit", (b, r, l1) -> gas(b, Long.MAX_VALUE - 30_000_000));
    // Seals
    add("no seal", "its seal is missing", (b, r, l1) -> b.seals.clear());
    add(
        "a seal of somebody else",
        "its seal is missing",
        (b, r, l1) -> {
          CarriedSeal s = b.seals.getFirst();
          b.seals.set(0, new CarriedSeal(s.windowSlot(), 3, s.signedSeal()));
        });
    add(
        "a window of somebody else",
        "its seal is missing",
        (b, r, l1) -> {
          Carried c = b.carried.getFirst();
          b.carried.set(0, new Carried(c.windowSlot(), 3, c.firstTick(), c.lastTick()));
        });
    add(
        "a seal of another window",
        "another cluster, window or tick",
        (b, r, l1) -> {
          CarriedSeal s = b.seals.getFirst();
          Carried c = b.carried.getFirst();
          long window = s.windowSlot() - 1;
          b.seals.set(0, new CarriedSeal(window, s.operatorId(), s.signedSeal()));
          b.carried.set(
              0, new Carried(new Slot(window), c.operatorId(), c.firstTick(), c.lastTick()));
        });
    add(
        "a tick behind the seal",
        "another cluster, window or tick",
        (b, r, l1) -> {
          Carried c = b.carried.getFirst();
          b.carried.set(0, range(c, c.firstTick(), b.firstTick));
          b.firstTick++;
        });
    add(
        "bytes of a seal",
        "",
        (b, r, l1) -> {
          CarriedSeal s = b.seals.getFirst();
          byte[] bytes = s.signedSeal().toArray();
          bytes[r.nextInt(bytes.length)] ^= (byte) (1 << r.nextInt(8));
          b.seals.set(0, new CarriedSeal(s.windowSlot(), s.operatorId(), Bytes.wrap(bytes)));
        });
    add(
        "a sealed block's hash",
        "the seal does not cover",
        (b, r, l1) -> {
          long sealed = b.carried.getFirst().lastTick();
          for (int i = 0; i < b.table.size(); i++) {
            if (b.table.get(i).tick() == sealed) {
              entry(b, i, e -> new TableEntry(e.tick(), e.rollupId(), e.number(), hash(r)));
              return;
            }
          }
        });
  }

  private static Hash32 hash(Random r) {
    return Hash32.ofWords(r.nextLong(), r.nextLong(), r.nextLong(), r.nextLong());
  }

  private interface CallChange {
    Batch change(Batch call, Random random);
  }

  private static void call(String name, String reason, CallChange change) {
    computed(
        name,
        reason,
        r ->
            new LabBatch.Computed() {
              @Override
              public Batch call(Batch call) {
                return change.change(call, r);
              }
            });
  }

  private interface ComputedOf {
    LabBatch.Computed of(Random random);
  }

  private static void computed(String name, String reason, ComputedOf of) {
    add(name, reason, (b, r, l1) -> b.computed = of.of(r));
  }

  private static LabBatch.Computed blob(Random r, int at) {
    return new LabBatch.Computed() {
      @Override
      public List<byte[]> blobs(List<byte[]> blobs) {
        blobs.getFirst()[at] ^= (byte) (1 << r.nextInt(8));
        return blobs;
      }
    };
  }

  /** A call's fields while one of them is changed. */
  private static final class Call {
    Hash32 headersRoot = Hash32.ZERO;
    Hash32 anchorHash = Hash32.ZERO;
    long anchorNumber;
    List<RollupPart> rollups = List.of();
  }

  private interface CallEdit {
    void edit(Call call);
  }

  private static Batch with(Batch call, CallEdit edit) {
    Call fields = new Call();
    fields.headersRoot = call.headersRoot();
    fields.anchorHash = call.anchorHash();
    fields.anchorNumber = call.anchorNumber();
    fields.rollups = call.rollups();
    edit.edit(fields);
    return new Batch(
        call.expected(),
        call.windowSlot(),
        call.carried(),
        call.firstTick(),
        call.lastTick(),
        fields.anchorNumber,
        fields.anchorHash,
        call.msgTo(),
        fields.headersRoot,
        fields.rollups,
        call.blobCount());
  }

  private static Batch part(Batch call, Random r, UnaryOperator<RollupPart> change) {
    List<RollupPart> parts = new ArrayList<>(call.rollups());
    int index = r.nextInt(parts.size());
    parts.set(index, change.apply(parts.get(index)));
    return with(call, fields -> fields.rollups = parts);
  }

  private static Carried range(Carried c, long firstTick, long lastTick) {
    return new Carried(c.windowSlot(), c.operatorId(), firstTick, lastTick);
  }

  /** Index of an own tick that is not the last one. */
  private static int ownIndex(LabBatch b) {
    for (int i = 0; i < b.blocks.getFirst().size(); i++) {
      if (b.blocks.getFirst().get(i).tick() == b.firstTick) {
        return i;
      }
    }
    throw new IllegalStateException("no own tick");
  }

  /** Index in the table of a block of an own tick, neither sealed nor declared in the call. */
  private static int inside(LabBatch b, Random r) {
    return ownIndex(b) * 2 + r.nextInt(2);
  }

  private static void entry(LabBatch b, int index, UnaryOperator<TableEntry> change) {
    b.table.set(index, change.apply(b.table.get(index)));
  }

  private static BlockData anchored(BlockData d, long number, Hash32 hash) {
    return new BlockData(d.tick(), number, hash, d.gasLimit(), d.transactions());
  }

  private static BlockData anchored(BlockData d, L1Block anchor) {
    return anchored(d, anchor.number(), anchor.hash());
  }

  static BlockData with(BlockData d, List<Transaction> body) {
    return new BlockData(d.tick(), d.anchorNumber(), d.anchorHash(), d.gasLimit(), body);
  }

  private static void all(LabBatch b, UnaryOperator<BlockData> change) {
    b.blocks.forEach(blocks -> blocks.replaceAll(change));
  }

  private static void last(LabBatch b, UnaryOperator<BlockData> change) {
    b.blocks.forEach(blocks -> blocks.set(blocks.size() - 1, change.apply(blocks.getLast())));
  }

  private static void gas(LabBatch b, long more) {
    int at = ownIndex(b);
    BlockData d = b.blocks.getFirst().get(at);
    b.blocks
        .getFirst()
        .set(
            at,
            new BlockData(
                d.tick(), d.anchorNumber(), d.anchorHash(), d.gasLimit() + more, d.transactions()));
  }

  private interface BodyChange {
    List<Transaction> change(List<Transaction> body, Random random);
  }

  private static void body(String name, String reason, BodyChange change) {
    add(
        name,
        reason,
        (b, r, l1) -> {
          int at = ownIndex(b);
          BlockData d = b.blocks.getFirst().get(at);
          b.blocks.getFirst().set(at, with(d, change.change(d.transactions(), r)));
        });
  }

  private static Transaction poor() {
    return Transaction.Unsigned.feeMarket(
            UInt256.of(901),
            0,
            UInt256.ZERO,
            UInt256.of(100_000_000_000L),
            21_000,
            Address.ofLong(1),
            UInt256.ONE,
            Bytes.EMPTY)
        .sign(Lab.committer(1));
  }

  private static Transaction bySystem(TransactionType type) {
    SecretKey system =
        SecretKey.of(
            Keccak.hash("lockstep system transaction key".getBytes(StandardCharsets.UTF_8))
                .toArray());
    boolean setCode = type == TransactionType.SET_CODE;
    return new Transaction.Unsigned(
            type,
            UInt256.of(901),
            0,
            UInt256.ZERO,
            UInt256.of(100_000_000_000L),
            100_000,
            Address.ofLong(1),
            UInt256.ONE,
            Bytes.EMPTY,
            List.<AccessListEntry>of(),
            UInt256.ZERO,
            List.of(),
            setCode
                ? List.of(Authorization.sign(UInt256.of(901), Address.ofLong(1), 9, system))
                : List.of())
        .sign(setCode ? Lab.user(3) : system);
  }
}
