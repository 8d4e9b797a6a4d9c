// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.uint.UInt256;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The execution genesis of a devnet's L1. Any thread. */
public final class L1Genesis {
  public static final long CHAIN_ID = 900;

  private static final long GAS_LIMIT = 60_000_000;
  private static final UInt256 BASE_FEE_WEI = UInt256.of(1_000_000_000L);

  /** 2^255 wei. */
  private static final UInt256 DEPLOYER_WEI = UInt256.ofLimbs(0, 0, 0, 1L << 63);

  private L1Genesis() {}

  /** Osaka from the start, with the accounts of wallets, operators and the deployer. */
  public static ObjectNode json(long genesisSeconds, List<OperatorKeys> operators) {
    Map<Address, JsonNode> alloc = new TreeMap<>(GenesisJson.systemContracts());
    for (SecretKey wallet : DevAccounts.keys()) {
      alloc.put(wallet.address(), GenesisJson.account(DevAccounts.BALANCE.amount()));
    }
    alloc.put(DevAccounts.DEPLOYER.address(), GenesisJson.account(DEPLOYER_WEI));
    for (OperatorKeys keys : operators) {
      UInt256 owner = OperatorKeys.STAKE.plus(OperatorKeys.OWNER_FEES).amount();
      alloc.put(keys.owner().address(), GenesisJson.account(owner));
      for (SecretKey poster : keys.posters()) {
        alloc.put(poster.address(), GenesisJson.account(OperatorKeys.POSTER_BALANCE.amount()));
      }
    }
    return GenesisJson.genesis(
        GenesisJson.config(CHAIN_ID), genesisSeconds, GAS_LIMIT, BASE_FEE_WEI, Address.ZERO, alloc);
  }
}
