// SPDX-License-Identifier: Apache-2.0
/**
 * The deterministic simulation: a cluster of real nodes, their L1 in a box and the network between
 * them in one process, on a manual clock, under one seed. The nodes are those of {@code node.wire}
 * but for their ports: time, chance, threads, disk, network, and the maths that binds blobs to
 * transactions, which is a hash here ({@link io.lockstep.node.sim.HashProofs}), KZG being far too
 * slow for thousands of blobs. A run is one logical thread: exactly one thread of it runs at any
 * moment, and which one is decided by the seed alone. No wall clock, no {@code ThreadLocalRandom},
 * no identity hash must be read in it.
 */
package io.lockstep.node.sim;
