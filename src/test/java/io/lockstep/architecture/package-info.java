// SPDX-License-Identifier: Apache-2.0
/** Rules on the whole source tree: which room may import which, how large a file may be. */
package io.lockstep.architecture;
