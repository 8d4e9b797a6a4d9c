// SPDX-License-Identifier: Apache-2.0
/**
 * {@code lockstep doctor}: looks at everything around a node that has to be right for it, before it
 * is started or beside it. Changes nothing. One thread.
 */
package io.lockstep.node.doctor;
