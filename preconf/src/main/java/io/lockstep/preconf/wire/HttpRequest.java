// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.primitives.types.Bytes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as a {@link HttpHandler} sees it. Immutable.
 *
 * @param method GET or POST
 * @param path decoded, without the query
 * @param pathParams what stood at the template's {@code {name}} places, percent-decoded
 * @param query every value of every query parameter, decoded
 * @param headers names in lower case; values of a repeated header are joined by a comma
 */
public record HttpRequest(
    String method,
    String path,
    Map<String, String> pathParams,
    Map<String, List<String>> query,
    Map<String, String> headers,
    Bytes body) {

  /** The path parameter of the template that matched; asking for another is a programming error. */
  public String pathParam(String name) {
    String value = pathParams.get(name);
    if (value == null) {
      throw new IllegalStateException("no path parameter {" + name + "} in the matched template");
    }
    return value;
  }

  /** The first value of a query parameter, or null. */
  public @Nullable String queryParam(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }
}
