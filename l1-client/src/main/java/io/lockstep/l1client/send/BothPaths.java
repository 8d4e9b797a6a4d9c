// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Bytes;

/** Two ways at once. Any thread. */
record BothPaths(InclusionPath first, InclusionPath second) implements InclusionPath {
  @Override
  public String name() {
    return first.name() + " and " + second.name();
  }

  @Override
  public SendOutcome send(Bytes networkForm, long block) {
    SendOutcome main = first.send(networkForm, block);
    SendOutcome beside = second.send(networkForm, block);
    // A nonce that is used, a form or fees that will not do: the first says what comes next.
    return main instanceof SendOutcome.NotTaken && beside instanceof SendOutcome.Taken
        ? beside
        : main;
  }

  @Override
  public boolean isPerBlock() {
    return first.isPerBlock() || second.isPerBlock();
  }
}
