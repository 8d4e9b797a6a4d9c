// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.BlockLeaf;
import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.Promise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.Scene;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.primitives.crypto.MerkleTree;
import io.lockstep.primitives.crypto.OrderedRoot;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.LogsBloom;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Real blocks of a rollup and their states, what L1 says of them and of an operator, and
 * commitments and promises about the first of them. Seeded; the same at every run.
 */
final class VectorScene {
  static final long ROLLUP = Scene.FIRST_ROLLUP;

  /** The first block's tick and number; with the times below it counts for slot 42. */
  static final long TICK = 80;

  static final long SLOT = 42;
  static final long WINDOW_SLOT = 43;
  static final WindowTime TIME = new WindowTime(1, 2, 2);
  static final UInt256 STAKE = UInt256.of(8_000_000_000_000_000_000L);

  /** A block with its receipts. */
  record Made(Block block, List<Receipt> receipts) {
    Hash32 hash() {
      return block.header().hash();
    }
  }

  /** How many transactions derivation inserted into the first block. */
  static final int FORCED = 1;

  final Scene scene = new Scene(20261123L);
  final Ctx ctx = new Ctx(1_000, scene.hash(), scene.hash(), 0);
  final List<Made> blocks = new ArrayList<>();

  /** The block below the first, and one above the last whose header names no tick. */
  final Made below;

  final Made odd;

  /** Of the first block: its sender's nonce is used by it. */
  final Transaction sent;

  /** Has nonce 5 for ever. */
  final Address idle = scene.address();

  final Address nobody = scene.address();
  final Address contract = scene.address();
  final Hash32 slot = scene.hash();
  final Hash32 emptySlot = scene.hash();
  final UInt256 word = UInt256.of(0xbeef);
  private final Map<Hash32, VectorState> states = new LinkedHashMap<>();

  VectorScene() {
    sent = scene.transaction();
    VectorState before = state(sent.nonce());
    VectorState after = state(sent.nonce() + 1);
    below = block(TICK - 1, scene.hash(), before, 2, extra(TICK - 1, 0));
    states.put(below.hash(), before);
    Made last = below;
    for (int i = 0; i < 3; i++) {
      last = block(TICK + i, last.hash(), after, 4 + i, extra(TICK + i, i == 0 ? FORCED : 0));
      blocks.add(last);
      states.put(last.hash(), after);
    }
    odd = block(TICK + 3, last.hash(), after, 1, Bytes.wrap(scene.array(14)));
  }

