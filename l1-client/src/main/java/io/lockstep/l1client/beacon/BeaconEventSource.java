// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import java.util.function.Consumer;

/**
 * Where the beacon node's hints come from: its event stream, or the box of a simulation. The
 * consumer may be called on any thread, one call at a time, and only enqueues.
 */
public interface BeaconEventSource extends AutoCloseable {
  /** Begins to tell; once. */
  void start(Consumer<BeaconEvent> consumer);

  /** Ends; nothing is told afterwards but what is being told now. */
  @Override
  void close();
}
