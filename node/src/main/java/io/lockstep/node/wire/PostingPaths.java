// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.L1Config;
import io.lockstep.config.PostingConfig;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.fee.FeePolicy;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import io.lockstep.l1client.send.InclusionPath;
import io.lockstep.primitives.uint.UInt256;
import java.net.URI;
import java.util.List;
import java.util.function.LongSupplier;

/** What the configuration of posting stands for. Any thread. */
final class PostingPaths {
  private static final UInt256 GWEI = UInt256.of(1_000_000_000L);

  private PostingPaths() {}

  /**
   * The way of batches into L1 blocks.
   *
   * @param l1Config time-out and credentials
   * @param nanoClock only rises; for setting back endpoints that fail
   */
  static InclusionPath of(
      PostingConfig config,
      L1Config l1Config,
      L1Link l1,
      Transport transport,
      LongSupplier nanoClock) {
    URI url = config.pathUrl();
    InclusionPath mempool = InclusionPath.mempool(l1.execution());
    if (url == null) {
      return mempool;
    }
    ExecutionClient client =
        new ExecutionClient(
            new EndpointPool(
                List.of(new Endpoint(url.toString(), l1Config.credentials().authorizationFor(url))),
                nanoClock),
            transport,
            new HttpOptions(l1Config.requestTimeoutMs(), HttpOptions.DEFAULT.maxAnswerBytes()));
    return switch (config.path()) {
      case MEMPOOL -> mempool;
      case OWN -> InclusionPath.ownClient(client);
      case BUILDER -> InclusionPath.builder(client);
      case BOTH -> InclusionPath.both(mempool, InclusionPath.builder(client));
    };
  }

  /** What a posting may cost. */
  static FeePolicy fees(PostingConfig config) {
    return new FeePolicy(
        FeePolicy.DEFAULT.minTip(),
        gwei(config.maxTipGwei()),
        FeePolicy.DEFAULT.minBlobFeeCap(),
        gwei(config.maxFeeGwei()),
        gwei(config.maxBlobFeeGwei()),
        gwei(config.budgetGwei()));
  }

  private static UInt256 gwei(long amount) {
    return GWEI.multiply(UInt256.of(amount));
  }
}
