// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signer;

import io.lockstep.config.OperatorKey;
import io.lockstep.primitives.crypto.Signer;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Makes signers of an operator's keys; those elsewhere share one HTTP client. One thread, at start;
 * what it made ends with it.
 */
public final class Signers implements AutoCloseable {
  private @Nullable ExecutorService executor;
  private @Nullable HttpClient client;

  /** Whoever signs with this key; a signer elsewhere is asked at once whether it holds it. */
  public Signer of(OperatorKey key) {
    return switch (key) {
      case OperatorKey.Held held -> held.key();
      case OperatorKey.Remote remote -> {
        Web3Signer signer = remote(remote);
        signer.lookAgain();
        yield signer;
      }
    };
  }

  /** The signer that holds this key, not asked yet. */
  public Web3Signer remote(OperatorKey.Remote key) {
    return new Web3Signer(client(key.timeoutMs()), key);
  }

  private HttpClient client(long timeoutMs) {
    if (client == null) {
      executor = Executors.newVirtualThreadPerTaskExecutor();
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(Duration.ofMillis(timeoutMs))
              .executor(executor)
              .build();
    }
    return client;
  }

  @Override
  public void close() {
    if (client != null) {
      client.shutdownNow();
    }
    if (executor != null) {
      executor.shutdownNow();
    }
  }
}
