// SPDX-License-Identifier: Apache-2.0
/** A thread that runs turns of work, rests between them and can be woken. Knows nothing of L1. */
package io.lockstep.l1client.loop;