  private VectorState state(long sendersNonce) {
    Map<Address, Long> nonces = new HashMap<>();
    Random fill = new Random(7);
    for (int i = 0; i < 40; i++) {
      byte[] address = new byte[20];
      fill.nextBytes(address);
      nonces.put(Address.of(address), (long) i);
    }
    nonces.put(idle, 5L);
    nonces.put(contract, 1L);
    nonces.put(sender(), sendersNonce);
    Map<Hash32, UInt256> words = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      words.put(Hash32.ofWords(0, 0, 0, i), UInt256.of(i + 1));
    }
    words.put(slot, word);
    return new VectorState(nonces, contract, words);
  }

  Address sender() {
    Address sender = sent.sender();
    if (sender == null) {
      throw new IllegalStateException("a signed transaction has a sender");
    }
    return sender;
  }

  private static Bytes extra(long tick, int forced) {
    return Bytes.wrap(
        ByteBuffer.allocate(14).put((byte) 2).putInt(1).putLong(tick).put((byte) forced).array());
  }

  private Made block(long number, Hash32 parent, VectorState state, int transactions, Bytes extra) {
    List<Transaction> txs = new ArrayList<>();
    List<Receipt> receipts = new ArrayList<>();
    long gas = 0;
    SecretKey user = scene.secretKey();
    for (int i = 0; i < transactions; i++) {
      // The second is of the old kind, which stands in a block as a list, not as bytes.
      Transaction tx =
          i == 1
              ? new Transaction.Unsigned(
                      TransactionType.LEGACY,
                      UInt256.of(ROLLUP),
                      7,
                      UInt256.of(9),
                      UInt256.of(9),
                      21_000,
                      scene.address(),
                      UInt256.of(5),
                      Bytes.EMPTY,
                      List.of(),
                      UInt256.ZERO,
                      List.of(),
                      List.of())
                  .sign(user)
              : i == 3 && number == TICK ? sent : scene.transaction();
      txs.add(tx);
      gas += 21_000;
      receipts.add(
          new Receipt(
              tx.type(),
              i != 2,
              gas,
              i == 3
                  ? List.of(
                      new Log(scene.address(), List.of(scene.hash()), Bytes.wrap(scene.array(40))))
                  : List.of()));
    }
    BlockHeader header =
        new BlockHeader(
            parent,
            scene.hash(),
            Address.ofLong(3),
            state.root(),
            OrderedRoot.of(txs.stream().map(Transaction::encoded).toList()),
            OrderedRoot.of(receipts.stream().map(Receipt::encoded).toList()),
            LogsBloom.union(receipts.stream().map(Receipt::bloom).toList()),
            UInt256.ZERO,
            number,
            30_000_000,
            gas,
            1_800_000_000L + number,
            extra,
            scene.hash(),
            BlockHeader.ZERO_NONCE,
            UInt256.of(7),
            scene.hash(),
            0L,
            0L,
            scene.hash(),
            BlockHeader.EMPTY_REQUESTS_HASH);
    return new Made(Block.of(header, txs), receipts);
  }

  /** What L1 and an honest node answer. */
  ObjectNode world() {
    ObjectNode world = JsonNodeFactory.instance.objectNode();
    ObjectNode windows = world.putObject("windows");
    windows.set(Long.toString(SLOT - 1), window(WINDOW_SLOT, 1, false));
    windows.set(Long.toString(SLOT), window(WINDOW_SLOT, 1, false));
    windows.set(Long.toString(WINDOW_SLOT), window(WINDOW_SLOT, 1, false));
    world
        .putObject("committers")
        .set(scene.key().address().toHex(), committer(1, scene.key().address(), STAKE, false));
    world.putObject("l1Blocks").put(Long.toString(ctx.anchorNumber()), ctx.anchorHash().toHex());
    world.putArray("postings").add(posting(1_004, TICK + 2, blocks.getLast().hash()));
    world.putArray("openBlocks");
    ObjectNode headers = world.putObject("headers");
    ObjectNode whole = world.putObject("blocks");
    ObjectNode receipts = world.putObject("receipts");
    headers.put(below.hash().toHex(), below.block().header().encoded().toHex());
    headers.put(odd.hash().toHex(), odd.block().header().encoded().toHex());
    for (Made made : blocks) {
      headers.put(made.hash().toHex(), made.block().header().encoded().toHex());
    }
    Made first = blocks.getFirst();
    whole.put(first.hash().toHex(), first.block().encoded().toHex());
    var list = receipts.putArray(first.hash().toHex());
    first.receipts().forEach(receipt -> list.add(receipt.encoded().toHex()));
    ObjectNode proofs = world.putObject("proofs");
    states.forEach((block, state) -> {
      ObjectNode shown = proofs.putObject(block.toHex());
      for (Address address : List.of(sender(), idle, nobody, contract)) {
        state.tell(shown, address, address.equals(contract), List.of(slot, emptySlot));
      }
    });
    ObjectNode transactions = world.putObject("transactions");
    first.block().transactions().forEach(tx -> transactions.put(tx.hash().toHex(), TICK));
    return world;
  }

  static ObjectNode window(long windowSlot, int operatorId, boolean fallback) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("windowSlot", windowSlot)
        .put("operatorId", operatorId)
        .put("fallback", fallback);
  }

  static ObjectNode committer(
      int operatorId, Address windowCommitter, UInt256 stakeWei, boolean frozen) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("operatorId", operatorId)
        .put("windowCommitter", windowCommitter.toHex())
        .put("stakeWei", stakeWei.toBigInteger().toString())
        .put("frozen", frozen);
  }

  ObjectNode posting(long l1Block, long lastTick, Hash32 lastBlock) {
    ObjectNode posting =
        JsonNodeFactory.instance
            .objectNode()
            .put("l1Block", l1Block)
            .put("l1TxHash", Hash32.ofWords(0, 0, 0, l1Block).toHex())
            .put("lastTick", lastTick);
    posting.putObject("lastBlocks").put(Long.toString(ROLLUP), lastBlock.toHex());
    return posting;
  }

  /** The place of a transaction of the first block. */
  TxLeaf leaf(int index) {
    Made first = blocks.getFirst();
    return new TxLeaf(
        ROLLUP,
        TICK,
        first.block().header().parentHash(),
        index,
        first.block().transactions().get(index).hash(),
        first.receipts().get(index).hash());
  }

  /** A frag of all of the first block, with one leaf changed before it was signed. */
  Commitment frag(int index, Ctx under, boolean sealed, UnaryOperator<TxLeaf> change) {
    List<TxLeaf> leaves = new ArrayList<>();
    for (int i = 0; i < blocks.getFirst().receipts().size(); i++) {
      leaves.add(i == index ? change.apply(leaf(i)) : leaf(i));
    }
    MerkleTree tree = new MerkleTree(leaves.stream().map(TxLeaf::words).toList());
    Frag frag =
        new Frag(
            scene.clusterId(),
            WINDOW_SLOT,
            TICK,
            0,
            Hash32.ZERO,
            under.hash(),
            tree.root(),
            1_800_000_000_123L);
    return new Commitment(
        scene.key().address(),
        scene.sign(frag, under),
        leaves.get(index),
        tree.path(index),
        sealed ? seal(under, UInt256.of(100_000_000_000_000L)) : null);
  }

  /** A frag of a tick that is not the block's. */
  Commitment fragOfTick(long tick) {
    TxLeaf leaf = leaf(0);
    Frag frag =
        new Frag(
            scene.clusterId(),
            WINDOW_SLOT,
            tick,
            0,
            Hash32.ZERO,
            ctx.hash(),
            MerkleTree.fold(leaf.words(), List.of()),
            1_800_000_000_123L);
    return new Commitment(scene.key().address(), scene.sign(frag, ctx), leaf, List.of(), null);
  }

  Commitment frag(int index, Ctx under, boolean sealed) {
    return frag(index, under, sealed, leaf -> leaf);
  }

  /** A promise until a tick. */
  HeldPromise promise(PromiseBody body, Ctx under, long deadlineTick, UInt256 coverageWei) {
    Promise promise =
        Promise.of(
            scene.clusterId(), WINDOW_SLOT, body, coverageWei, deadlineTick, under.hash(), 3);
    return new HeldPromise(scene.key().address(), scene.sign(promise, under), body);
  }

  PromiseBody.Inclusion inclusion(Address sender, long nonce, long lastTick) {
    return new PromiseBody.Inclusion(ROLLUP, sender, nonce, sent.hash(), lastTick);
  }

  /** A word in the state that the first block begins with. */
  PromiseBody.StateLock lock(Address account, Hash32 slot, UInt256 value) {
    return new PromiseBody.StateLock(ROLLUP, TICK, below.hash(), account, slot, value);
  }

  /** The seal of the first block's tick, after one tick more of the window. */
  Commitment.SealProof seal(Ctx under, UInt256 exposureWei) {
    Made first = blocks.getFirst();
    Hash32 parent = first.block().header().parentHash();
    List<BlockLeaf> run =
        List.of(
            new BlockLeaf(TICK - 1, ROLLUP, TICK - 1, parent, Hash32.ofWords(0, 0, 0, 1)),
            new BlockLeaf(TICK, ROLLUP, TICK, first.hash(), parent));
    MerkleTree tree = new MerkleTree(run.stream().map(BlockLeaf::words).toList());
    Seal seal =
        new Seal(
            scene.clusterId(),
            WINDOW_SLOT,
            TICK,
            tree.root(),
            under.hash(),
            exposureWei,
            Hash32.ZERO,
            false,
            1_800_000_000_999L);
    return new Commitment.SealProof(
        new Signed<>(seal, under, scene.sign(seal, under).signature()), run.get(1), tree.path(1));
  }
}
