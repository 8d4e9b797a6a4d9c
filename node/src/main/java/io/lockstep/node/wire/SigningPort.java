// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.OperatorConfig;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.SigningScope;

/** Where an operator's signatures are recorded. Called once, before anything moves. */
@FunctionalInterface
public interface SigningPort {
  /**
   * Opens the signing database and gives the ledger what is recorded there alone.
   *
   * @throws StartFailure when the database is another key's, or in use
   */
  CommitmentSigner open(
      OperatorConfig keys, SigningScope scope, CommitmentDomain domain, CommitmentLedger ledger)
      throws StartFailure;
}
