// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.commitment;

import io.lockstep.primitives.crypto.Signature;

/** An object with its committer's signature and the Ctx it was signed under. */
public record Signed<T extends SignedObject>(T object, Ctx ctx, Signature signature) {}
