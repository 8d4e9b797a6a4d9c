// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signer;

import io.lockstep.config.OperatorKey;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.crypto.Secp256k1;
import io.lockstep.primitives.crypto.Signature;
import io.lockstep.primitives.crypto.Signer;
import io.lockstep.primitives.crypto.SignerException;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Hex;
import io.lockstep.primitives.uint.UInt256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A key that a signer with Web3Signer's eth1 REST holds. The signer is not trusted: what it answers
 * counts only when it is a signature, with s in the lower half of the order, that recovers to the
 * key's address over the hash of what was asked. Everything else is refused with the reason.
 *
 * <p>The caller waits for a signature, the sequencing thread too, as what comes next is built on
 * it: at most {@link OperatorKey.Remote#timeoutMs}, connecting included. Nothing is asked a second
 * time here. After a failure calls fail at once, without the network, until the signer has shown in
 * the background that it is there and holds the key; so a signer that is away costs one time-out
 * and not one for each call. Any thread.
 */
public final class Web3Signer implements Signer {
  /** A signer that has failed is let alone for so many time-outs, so that it costs a fifth. */
  private static final int PAUSE_TIMEOUTS = 4;

  private static final long LEAST_PAUSE_MS = 500;

  private static final int MAX_SIGNATURE_ANSWER_BYTES = 1 << 10;
  private static final int MAX_KEYS_ANSWER_BYTES = 1 << 20;
  private static final int PUBLIC_KEY_BYTES = 64;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final HttpClient client;
  private final Address address;
  private final String base;
  private final String name;
  private final long timeoutMs;
  private volatile @Nullable String trouble;
  // The signer's name of the key: it knows it by its public key, we by its address.
  private volatile @Nullable String identifier;
  // Guarded by this: the look that is under way, and when the next one may begin.
  private @Nullable CompletableFuture<?> look;
  private long nextLookNanos = System.nanoTime();

  Web3Signer(HttpClient client, OperatorKey.Remote key) {
    this.client = client;
    this.address = key.address();
    URI url = key.signer();
    String text = url.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    this.name = "signer " + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    this.timeoutMs = key.timeoutMs();
    this.trouble = name + " has not answered yet";
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public @Nullable String trouble() {
    String known = trouble;
    if (known != null) {
      lookAgain();
    }
    return known;
  }

  @Override
  public Signature sign(Bytes preimage) throws SignerException {
    String before = trouble();
    String key = identifier;
    if (before != null || key == null) {
      throw new SignerException(before == null ? name + " has not answered yet" : before);
    }
    try {
      Signature signature = ask(key, preimage);
      requireGood(signature, Keccak.hash(preimage));
      return signature;
    } catch (SignerException e) {
      pause();
      trouble = e.text();
      throw e;
    }
  }

  private synchronized void pause() {
    long pauseMs = Math.max(LEAST_PAUSE_MS, PAUSE_TIMEOUTS * timeoutMs);
    nextLookNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs);
  }

  private Signature ask(String key, Bytes preimage) throws SignerException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/api/v1/eth1/sign/" + key))
            .header("Content-Type", "application/json")
            .header("Accept", "text/plain, application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"data\":\"" + preimage.toHex() + "\"}"))
            .build();
    HttpResponse<byte[]> response =
        await(
            client.sendAsync(
                request,
                HttpResponse.BodyHandlers.limiting(
                    HttpResponse.BodyHandlers.ofByteArray(), MAX_SIGNATURE_ANSWER_BYTES)));
    if (response.statusCode() == 404) {
      throw new SignerException(name + " does not hold the key of " + address);
    }
    if (response.statusCode() != 200) {
      throw new SignerException(name + " answers with HTTP status " + response.statusCode());
    }
    try {
      return decode(new String(response.body(), StandardCharsets.ISO_8859_1).strip());
    } catch (DecodeException e) {
      throw new SignerException(name + " gave no signature: " + e.getMessage());
    }
  }

  /** r, s, v in hex; v as 27 or 28, or as the parity alone. */
  private static Signature decode(String text) throws DecodeException {
    byte[] bytes;
    try {
      bytes = Hex.decode(text, Signature.LENGTH_BYTES);
    } catch (IllegalArgumentException e) {
      throw new DecodeException("its answer is not 65 bytes of hex");
    }
    int v = bytes[Signature.LENGTH_BYTES - 1] & 0xff;
    int parity = v >= 27 ? v - 27 : v;
    if (parity > 1) {
      throw new DecodeException("v is " + v);
    }
    return new Signature(parity, UInt256.read(bytes, 0), UInt256.read(bytes, 32));
  }

  private void requireGood(Signature signature, Hash32 digest) throws SignerException {
    if (signature.s().compareTo(Secp256k1.HALF_ORDER) > 0) {
      throw new SignerException(name + " gave a signature with s in the upper half of the order");
    }
    Address signedBy = Secp256k1.recover(digest, signature);
    if (!address.equals(signedBy)) {
      throw new SignerException(
          "%s gave a signature that is not of %s over what was asked, but of %s"
              .formatted(name, address, signedBy == null ? "nobody" : signedBy));
    }
  }

  private <T> T await(CompletableFuture<T> answer) throws SignerException {
    try {
      return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new SignerException(name + " gave no answer within " + timeoutMs + " ms", e);
    } catch (ExecutionException e) {
      throw new SignerException(why(e.getCause() == null ? e : e.getCause()), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new SignerException(name + ": interrupted", e);
    }
  }

  private String why(Throwable cause) {
    if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
      return name + " gave no answer within " + timeoutMs + " ms";
    }
    String message = cause.getMessage();
    return name + " is away: " + (message == null ? cause.getClass().getSimpleName() : message);
  }

  /** Looks, in the background, whether the signer is there and holds the key. */
  synchronized void lookAgain() {
    CompletableFuture<?> before = look;
    if ((before != null && !before.isDone()) || System.nanoTime() - nextLookNanos < 0) {
      return;
    }
    pause();
    CompletableFuture<HttpResponse<byte[]>> asked = keys();
    look =
        asked
            .copy()
            .orTimeout(timeoutMs, TimeUnit.MILLISECONDS)
            .handle((response, failure) -> {
              trouble = failure == null ? held(response) : why(unwrapped(failure));
              return asked.cancel(true);
            });
  }

  /**
   * Looks and waits for the answer.
   *
   * @return what is wrong, or null
   */
  public @Nullable String look() {
    try {
      trouble = held(await(keys()));
    } catch (SignerException e) {
      trouble = e.text();
    }
    return trouble;
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? unwrapped(cause) : failure;
  }

  private CompletableFuture<HttpResponse<byte[]>> keys() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/api/v1/eth1/publicKeys"))
            .header("Accept", "application/json")
            .GET()
            .build();
    return client.sendAsync(
        request,
        HttpResponse.BodyHandlers.limiting(
            HttpResponse.BodyHandlers.ofByteArray(), MAX_KEYS_ANSWER_BYTES));
  }

  /** Takes the key's name out of the list; what is wrong with it, or null. */
  private @Nullable String held(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      return name + " answers with HTTP status " + response.statusCode();
    }
    JsonNode list;
    try {
      list = MAPPER.readTree(response.body());
    } catch (JacksonException e) {
      return name + " gives no list of public keys";
    }
    if (!list.isArray()) {
      return name + " gives no list of public keys";
    }
    for (JsonNode one : list) {
      String key = one.isString() ? one.stringValue() : "";
      if (address.equals(addressOf(key))) {
        identifier = key;
        return null;
      }
    }
    return "%s does not hold the key of %s, it holds %d others"
        .formatted(name, address, list.size());
  }

  /** Of an uncompressed public key, with or without its first byte; null when it is none. */
  private static @Nullable Address addressOf(String publicKey) {
    byte[] bytes;
    try {
      bytes = Hex.decode(publicKey.startsWith("0x") ? publicKey : "0x" + publicKey);
    } catch (IllegalArgumentException e) {
      return null;
    }
    int first = bytes.length - PUBLIC_KEY_BYTES;
    if (first != 0 && !(first == 1 && bytes[0] == 4)) {
      return null;
    }
    return Address.read(Keccak.hash(bytes, first, PUBLIC_KEY_BYTES).toArray(), 12);
  }
}
