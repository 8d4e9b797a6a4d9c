// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import java.net.URI;

/** Where one of an operator's keys is. Immutable; any thread. */
public sealed interface OperatorKey {
  Address address();

  /** In this process, read from a file. */
  record Held(SecretKey key) implements OperatorKey {
    @Override
    public Address address() {
      return key.address();
    }
  }

  /**
   * With a signer that speaks Web3Signer's REST.
   *
   * @param timeoutMs longest wait for one signature
   */
  record Remote(Address address, URI signer, long timeoutMs) implements OperatorKey {}
}
