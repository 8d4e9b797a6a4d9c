// SPDX-License-Identifier: Apache-2.0
/** Seeded data for the tests of this module. */
package io.lockstep.sequencer.testing;
