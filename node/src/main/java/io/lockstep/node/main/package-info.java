// SPDX-License-Identifier: Apache-2.0
/** The commands: each runs one {@code Invocation} and answers with an exit code. */
package io.lockstep.node.main;
