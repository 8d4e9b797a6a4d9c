// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of one node, checked. Any thread.
 *
 * @param operator null for a follower, which signs and posts nothing
 */
public record NodeConfig(
    L1Config l1,
    ClusterConfig cluster,
    @Nullable OperatorConfig operator,
    RpcConfig rpc,
    GossipConfig gossip,
    StorageConfig storage,
    SequencerConfig sequencer,
    PostingConfig posting,
    BlobsConfig blobs,
    OpsConfig ops) {}
