// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.execution.state.ChainDb;
import io.lockstep.execution.state.TxLocation;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Transactions whose block and place were released to a user, and whether they stand there. */
final class Promises {
  private final Map<Hash32, String> promised = new HashMap<>();
  private int nonce;

  /** Sends transactions until the operator has released them, and notes block and place. */
  void some(ScenarioNet net, int operatorId) {
    ScenarioNode node = net.operator(operatorId);
    for (int i = 0; i < 3; i++) {
      Transaction tx = net.send(nonce++);
      net.until("a frag with " + tx.hash(), () -> placeIn(node, tx.hash()) != null);
      promised.put(tx.hash(), String.valueOf(placeIn(node, tx.hash())));
    }
  }

  private static @Nullable String placeIn(ScenarioNode node, Hash32 hash) {
    for (FragMessage frag : node.released) {
      for (FragMessage.Part part : frag.parts()) {
        for (int i = 0; i < part.transactions().size(); i++) {
          if (part.transactions().get(i).hash().equals(hash)) {
            return part.number() + "/" + (part.firstTxIdx() + i);
          }
        }
      }
    }
    return null;
  }

  /** The operator that sequences, as soon as there is one. */
  static int whoSequences(ScenarioNet net) {
    net.until("an operator sequences", () -> sequencing(net) != 0);
    return sequencing(net);
  }

  /** The operator that sequences now, or 0. */
  static int sequencing(ScenarioNet net) {
    for (int id = 1; id <= 3; id++) {
      if (!net.operator(id).dead && net.operator(id).view.status().sequencing()) {
        return id;
      }
    }
    return 0;
  }

  /** All are on the safe chain where it was said, and the nodes agree on it. */
  void assertKept(ScenarioNet net) {
    ChainDb chain = net.follower().core.cluster().first().chain();
    promised.forEach((hash, place) -> {
      TxLocation at = chain.transaction(hash);
      assertThat(at).as("transaction " + hash).isNotNull();
      assertThat(at.blockNumber() + "/" + at.index()).as("place of " + hash).isEqualTo(place);
      assertThat(at.blockNumber()).isLessThanOrEqualTo(net.follower().safeHeight());
    });
    for (ScenarioNode node : net.nodes) {
      if (!node.dead) {
        assertThat(node.hashAt(net.follower().safeHeight()))
            .as("chain of operator " + node.operatorId)
            .isEqualTo(net.follower().hashAt(net.follower().safeHeight()));
      }
    }
  }

  /** All are on the safe chain, there or elsewhere. */
  void assertIncluded(ScenarioNet net) {
    ChainDb chain = net.follower().core.cluster().first().chain();
    for (Hash32 hash : promised.keySet()) {
      TxLocation at = chain.transaction(hash);
      assertThat(at).as("transaction " + hash).isNotNull();
      assertThat(at.blockNumber()).isLessThanOrEqualTo(net.follower().safeHeight());
    }
  }
}
