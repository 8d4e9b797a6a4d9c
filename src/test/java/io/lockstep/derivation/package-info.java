// SPDX-License-Identifier: Apache-2.0
/**
 * Derivation from L1 alone, on real chains and the real predeploys: what is inserted, what is
 * refused, that any bytes give one result.
 */
package io.lockstep.derivation;
