// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

/**
 * Bounds of ordinary requests to L1 nodes.
 *
 * @param timeoutMs for one exchange with one endpoint
 * @param maxAnswerBytes of ordinary answers; blobs and whole blocks have their own bound
 */
public record HttpOptions(long timeoutMs, int maxAnswerBytes) {
  public static final HttpOptions DEFAULT = new HttpOptions(4_000, 32 << 20);

  public HttpOptions {
    if (timeoutMs <= 0 || maxAnswerBytes <= 0) {
      throw new IllegalArgumentException("HTTP bounds are positive");
    }
  }
}
