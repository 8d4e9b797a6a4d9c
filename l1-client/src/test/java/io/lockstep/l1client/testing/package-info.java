// SPDX-License-Identifier: Apache-2.0
/** A scripted L1 on loopback HTTP for the tests of this room. */
package io.lockstep.l1client.testing;
