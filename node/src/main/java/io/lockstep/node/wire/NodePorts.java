// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.l1client.loop.Pacer;
import io.lockstep.l1client.send.InclusionPath;
import io.lockstep.preconf.signer.Signers;
import io.lockstep.primitives.crypto.BlobProofs;
import io.lockstep.storage.kv.KeyValueStore;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a node's parts stand on: disk, L1, threads, chance. A running node brings RocksDB, HTTP and
 * threads of its own; a simulation brings a disk in memory, an L1 in the same process and executors
 * that do the work at once.
 *
 * @param store has {@link NodeParts#columns}
 * @param signing opens the signing database of an operator
 * @param signers signs with an operator's keys, wherever they are
 * @param path the way of postings into L1 blocks
 * @param random used on the sequencing thread alone; nothing secret comes from it
 * @param cpu for encoding batches
 * @param kzg for commitments and proofs of blobs
 * @param proofs of blobs
 * @param pacer threads and time of the parts that wait for L1
 * @param streams one thread, so that order is kept
 */
public record NodePorts(
    KeyValueStore store,
    SigningPort signing,
    Signers signers,
    L1Link l1,
    BlobParts blobs,
    InclusionPath path,
    RandomGenerator random,
    Executor cpu,
    Executor kzg,
    BlobProofs proofs,
    Pacer pacer,
    Executor streams) {}
