// SPDX-License-Identifier: Apache-2.0
/**
 * Foreign clients against Lockstep: starts programs of npm that know nothing of us (viem, cast,
 * anvil) and reads their verdict. Test threads; imports nothing of the rooms, so that any
 * whole-system test can use it.
 */
@NullMarked
package io.lockstep.interop;

import org.jspecify.annotations.NullMarked;
