// SPDX-License-Identifier: Apache-2.0
/**
 * The one table of configuration keys, and what follows from it: reading a file, the environment
 * and flags into records, the commented file that init writes, and the reference in the
 * documentation. Start-up thread; must not import the command line.
 */
package io.lockstep.config.table;
