// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.stake;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.contract.Reverts;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Receipt;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.send.AccountLanes;
import io.lockstep.l1client.send.TxSender;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.uint.UInt256;

/** An account that calls contracts, one call at a time, and waits for each. One thread. */
public final class L1Account {
  /** Blob fees play no part, so neither do the slots they are forecast for. */
  private static final int ANY_SLOT_SECONDS = 12;

  /** Some slots of 12 s. */
  private static final long PATIENCE_MS = 180_000;

  private final ExecutionClient execution;
  private final SecretKey key;
  private final TxSender sender;

  /** A contract said no; the message says why. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why, Throwable cause) {
      super(why, cause);
    }

    Refused(String why) {
      super(why);
    }
  }

  public L1Account(ExecutionClient execution, SecretKey key) throws L1Exception {
    this.execution = execution;
    this.key = key;
    this.sender =
        new TxSender(
            execution,
            execution.chainId(),
            new FeeReader(execution, BlobSchedule.UNKNOWN, ANY_SLOT_SECONDS),
            FeePolicy.DEFAULT,
            new AccountLanes());
  }

  public Address address() {
    return key.address();
  }

  SecretKey key() {
    return key;
  }

  public ExecutionClient execution() {
    return execution;
  }

  public UInt256 balance() throws L1Exception {
    return execution.balance(address(), BlockTag.LATEST);
  }

  /**
   * Calls a contract and waits until the call is in a block.
   *
   * @throws Refused when it would revert, or did
   */
  public L1Receipt call(Address contract, UInt256 value, Bytes data) throws L1Exception, Refused {
    L1Receipt receipt;
    try {
      receipt = sender.sendAndWait(key, contract, value, data, PATIENCE_MS);
    } catch (L1Exception e) {
      String why = Reverts.inWords(e.data());
      if (why != null) {
        throw new Refused(why, e);
      }
      throw e;
    }
    if (!receipt.success()) {
      throw new Refused("transaction " + receipt.txHash() + " reverted in its block");
    }
    return receipt;
  }
}
