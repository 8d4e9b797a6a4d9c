// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config;

import io.lockstep.config.secret.JwtSecret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the JSON-RPC server. Any thread.
 *
 * @param corsOrigins pages that may call, as a browser names their origin; {@code *} is any
 * @param virtualHosts names that a request may be addressed to beside addresses in figures; {@code
 *     *} is any
 * @param jwtSecret signs the tokens of the operator, or null: then its methods are open
 * @param jwtMethods the operator's methods, by name or by how the name begins ({@code admin_*})
 */
public record RpcAccess(
    List<String> corsOrigins,
    List<String> virtualHosts,
    @Nullable JwtSecret jwtSecret,
    List<String> jwtMethods) {
  public RpcAccess {
    corsOrigins = List.copyOf(corsOrigins);
    virtualHosts = List.copyOf(virtualHosts);
    jwtMethods = List.copyOf(jwtMethods);
  }

  /** As it is when the configuration does not say. */
  public static final RpcAccess DEFAULT =
      new RpcAccess(List.of("*"), List.of("localhost"), null, List.of("admin_*", "debug_*"));

  /** Everybody, by any name: for servers that only the own machine or the own network reaches. */
  public static final RpcAccess OPEN = new RpcAccess(List.of("*"), List.of("*"), null, List.of());
}
