// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.node.rpc.Streams;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.GossipListener;
import io.lockstep.preconf.gossip.PeerId;
import io.lockstep.preconf.gossip.PromiseMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.preconf.gossip.TicksAnswer;
import io.lockstep.preconf.gossip.Topics;
import io.lockstep.preconf.ledger.ReleasedLedger;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.tx.TransactionCodec;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.sequencer.loop.Command;
import io.lockstep.sequencer.loop.SequencerLoop;
import io.lockstep.sequencer.mempool.AddResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers send: decoded and its senders recovered here, on gossip's threads, then given to the
 * loop. What does not decode is not passed on.
 */
final class PeerDesk implements GossipListener {
  private static final Logger LOG = LoggerFactory.getLogger(PeerDesk.class);

  /** Together with the next two less than a frame; frags repeat what their seals have, and more. */
  private static final int SEAL_BYTES = 2 << 20;

  private static final int SEALED_FRAG_BYTES = 3 << 20;
  private static final int UNSEALED_FRAG_BYTES = 2 << 20;

  private final Set<Long> rollups;
  private final SequencerLoop loop;
  private final ReleasedLedger ledger;
  private final Streams streams;
  private final LongSupplier headTick;

  /**
   * @param rollups those of the cluster
   * @param streams told of transactions that were taken
   * @param headTick tick of the unsafe head; any thread
   */
  PeerDesk(
      Set<Long> rollups,
      SequencerLoop loop,
      ReleasedLedger ledger,
      Streams streams,
      LongSupplier headTick) {
    this.rollups = Set.copyOf(rollups);
    this.loop = loop;
    this.ledger = ledger;
    this.streams = streams;
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
        case Topics.PROMISE -> onPromise(PromiseMessage.decode(payload));
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
    return rollups.contains(rollupId)
        && tx.sender() != null
        && loop.offer(
            new Command.Submit(
                rollupId,
                tx,
                result -> {
                  if (result instanceof AddResult.Added || result instanceof AddResult.Replaced) {
                    streams.onWaiting(rollupId, tx);
                  }
                }));
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

  private boolean onPromise(PromiseMessage message) {
    return loop.offer(new Command.Promise(message));
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
        seals = ledger.seals(request.firstTick(), request.mostSeals(), SEAL_BYTES);
        frags = frags(seals, head);
      } catch (DecodeException e) {
        LOG.info("peer {} asked something unreadable: {}", from, e.getMessage());
      }
    }
    return new TicksAnswer(head, seals, frags).encoded();
  }

  /** Those that nobody has sealed yet, and, as far as there is room, those of the sealed ticks. */
  private List<FragMessage> frags(List<SealMessage> seals, long head) {
    List<FragMessage> unsealed =
        ledger.fragsFrom(head + 1, TicksAnswer.MAX_FRAGS, UNSEALED_FRAG_BYTES);
    if (seals.isEmpty()) {
      return unsealed;
    }
    long lastTick = Math.min(head, seals.getLast().tick());
    int room = TicksAnswer.MAX_FRAGS - unsealed.size();
    List<FragMessage> frags = new ArrayList<>();
    ledger.fragsFrom(seals.getFirst().tick(), room, SEALED_FRAG_BYTES).stream()
        .takeWhile(frag -> frag.frag().object().tick() <= lastTick)
        .forEach(frags::add);
    frags.addAll(unsealed);
    return frags;
  }

  @Override
  public void onPeer(PeerId peer, boolean connected) {
    LOG.info("peer {} {}", peer, connected ? "connected" : "gone");
    if (connected && !loop.offer(new Command.PeerCame())) {
      LOG.debug("busy: peer {} is not asked at once", peer);
    }
  }
}
