// SPDX-License-Identifier: Apache-2.0
/** Readers of the public vectors and seeded data for tests. Not part of the product. */
package io.lockstep.primitives.testing;
