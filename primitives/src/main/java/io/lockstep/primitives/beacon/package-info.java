// SPDX-License-Identifier: Apache-2.0
/** The beacon state as SSZ types, for the forks whose states are proved from. */
package io.lockstep.primitives.beacon;
