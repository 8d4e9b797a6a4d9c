// SPDX-License-Identifier: Apache-2.0
package io.lockstep.sequencer.scenario;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key that another process holds, which can be away; one whose answers get lost signs on. */
final class DistantSigner implements Signer {
  private final SecretKey key;
  private @Nullable String trouble;
  private boolean losesAnswers;

  /** What was signed, whether it was heard or not. */
  final List<Hash32> signed = new ArrayList<>();

  DistantSigner(SecretKey key) {
    this.key = key;
  }

  /** From now on answers get lost; after the first one the signer is known to be away. */
  void loseAnswers() {
    losesAnswers = true;
  }

  void comeBack() {
    losesAnswers = false;
    trouble = null;
  }

  @Override
  public Address address() {
    return key.address();
  }

  @Override
  public Signature sign(Bytes preimage) throws SignerException {
    if (trouble != null) {
      throw new SignerException(trouble);
    }
    signed.add(Keccak.hash(preimage));
    if (losesAnswers) {
      trouble = "the signer gave no answer";
      throw new SignerException(trouble);
    }
    return key.sign(preimage);
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public @Nullable String trouble() {
    return trouble;
  }
}
