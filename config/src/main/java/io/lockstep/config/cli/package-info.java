// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: arguments into an Invocation that the node's main runs. The only package that
 * knows picocli. Start-up thread; runs nothing itself.
 */
package io.lockstep.config.cli;
