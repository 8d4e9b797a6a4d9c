// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import io.lockstep.devnet.l1.BeaconSide.NewHead;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Passes each new head on, in the order of listening. Filled at wiring; called under the lock. */
final class HeadListeners implements Consumer<NewHead> {
  private final List<Consumer<NewHead>> listeners = new CopyOnWriteArrayList<>();

  void add(Consumer<NewHead> listener) {
    listeners.add(listener);
  }

  @Override
  public void accept(NewHead change) {
    listeners.forEach(listener -> listener.accept(change));
  }
}
