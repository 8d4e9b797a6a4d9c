// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.send;

import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;

/** A signed transaction as it leaves. */
record SignedTx(Hash32 hash, Bytes networkForm) {}
