// SPDX-License-Identifier: Apache-2.0
/**
 * Secret keys in files, plain or under a password: read only when nobody else may read them, never
 * printed. Any thread; imports only primitives.
 */
package io.lockstep.config.secret;
