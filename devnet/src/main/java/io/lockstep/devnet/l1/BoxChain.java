// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BeaconSide.NewHead;
import io.lockstep.devnet.l1.BlockMaker.FeeSpike;
import io.lockstep.devnet.l1.BlockMaker.Made;
import io.lockstep.execution.block.BlockEnv;
import io.lockstep.execution.block.BlockRules;
import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.PreparedRoot;
import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.tx.Block;
import io.lockstep.primitives.tx.BlockHeader;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionType;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.primitives.types.SlotClock;
import io.lockstep.storage.kv.KeyValueStore.Durability;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The box's chain: one turn a slot, scripts, pool. Every change is made under {@link #lock}, by
 * whichever thread comes; reads take the {@link #view()} or the stores.
 */
final class BoxChain {
  private static final int SLOTS_PER_EPOCH = BoxOptions.SLOTS_PER_EPOCH;

  private final Object lock;
  private final BoxOptions options;
  private final BeaconSide beacon;
  private final ChainDb chain;
  private final BeaconDb db;
  private final Proposers proposers;
  private final BlockMaker maker;
  private final TxPool pool = new TxPool(PoolLimits.DEFAULT);
  private final Script script = new Script();
  private final Consumer<NewHead> onHead;
  private volatile BlockEnv nextEnv;

  /** How the pool is seen at one moment. */
  interface PoolUse<T> {
    T apply(TxPool pool);
  }

  /**
   * Goes on where the stores are; slots after the head up to the view's current one are missed.
   *
   * @param onHead called under the lock for each block made
   */
  BoxChain(
      BoxOptions options,
      BeaconSide beacon,
      ChainDb chain,
      BlockMaker maker,
      Consumer<NewHead> onHead) {
    this.options = options;
    this.beacon = beacon;
    this.lock = beacon.lock();
    this.chain = chain;
    this.db = beacon.db();
    this.proposers = beacon.proposers();
    this.maker = maker;
    this.onHead = onHead;
    db.dropAfter(view().head().slot());
    this.nextEnv = nextEnv(view().head(), view().currentSlot());
  }

  /** The consensus records of this chain. */
  BeaconSide beacon() {
    return beacon;
  }

  BoxView view() {
    return beacon.view();
  }

  /** What calls at the tip run in: the block of the next slot, with fees as the rules have them. */
  BlockEnv nextEnv() {
    return nextEnv;
  }

  SlotClock clock() {
    return beacon.clock();
  }

  ChainDb chain() {
    return chain;
  }

  BeaconDb db() {
    return db;
  }

  /** Gives {@code slot} its turn: a block, several after a stall, or none. */
  void turn(long slot) {
    synchronized (lock) {
      if (slot <= view().currentSlot()) {
        throw new IllegalStateException(
            "slot %d had its turn, the current one is %d".formatted(slot, view().currentSlot()));
      }
      beacon.setView(view().withSlot(slot));
      nextEnv = nextEnv(view().head(), slot);
      if (slot % SLOTS_PER_EPOCH == 0) {
        db.dropBlobsBefore(slot - (long) options.blobRetentionEpochs() * SLOTS_PER_EPOCH);
      }
      for (long due : script.due(slot)) {
        produce(due);
      }
    }
  }

  /** Gives the next slot its turn. */
  void nextTurn() {
    synchronized (lock) {
      turn(view().currentSlot() + 1);
    }
  }

  void goLive() {
    synchronized (lock) {
      BoxMeta meta = Objects.requireNonNull(db.meta(), "the box's record exists since its start");
      db.putMeta(meta.withLive());
      beacon.setView(view().withLive());
    }
  }

  /** Offers a transaction; answers why not, or null. */
  @Nullable String add(Transaction tx, Address sender, @Nullable Sidecar sidecar) {
    synchronized (lock) {
      return pool.add(tx, sender, sidecar, chain.headState(), view().currentSlot());
    }
  }

  /** A waiting transaction, or null. */
  @Nullable PooledTx pooled(Hash32 hash) {
    synchronized (lock) {
      return pool.get(hash);
    }
  }

  <T> T withPool(PoolUse<T> use) {
    synchronized (lock) {
      return use.apply(pool);
    }
  }

  void skip(int slots) {
    synchronized (lock) {
      script.skip(slots);
    }
  }

  void stall(int slots) {
    synchronized (lock) {
      script.stall(slots);
    }
  }

  void spike(FeeSpike fees) {
    synchronized (lock) {
      script.spike(fees);
    }
  }

  /**
   * Lets the next block stand on the head's {@code depth}-th ancestor.
   *
   * @throws IllegalArgumentException when that would undo a finalized block
   */
  void reorg(int depth, boolean dropTransactions) {
    synchronized (lock) {
      ancestor(depth);
      script.reorg(depth, dropTransactions);
    }
  }

  /**
   * Sets the proposers of an epoch to come. Those of the next epoch are fixed already (EIP-7917):
   * they change as they would on a real chain, by a reorg that replaces the last block before the
   * current epoch, together with the next block.
   *
   * @throws IllegalArgumentException when the epoch is not ahead or cannot be changed any more
   */
  void script(long epoch, List<Integer> order) {
    synchronized (lock) {
      long current = view().currentEpoch();
      if (epoch <= current) {
        throw new IllegalArgumentException(
            "epoch %d is not ahead, the current one is %d".formatted(epoch, current));
      }
      int depth = 0;
      if (epoch == current + 1) {
        long dependentSlot = BeaconSide.dependentSlot(epoch);
        for (BeaconBlock b = view().head(); b.slot() > 0; b = beacon.parent(b)) {
          depth++;
          if (b.slot() <= dependentSlot) {
            break;
          }
        }
        if (depth == 0 || db.atOrBefore(Math.max(0, dependentSlot)).slot() == 0) {
          throw new IllegalArgumentException(
              "the proposers of epoch " + epoch + " are fixed by the genesis block");
        }
        ancestor(depth);
      }
      proposers.script(epoch, order);
      BoxMeta meta = Objects.requireNonNull(db.meta(), "the box's record exists since its start");
      db.putMeta(meta.withProposers(proposers.scripted()));
      if (depth > 0) {
        script.reorg(depth, false);
      }
    }
  }

  private BeaconBlock ancestor(int depth) {
    BeaconBlock block = view().head();
    for (int i = 0; i < depth; i++) {
      if (block.slot() <= view().finalized().slot()) {
        throw new IllegalArgumentException(
            "a reorg of depth %d would undo the finalized block of slot %d"
                .formatted(depth, view().finalized().slot()));
      }
      block = beacon.parent(block);
    }
    return block;
  }

  private void produce(long slot) {
    BeaconBlock oldHead = view().head();
    int depth = script.takeReorgDepth();
    BeaconBlock parent = ancestor(depth);
    if (depth > 0) {
      abandon(oldHead, parent, slot);
    }
    BlockMaker.Orders orders = orders(parent, slot, script.takeSpike());
    Made made = maker.make(orders, chain.headState(), chain.ancestorHashes(), pool, slot);
    PreparedRoot root = chain.prepare(made.block().diff());
    BlockHeader header = BlockRules.seal(made.block(), root.stateRoot());
    Hash32 executionHash = header.hash();
    List<Bytes> commitments = new ArrayList<>();
    List<Bytes> blobs = new ArrayList<>();
    for (PooledTx entry : made.included()) {
      if (entry.sidecar() != null) {
        commitments.addAll(entry.sidecar().commitments());
        blobs.addAll(entry.sidecar().blobs());
      }
    }
    Hash32 body = BeaconBlock.bodyRoot(executionHash, orders.prevRandao(), commitments);
    BeaconHeader complete =
        beacon
            .states()
            .complete(
                new BeaconHeader(slot, proposers.at(slot), parent.root(), Hash32.ZERO, body),
                header,
                proposers.lookahead(slot / SLOTS_PER_EPOCH));
    BeaconBlock block = BeaconBlock.of(complete, executionHash, header.number(), commitments);
    db.put(block, parent, blobs);
    chain.append(header, made.block(), root, Durability.PROCESS);
    made.included().forEach(pool::remove);
    made.impossible().forEach(pool::remove);
    pool.prune(chain.headState());
    nextEnv = nextEnv(block, view().currentSlot());
    beacon.setView(BoxView.at(db, block, view().currentSlot(), view().live()));
    onHead.accept(new NewHead(view(), parent, depth > 0 ? oldHead : null, parent));
  }

  /** The execution chain's head must be {@code parent}'s block. */
  private BlockMaker.Orders orders(BeaconBlock parent, long slot, @Nullable FeeSpike spike) {
    byte[] number = ByteBuffer.allocate(8).putLong(slot).array();
    return new BlockMaker.Orders(
        chain.head(),
        parent.executionHash(),
        beacon.clock().startSeconds(new Slot(slot)),
        Sha256.hash(options.seed().toArray(), number),
        beacon.validators().owner(proposers.at(slot)),
        parent.root(),
        spike);
  }

  private BlockEnv nextEnv(BeaconBlock head, long slot) {
    return maker.env(orders(head, slot + 1, null));
  }

  /** Takes the blocks after {@code ancestor} off the chain; their transactions wait again. */
  private void abandon(BeaconBlock head, BeaconBlock ancestor, long slot) {
    List<BeaconBlock> abandoned = new ArrayList<>();
    for (BeaconBlock b = head; !b.root().equals(ancestor.root()); b = beacon.parent(b)) {
      abandoned.addFirst(b);
    }
    List<PooledTx> back = new ArrayList<>();
    if (!script.reorgDropsTransactions()) {
      abandoned.forEach(block -> back.addAll(transactionsOf(block, slot - 1)));
    }
    chain.rewindTo(ancestor.executionHash());
    back.forEach(tx -> pool.reinstate(tx.tx(), tx.sender(), tx.sidecar(), tx.arrivedSlot()));
  }

  private List<PooledTx> transactionsOf(BeaconBlock block, long slot) {
    Block execution = chain.block(block.executionHash());
    if (execution == null) {
      throw new IllegalStateException("the box lost execution block " + block.executionHash());
    }
    List<Bytes> blobs = db.blobs(block);
    List<PooledTx> out = new ArrayList<>();
    int at = 0;
    for (Transaction tx : execution.transactions()) {
      Address sender = Objects.requireNonNull(tx.sender(), "an included transaction has a sender");
      Sidecar sidecar = null;
      if (tx.type() == TransactionType.BLOB) {
        int count = tx.blobVersionedHashes().size();
        if (blobs == null) {
          continue; // its blobs are past retention: it cannot be sent again
        }
        sidecar =
            new Sidecar(blobs.subList(at, at + count), block.commitments().subList(at, at + count));
        at += count;
      }
      out.add(new PooledTx(tx, sender, sidecar, slot, 0));
    }
    return out;
  }
}
