// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.GossipListener;
import io.lockstep.preconf.gossip.PeerId;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.TicksAnswer;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.SequencerLoop;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers send: decoded and its senders recovered here, on gossip's threads, then given to the
 * loop. What does not decode is not passed on.
 */
final class PeerDesk implements GossipListener {
  private static final Logger LOG = LoggerFactory.getLogger(PeerDesk.class);
  private static final int ANSWER_BYTES = 4 << 20;
  private static final int FRAG_BYTES = 3 << 20;

  private final SequencerLoop loop;
  private final CommitmentLedger ledger;
  private final LongSupplier headTick;

  /**
   * @param headTick tick of the unsafe head; any thread
   */
  PeerDesk(SequencerLoop loop, CommitmentLedger ledger, LongSupplier headTick) {
    this.loop = loop;
    this.ledger = ledger;
    this.headTick = headTick;
  }

  /** A transaction as it travels between nodes. */
  static Bytes encode(long rollupId, Transaction tx) {
    return new RlpWriter(tx.encoded().size() + 16)
        .startList()
        .integer(rollupId)
        .bytes(tx.encoded())
        .endList()
        .toBytes();
  }

  @Override
  public boolean onMessage(PeerId from, byte topic, Bytes payload) {
    try {
      return switch (topic) {
        case Topics.TRANSACTION -> onTransaction(payload);
        case Topics.FRAG -> onFrag(FragMessage.decode(payload));
        case Topics.SEAL -> onSeal(SealMessage.decode(payload));
        default -> false;
      };
    } catch (DecodeException e) {
      LOG.info("peer {} sent something unreadable on topic {}: {}", from, topic, e.getMessage());
      return false;
    }
  }

  private boolean onTransaction(Bytes payload) throws DecodeException {
    RlpReader whole = RlpReader.over(payload);
    RlpReader in = whole.list();
    whole.end();
    long rollupId = in.integer();
    Transaction tx = TransactionCodec.decode(in.bytes(SealMessage.MAX_TRANSACTION_BYTES));
    in.end();
    return tx.sender() != null && loop.offer(new Command.Submit(rollupId, tx, result -> {}));
  }

  private boolean onFrag(FragMessage message) {
    for (FragMessage.Part part : message.parts()) {
      recoverSenders(part.transactions());
    }
    return loop.offer(new Command.Frag(message));
  }

  private boolean onSeal(SealMessage message) {
    for (SealMessage.SealedBlock block : message.blocks()) {
      recoverSenders(block.transactions());
    }
    return loop.offer(new Command.Seal(message));
  }

  /** Recovery is remembered by the transaction; here it costs the loop nothing. */
  private static void recoverSenders(List<Transaction> transactions) {
    for (Transaction tx : transactions) {
      var _ = tx.sender();
    }
  }

  @Override
  public Bytes onRequest(PeerId from, byte topic, Bytes payload) {
    long head = headTick.getAsLong();
    List<SealMessage> seals = List.of();
    List<FragMessage> frags = List.of();
    if (topic == Topics.SEALED_TICKS) {
      try {
        TicksAnswer.Request request = TicksAnswer.Request.decode(payload);
        seals = ledger.seals(request.firstTick(), request.mostSeals(), ANSWER_BYTES);
        frags = ledger.fragsFrom(head + 1, TicksAnswer.MAX_FRAGS, FRAG_BYTES);
      } catch (DecodeException e) {
        LOG.info("peer {} asked something unreadable: {}", from, e.getMessage());
      }
    }
    return new TicksAnswer(head, seals, frags).encoded();
  }

  @Override
  public void onPeer(PeerId peer, boolean connected) {
    LOG.info("peer {} {}", peer, connected ? "connected" : "gone");
    if (connected && !loop.offer(new Command.PeerCame())) {
      LOG.debug("busy: peer {} is not asked at once", peer);
    }
  }
}
