// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * An HTTP answer whose body is still to come. One thread.
 *
 * @param lengthBytes of the body, -1 when the node did not say
 */
public record HttpStream(int status, long lengthBytes, InputStream body) implements AutoCloseable {
  @Override
  public void close() throws IOException {
    body.close();
  }
}
