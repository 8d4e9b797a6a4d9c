// SPDX-License-Identifier: Apache-2.0
/**
 * What a node is told: one immutable record per section of the configuration. A room is handed its
 * own section and never the whole. Any thread; nothing here reads files or the environment.
 */
package io.lockstep.config;
