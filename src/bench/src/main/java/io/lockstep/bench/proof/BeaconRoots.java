// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.proof;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.execution.BlockTag;
import io.lockstep.l1client.execution.CallRequest;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.execution.L1Block;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Asks the contract of EIP-4788 for a block's root. */
final class BeaconRoots {
  private static final Address CONTRACT =
      Address.fromHex("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02");

  /** Longer than a slot of mainnet: the root is there with the next block. */
  private static final long PATIENCE_SECONDS = 40;

  private static final long POLL_MS = 100;

  private BeaconRoots() {}

  /** Whether the block after the proven one brings the root to the contract, and that in time. */
  static boolean keeps(URI rpc, Transport transport, HttpOptions options, BlockProofs proofs)
      throws L1Exception, InterruptedException {
    ExecutionClient execution = new ExecutionClient(ProofLoad.pool(rpc), transport, options);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < deadline) {
      L1Block latest = execution.block(BlockTag.LATEST);
      for (int back = 0; latest != null && back < 8; back++) {
        if (latest.parentBeaconBlockRoot().equals(proofs.blockRoot())) {
          return proofs.blockRoot().equals(at(execution, latest.timestampSeconds()));
        }
        latest = execution.blockByHash(latest.parentHash());
      }
      Thread.sleep(POLL_MS);
    }
    return false;
  }

  private static Hash32 at(ExecutionClient execution, long timestampSeconds) throws L1Exception {
    byte[] data = ByteBuffer.allocate(32).putLong(24, timestampSeconds).array();
    Bytes answer = execution.call(CallRequest.view(CONTRACT, Bytes.wrap(data)), BlockTag.LATEST);
    return answer.size() == 32 ? Hash32.of(answer.toArray()) : Hash32.ZERO;
  }
}
