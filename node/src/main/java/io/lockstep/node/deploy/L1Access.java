// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.deploy;

import io.lockstep.devnet.deploy.DeployException;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.BlobSchedule;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.fee.FeeReader;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import io.lockstep.l1client.send.AccountLanes;
import io.lockstep.l1client.send.TxSender;
import io.lockstep.primitives.uint.UInt256;
import java.net.URI;
import java.util.List;

/** An L1's clients and a sender of ordinary transactions, before any cluster is there. */
public record L1Access(
    ExecutionClient execution,
    BeaconClient beacon,
    ChainSpec spec,
    UInt256 chainId,
    TxSender sender) {
  private static final HttpOptions OPTIONS =
      new HttpOptions(20_000, HttpOptions.DEFAULT.maxAnswerBytes());

  /** Asks both clients what chain they are of. */
  public static L1Access open(URI rpc, URI beacon, Transport transport) throws DeployException {
    ExecutionClient execution = new ExecutionClient(pool(rpc), transport, OPTIONS);
    BeaconClient consensus = new BeaconClient(pool(beacon), transport, OPTIONS);
    try {
      ChainSpec spec = consensus.spec();
      UInt256 chainId = execution.chainId();
      FeeReader fees =
          new FeeReader(execution, BlobSchedule.ofBeacon(spec), spec.clock().slotSeconds());
      return new L1Access(
          execution,
          consensus,
          spec,
          chainId,
          new TxSender(execution, chainId, fees, FeePolicy.DEFAULT, new AccountLanes()));
    } catch (L1Exception e) {
      throw new DeployException("L1 cannot be reached: " + e.text(), e);
    }
  }

  private static EndpointPool pool(URI uri) {
    return new EndpointPool(List.of(new Endpoint(uri.toString())), System::nanoTime);
  }
}
