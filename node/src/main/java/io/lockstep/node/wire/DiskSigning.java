// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.wire;

import io.lockstep.config.OperatorConfig;
import io.lockstep.preconf.commitment.CommitmentDomain;
import io.lockstep.preconf.ledger.CommitmentLedger;
import io.lockstep.preconf.signing.CommitmentSigner;
import io.lockstep.preconf.signing.GroupCommit;
import io.lockstep.preconf.signing.SigningDatabase;
import io.lockstep.preconf.signing.SigningDatabaseRefused;
import io.lockstep.preconf.signing.SigningScope;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.storage.kv.KeyValueStore;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signing database in the node's folder, with the thread that syncs it. */
final class DiskSigning implements SigningPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskSigning.class);

  private final Path dataDir;
  private final KeyValueStore mainStore;
  private final LongSupplier clockMs;
  private final Thread.UncaughtExceptionHandler onDeath;
  private @Nullable SigningDatabase database;
  private @Nullable GroupCommit commits;

  DiskSigning(
      Path dataDir,
      KeyValueStore mainStore,
      LongSupplier clockMs,
      Thread.UncaughtExceptionHandler onDeath) {
    this.dataDir = dataDir;
    this.mainStore = mainStore;
    this.clockMs = clockMs;
    this.onDeath = onDeath;
  }

  @Override
  public CommitmentSigner open(
      Signer committer,
      OperatorConfig operator,
      SigningScope scope,
      CommitmentDomain domain,
      CommitmentLedger ledger)
      throws StartFailure {
    boolean fsync = operator.durability() == OperatorConfig.Durability.FSYNC;
    SigningDatabase opened;
    try {
      opened =
          SigningDatabase.open(
              dataDir.resolve(SigningDatabase.DIRECTORY),
              mainStore,
              scope,
              fsync ? KeyValueStore.Durability.FSYNC : KeyValueStore.Durability.PROCESS);
    } catch (SigningDatabaseRefused e) {
      throw new StartFailure(StartFailure.Kind.CONFIGURATION, e.text(), e);
    }
    database = opened;
    int completed = opened.completeLedger(ledger);
    if (completed > 0) {
      LOG.info("{} own frags and seals were in the signing database alone", completed);
    }
    GroupCommit syncing = fsync ? GroupCommit.fsync(opened) : GroupCommit.process();
    commits = syncing;
    syncing.start(onDeath);
    CommitmentSigner signer =
        new CommitmentSigner(
            committer, domain, opened, syncing, operator.doppelgangerEpochs(), clockMs.getAsLong());
    signer.compareWith(ledger);
    return signer;
  }

  @Override
  public void close() {
    if (commits != null) {
      commits.close();
    }
    if (database != null) {
      database.close();
    }
  }
}
