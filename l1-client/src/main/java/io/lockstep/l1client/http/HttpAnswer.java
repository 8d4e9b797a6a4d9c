// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

/**
 * A complete HTTP answer.
 *
 * @param contentType lower case, empty when the header is missing
 */
public record HttpAnswer(int status, String contentType, byte[] body) {
  public boolean isOk() {
    return status >= 200 && status < 300;
  }
}
