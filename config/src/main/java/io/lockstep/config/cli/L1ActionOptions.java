// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.primitives.crypto.SecretKey;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * On which L1, with which account and for which cluster a transaction is made. Any thread.
 *
 * @param l1Beacon where proofs come from, or null when none are needed
 * @param key pays, and is the operator's owner where that matters
 */
public record L1ActionOptions(
    URI l1Rpc,
    @Nullable URI l1Beacon,
    ClusterFile cluster,
    SecretKey key,
    OperatorAction action,
    boolean json) {}
