// SPDX-License-Identifier: Apache-2.0
/**
 * From L1 alone to L2: reading the inbox's batches and turning them into blocks (protocol §1.7,
 * §3). A total function: a batch that is not right in everything derives to nothing. Knows neither
 * mempool nor builder's policy. Decides on the sequencing thread; reads L1 on threads of its own.
 */
package io.lockstep.sequencer.derive;
