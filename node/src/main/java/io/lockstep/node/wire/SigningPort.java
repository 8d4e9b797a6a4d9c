// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.OperatorConfig;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.crypto.Signer;

/** Where an operator's signatures are recorded. Called once, before anything moves. */
@FunctionalInterface
public interface SigningPort {
  /**
   * Opens the signing database and gives the ledger what is recorded there alone.
   *
   * @param committer signs
   * @throws StartFailure when the database is another key's, or in use
   */
  CommitmentSigner open(
      Signer committer,
      OperatorConfig operator,
      SigningScope scope,
      CommitmentDomain domain,
      CommitmentLedger ledger)
      throws StartFailure;
}
