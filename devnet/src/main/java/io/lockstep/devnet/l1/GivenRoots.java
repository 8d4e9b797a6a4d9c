// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.devnet.deploy.GenesisJson;
import io.lockstep.devnet.deploy.L1Client;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EIP-4788 on an execution client that knows no beacon chain: a development client that lets one
 * write states (anvil) is given the contract and the roots that the chain would have written. On
 * any other client nothing can be proven, which is said once. One thread.
 */
final class GivenRoots {
  private static final Logger LOG = LoggerFactory.getLogger(GivenRoots.class);
  private static final long RING = 8_191;

  private final L1Client client;
  private boolean hasCode;
  private boolean refused;

  GivenRoots(L1Client client) {
    this.client = client;
  }

  /** Lets the contract answer {@code root} for {@code timestampSeconds}. */
  void put(long timestampSeconds, Hash32 root) throws DeployException {
    if (refused) {
      return;
    }
    try {
      if (!hasCode) {
        Bytes code = GenesisJson.beaconRootsCode();
        client.call(
            "anvil_setCode",
            Params.text(GenesisJson.BEACON_ROOTS.toHex()),
            Params.text(code.toHex()));
        hasCode = true;
      }
      long cell = timestampSeconds % RING;
      write(cell, word(timestampSeconds));
      write(cell + RING, root);
    } catch (DeployException e) {
      if (e.getCause() instanceof IOException) {
        throw e;
      }
      refused = true;
      LOG.warn("nothing of the beacon side can be proven on this L1: {}", e.getMessage());
    }
  }

  private void write(long cell, Hash32 value) throws DeployException {
    client.call(
        "anvil_setStorageAt",
        Params.text(GenesisJson.BEACON_ROOTS.toHex()),
        Params.text(word(cell).toHex()),
        Params.text(value.toHex()));
  }

  private static Hash32 word(long value) {
    return Hash32.ofWords(0, 0, 0, value);
  }
}
