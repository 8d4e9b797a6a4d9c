// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import io.lockstep.config.cluster.ProtocolParameters;
import io.lockstep.config.cluster.StakeParameters;
import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.L2Genesis;
import io.lockstep.devnet.deploy.OperatorKeys;
import io.lockstep.execution.state.Genesis;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Wei;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What to deploy. Any thread.
 *
 * @param rollups genesis files in the cluster's order
 * @param operators registered at once; an open cluster begins without any
 * @param payer creates the contracts, and funds operators that have too little
 */
public record Plan(
    ProtocolParameters parameters,
    StakeParameters stakes,
    List<JsonNode> rollups,
    List<Operator> operators,
    SecretKey payer) {
  public Plan {
    rollups = List.copyOf(rollups);
    operators = List.copyOf(operators);
  }

  /**
   * An operator to register.
   *
   * @param validators beacon chain indices that it claims
   */
  public record Operator(OperatorKeys keys, Wei stake, List<Long> validators) {
    public Operator {
      validators = List.copyOf(validators);
    }
  }

  /**
   * What of protocol §8 the numbers do not obey on an L1 with such slots; empty when all is well.
   */
  public List<String> problems(long slotSeconds, int slotsPerEpoch) {
    List<String> found = new ArrayList<>(parameters.problems(slotSeconds, slotsPerEpoch));
    found.addAll(stakes.problems(slotSeconds, slotsPerEpoch));
    if (rollups.isEmpty()) {
      found.add("rollups: there is none");
    }
    Set<Long> chainIds = new HashSet<>();
    for (JsonNode genesis : rollups) {
      long chainId = chainId(genesis);
      if (!chainIds.add(chainId)) {
        found.add("rollups: chain id %d is given twice".formatted(chainId));
      }
    }
    return found;
  }

  /** What accounts can spend from genesis on, wei, over all these rollups: L1 locks as much. */
  static BigInteger coverWei(List<JsonNode> rollups) throws DeployException {
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode genesis : rollups) {
      sum = sum.add(L2Genesis.spendableWei(parsed(genesis)));
    }
    return sum;
  }

  static Genesis parsed(JsonNode genesis) throws DeployException {
    try {
      return Genesis.parse(genesis);
    } catch (DecodeException e) {
      throw new DeployException("a rollup's genesis: " + e.getMessage(), e);
    }
  }

  static long chainId(JsonNode genesis) {
    return genesis.path("config").path("chainId").asLong();
  }
}
