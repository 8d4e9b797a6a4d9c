// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

/**
 * How far the records of signatures have got, in tickets: the n-th signature has ticket n, counted
 * from the process' start. A signature may leave once {@link #durable()} has reached its ticket.
 * Any thread.
 */
public interface Durability {
  /** Ticket of the newest record that survives a kill of the process; 0 before the first. */
  long written();

  /** Ticket up to which all records are as durable as configured; never falls. */
  long durable();

  /** Whether the disk has failed, so that {@link #durable()} will never rise again. */
  boolean hasFailed();
}
