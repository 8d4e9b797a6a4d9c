// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.gossip;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a request for sealed ticks.
 *
 * @param headTick tick of the unsafe head of whoever answers
 * @param seals in tick order, from the tick asked for; as many as fit
 * @param frags by tick and place: of the sealed ticks as many as fit, so that the asker can show
 *     commitments of theirs; and of ticks above that head, which nobody has sealed yet: whoever
 *     builds there next begins with them (protocol §7)
 */
public record TicksAnswer(long headTick, List<SealMessage> seals, List<FragMessage> frags) {
  /** Most seals that may be asked for at once. */
  public static final int MAX_SEALS = 256;

  /** Most frags in an answer. */
  public static final int MAX_FRAGS = 4_096;

  private static final int MAX_SEAL_BYTES = 8 << 20;
  private static final int MAX_FRAG_BYTES = 8 << 20;

  public TicksAnswer {
    seals = List.copyOf(seals);
    frags = List.copyOf(frags);
  }

  public Bytes encoded() {
    RlpWriter out = new RlpWriter(4_096).startList().integer(headTick).startList();
    seals.forEach(seal -> out.bytes(seal.encoded()));
    out.endList().startList();
    frags.forEach(frag -> out.bytes(frag.encoded()));
    return out.endList().endList().toBytes();
  }

  /**
   * Reads what a peer sent.
   *
   * @throws DecodeException when it is not of this form or holds more than may be asked for
   */
  public static TicksAnswer decode(Bytes payload) throws DecodeException {
    RlpReader whole = RlpReader.over(payload);
    RlpReader in = whole.list();
    whole.end();
    long headTick = in.integer();
    RlpReader sealList = in.list();
    RlpReader fragList = in.list();
    in.end();
    List<SealMessage> seals = new ArrayList<>();
    while (sealList.hasNext()) {
      if (seals.size() == MAX_SEALS) {
        throw new DecodeException("more than " + MAX_SEALS + " seals");
      }
      seals.add(SealMessage.decode(sealList.bytes(MAX_SEAL_BYTES)));
    }
    List<FragMessage> frags = new ArrayList<>();
    while (fragList.hasNext()) {
      if (frags.size() == MAX_FRAGS) {
        throw new DecodeException("more than " + MAX_FRAGS + " frags");
      }
      frags.add(FragMessage.decode(fragList.bytes(MAX_FRAG_BYTES)));
    }
    return new TicksAnswer(headTick, seals, frags);
  }

  /** The request that this answers: RLP of (first tick, most seals). */
  public record Request(long firstTick, int mostSeals) {
    public Bytes encoded() {
      return new RlpWriter().startList().integer(firstTick).integer(mostSeals).endList().toBytes();
    }

    /**
     * Reads what a peer asked.
     *
     * @throws DecodeException when it is not of this form
     */
    public static Request decode(Bytes payload) throws DecodeException {
      RlpReader whole = RlpReader.over(payload);
      RlpReader in = whole.list();
      whole.end();
      Request request = new Request(in.integer(), Math.clamp(in.integer(), 0, MAX_SEALS));
      in.end();
      return request;
    }
  }
}
