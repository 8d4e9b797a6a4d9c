// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.codec.RlpReader;
import io.lockstep.primitives.codec.RlpWriter;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hex;
import java.security.SecureRandom;

/**
 * What never changes in a signing database.
 *
 * @param formatVersion of everything in it
 * @param id random, so that the main store knows this one from another
 */
record SigningIdentity(long formatVersion, String id, SigningScope scope) {
  static final long FORMAT_VERSION = 1;

  static SigningIdentity fresh(SigningScope scope) {
    byte[] id = new byte[KnownDatabase.ID_BYTES];
    new SecureRandom().nextBytes(id);
    return new SigningIdentity(FORMAT_VERSION, Hex.encode(id), scope);
  }

  byte[] encoded() {
    return new RlpWriter(128)
        .startList()
        .integer(formatVersion)
        .bytes(Bytes.wrap(Hex.decode(id)))
        .hash(scope.clusterId())
        .integer(scope.l1ChainId())
        .address(scope.committer())
        .endList()
        .toArray();
  }

  static SigningIdentity decode(byte[] bytes) throws DecodeException, SigningDatabaseRefused {
    RlpReader whole = RlpReader.over(bytes);
    RlpReader in = whole.list();
    long version = in.integer();
    if (version > FORMAT_VERSION) {
      throw new SigningDatabaseRefused(
          "the signing database has format "
              + version
              + ", this program knows up to "
              + FORMAT_VERSION);
    }
    String id = Hex.encode(in.bytes(KnownDatabase.ID_BYTES).toArray());
    SigningScope scope = new SigningScope(in.hash(), in.integer(), in.address());
    in.end();
    return new SigningIdentity(version, id, scope);
  }

  /** Refuses by name what is about another cluster or key. */
  void requireScope(SigningScope wanted) throws SigningDatabaseRefused {
    if (!scope.equals(wanted)) {
      throw new SigningDatabaseRefused(
          "the signing database belongs to committer "
              + scope.committer()
              + " in cluster "
              + scope.clusterId()
              + " on L1 chain "
              + scope.l1ChainId()
              + ", this node is committer "
              + wanted.committer()
              + " in cluster "
              + wanted.clusterId()
              + " on L1 chain "
              + wanted.l1ChainId());
    }
  }
}
