// SPDX-License-Identifier: Apache-2.0
/**
 * The whole system as a person runs it: real processes, started by the launcher, asked from
 * outside.
 */
package io.lockstep.scenario;
