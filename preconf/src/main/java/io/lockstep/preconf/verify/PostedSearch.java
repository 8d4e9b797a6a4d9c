// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.verify;

import io.lockstep.preconf.commitment.Commitment;
import io.lockstep.preconf.commitment.Held;
import io.lockstep.preconf.commitment.HeldPromise;
import io.lockstep.preconf.commitment.PromiseBody;
import io.lockstep.preconf.commitment.TxLeaf;
import io.lockstep.preconf.verify.L1Access.Posting;
import io.lockstep.preconf.verify.Verdict.Broken;
import io.lockstep.preconf.verify.Verdict.Kept;
import io.lockstep.preconf.verify.Verdict.NotYet;
import io.lockstep.preconf.verify.Verdict.Unknown;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.util.Optional;

/** Goes through the batches until one settles what is held. Source: protocol §2.2.1. One thread. */
final class PostedSearch implements L1Access.Visitor {
  private final Held held;
  private final BlockSource blocks;

  /** No batch that ends before it settles anything. */
  private final long firstTick;

  /** From here on somebody must know the blocks. */
  private final long deadlineTick;

  private Verdict verdict = new NotYet("no batch reaches its tick");

  PostedSearch(Held held, BlockSource blocks) {
    this.held = held;
    this.blocks = blocks;
    switch (held) {
      case Commitment commitment -> {
        firstTick = commitment.signed().object().tick();
        deadlineTick = firstTick;
      }
      case HeldPromise promise -> {
        // A place may be reached long before the deadline, and a nonce be used.
        firstTick = 0;
        deadlineTick = promise.signed().object().deadlineTick();
      }
    }
  }

  Verdict verdict() {
    return verdict;
  }

  @Override
  public boolean visit(Posting posting) {
    Hash32 last = posting.lastBlocks().get(held.rollupId());
    if (posting.lastTick() < firstTick || last == null) {
      return true;
    }
    try {
      Optional<Descent> shown = Descent.from(blocks, last);
      Optional<Verdict> found = shown.isEmpty() ? Optional.empty() : settled(posting, shown.get());
      // A batch that derived to nothing is known to no node: a later one repeats its ticks.
      if (found.isEmpty()) {
        if (posting.lastTick() >= deadlineTick) {
          verdict = new Unknown("the node does not show the blocks that were posted");
        }
        return true;
      }
      verdict = found.get();
    } catch (DecodeException e) {
      verdict = new Unknown("the node shows what L1 does not hold: " + e.getMessage());
    } catch (IOException e) {
      verdict = new Unknown(String.valueOf(e.getMessage()));
    }
    return false;
  }

  /** What a batch's blocks say; empty when it does not reach so far. */
  private Optional<Verdict> settled(Posting posting, Descent shown)
      throws IOException, DecodeException {
    return switch (held) {
      case Commitment commitment -> {
        TxLeaf leaf = commitment.leaf();
        if (shown.header().number() < leaf.number()) {
          yield Optional.empty();
        }
        shown.downTo(leaf.number());
        yield Optional.of(place(leaf.txHash(), leaf.txIdx(), posting, shown));
      }
      case HeldPromise promise ->
          switch (promise.said()) {
            case PromiseBody.Inclusion said -> inclusion(said, posting, shown);
            case PromiseBody.Placed said -> {
              Optional<Verdict> late = late(said.number(), posting, shown);
              yield late.isPresent() || shown.header().number() != said.number()
                  ? late
                  : Optional.of(place(said.txHash(), said.txIdx(), posting, shown));
            }
            case PromiseBody.StateLock said -> {
              Optional<Verdict> late = late(said.number(), posting, shown);
              yield late.isPresent() || shown.header().number() != said.number()
                  ? late
                  : Optional.of(lock(said, posting, shown));
            }
          };
    };
  }

  private Verdict place(Hash32 txHash, long txIdx, Posting posting, Descent shown)
      throws IOException, DecodeException {
    return broken(posting, shown.block())
        .orElseGet(() ->
            new Kept(
                posting,
                shown.hash(),
                "transaction %s stands at index %d of block %d with the promised receipt"
                    .formatted(txHash, txIdx, shown.header().number())));
  }

  /** Broken if these bytes differ from what is held. */
  private Optional<Verdict> broken(Posting posting, Posted posted) throws DecodeException {
    return posted
        .difference(held)
        .map(difference -> new Broken(new Evidence(held, posting, posted, difference)));
  }

  /** Goes down to a block, if the batch reaches it; what the headers by themselves show broken. */
  private Optional<Verdict> late(long number, Posting posting, Descent shown)
      throws IOException, DecodeException {
    shown.downTo(number);
    return broken(posting, new PostedHeaders(shown.last(), shown.headers()));
  }

  private Verdict lock(PromiseBody.StateLock said, Posting posting, Descent shown)
      throws IOException, DecodeException {
    Hash32 block = shown.hash();
    shown.down();
    Optional<StateProof> proof = blocks.proof(shown.hash(), said.account(), said.slot());
    if (proof.isEmpty()) {
      return new Unknown("the node does not keep the state of block " + shown.hash());
    }
    PostedState posted = new PostedState(shown.last(), shown.headers(), proof.get());
    return broken(posting, posted)
        .orElseGet(() ->
            new Kept(
                posting,
                block,
                "word %s of %s has the promised value below block %d"
                    .formatted(said.slot(), said.account(), said.number())));
  }

  private Optional<Verdict> inclusion(PromiseBody.Inclusion said, Posting posting, Descent shown)
      throws IOException, DecodeException {
    while (shown.tick() > said.lastTick()) {
      shown.down();
    }
    boolean isOver = shown.headers().size() > 1 || shown.tick() == said.lastTick();
    Optional<StateProof> proof = blocks.proof(shown.hash(), said.sender(), null);
    if (proof.isPresent()) {
      long nonce = proof.get().nonce(shown.header().stateRoot(), said.sender());
      if (Long.compareUnsigned(nonce, said.nonce()) > 0) {
        return Optional.of(
            new Kept(
                posting,
                shown.hash(),
                "nonce %d of %s is used by block %d"
                    .formatted(said.nonce(), said.sender(), shown.header().number())));
      }
      return isOver
          ? broken(posting, new PostedState(shown.last(), shown.headers(), proof.get()))
          : Optional.empty();
    }
    Hash32 state = shown.hash();
    if (isInBlock(said, shown)) {
      return Optional.of(
          new Kept(
              posting,
              shown.hash(),
              "transaction %s stands in block %d"
                  .formatted(said.txHash(), shown.header().number())));
    }
    return isOver
        ? Optional.of(new Unknown("the node does not keep the state of block " + state))
        : Optional.empty();
  }

  /** Whether the promised transaction stands where the source says; goes there. */
  private boolean isInBlock(PromiseBody.Inclusion said, Descent shown)
      throws IOException, DecodeException {
    Optional<Long> number = blocks.blockOf(said.txHash());
    if (number.isEmpty() || number.get() > shown.header().number()) {
      return false;
    }
    shown.downTo(number.get());
    Optional<Bytes> block = blocks.block(shown.hash());
    if (block.isEmpty()) {
      return false;
    }
    for (Transaction tx : PostedBlock.body(shown.header(), block.get()).transactions()) {
      if (tx.hash().equals(said.txHash())) {
        return tx.nonce() == said.nonce() && said.sender().equals(tx.sender());
      }
    }
    return false;
  }
}
