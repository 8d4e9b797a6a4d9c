// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.fanout;

import io.lockstep.bench.batch.Traffic;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.commitment.CommitmentJson;
import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Signed;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Signed frags of transfers, one after the other. One thread. */
final class Frags {
  static final CommitmentDomain DOMAIN = new CommitmentDomain(900, Address.ofLong(0x100));
  private static final long SEED = 901;
  private static final int ACCOUNTS = 1_000;
  private static final SecretKey COMMITTER = SecretKey.fromHex("0x" + "42".repeat(32));

  private final Traffic traffic = new Traffic(SEED, ACCOUNTS, 1);
  private final int transactions;
  private final Hash32 parent = Keccak.hash("parent".getBytes(StandardCharsets.US_ASCII));
  private long next;

  Frags(int transactions) {
    this.transactions = transactions;
  }

  FragMessage next() {
    List<Transaction> body = traffic.transfers(transactions);
    FragMessage.Part part =
        new FragMessage.Part(
            Traffic.CHAIN_ID,
            7,
            parent,
            next * transactions,
            body,
            body.stream().map(Transaction::hash).toList());
    Ctx ctx = new Ctx(5, parent, parent, 0);
    Frag frag =
        new Frag(
            parent,
            3,
            7,
            next++,
            parent,
            ctx.hash(),
            FragMessage.tree(FragMessage.leaves(List.of(part))).root(),
            System.currentTimeMillis());
    return new FragMessage(
        new Signed<>(frag, ctx, Secp256k1.sign(DOMAIN.digest(frag), COMMITTER)), 1, List.of(part));
  }

  /** The size of a frag as subscribers get it. */
  int jsonBytes() {
    FragMessage message = next();
    ObjectNode out = CommitmentJson.writeSigned(DOMAIN, message.frag());
    ArrayNode leaves = out.putArray("leaves");
    message.leaves().forEach(leaf -> leaves.add(CommitmentJson.txLeaf(leaf)));
    return out.toString().length();
  }
}
