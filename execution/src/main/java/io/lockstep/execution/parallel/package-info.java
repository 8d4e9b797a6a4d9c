// SPDX-License-Identifier: Apache-2.0
/**
 * Sharing one large piece of work with the common pool: the caller waits for all of it. Imports
 * nothing.
 */
package io.lockstep.execution.parallel;
