// SPDX-License-Identifier: Apache-2.0
package io.lockstep.conformance;

import io.lockstep.execution.block.BlockEnv;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A state and transactions, each meant for a block of its own.
 *
 * @param seed from which all of it follows
 * @param envs of the blocks, one for each transaction
 * @param transactions as on the wire, valid or not
 * @param hasBlobs whether one is of type 3, which anvil takes only with its blobs
 */
record World(
    long seed,
    Map<Address, Account> accounts,
    List<BlockEnv> envs,
    List<Bytes> transactions,
    boolean hasBlobs) {
  static final long CHAIN_ID = 901;

  /** An account before the first transaction. */
  record Account(long nonce, UInt256 balance, Bytes code, Map<UInt256, UInt256> storage) {}

  /** The same with one more account. */
  World with(Address address, Account account) {
    Map<Address, Account> all = new LinkedHashMap<>(accounts);
    all.put(address, account);
    return new World(seed, all, envs, transactions, hasBlobs);
  }

  /** The same with the first transactions only. */
  World first(int count) {
    return new World(
        seed, accounts, envs.subList(0, count), transactions.subList(0, count), hasBlobs);
  }

  /** The same in other blocks. */
  World in(List<BlockEnv> others) {
    return new World(seed, accounts, others, transactions, hasBlobs);
  }
}
