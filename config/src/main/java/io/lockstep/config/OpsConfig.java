// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

/**
 * The operator's own server: metrics, health and the dashboard. Any thread.
 *
 * @param host address to listen on
 * @param port TCP port; 0 lets the system choose
 */
public record OpsConfig(String host, int port) {}
