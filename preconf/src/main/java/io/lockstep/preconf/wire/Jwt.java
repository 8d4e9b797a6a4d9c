// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.wire;

import io.lockstep.config.secret.JwtSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Checks tokens as the Engine API has them (execution-apis, engine/authentication): HS256, with the
 * time of issue within a minute of now. Any thread.
 */
final class Jwt {
  private static final long MAX_SKEW_SECONDS = 60;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final Json json;
  private final LongSupplier nowSeconds;

  Jwt(JwtSecret secret, Json json, LongSupplier nowSeconds) {
    this.key = new SecretKeySpec(secret.expose(), ALGORITHM);
    this.json = json;
    this.nowSeconds = nowSeconds;
  }

  /** What is wrong with a token; null when nothing is. */
  @Nullable String fault(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return "the token is not a JSON Web Token of three parts";
    }
    JsonNode header = part(parts[0]);
    if (header == null || !header.path("alg").isString()) {
      return "the token's header cannot be read";
    }
    if (!header.path("alg").asString().equals("HS256")) {
      return "the token must be signed with HS256";
    }
    byte[] signature = decode(parts[2]);
    if (signature == null || !MessageDigest.isEqual(signature, sign(parts[0] + "." + parts[1]))) {
      return "the token's signature is not the secret's";
    }
    JsonNode claims = part(parts[1]);
    if (claims == null || !claims.path("iat").isNumber()) {
      return "the token does not say when it was issued (iat)";
    }
    long now = nowSeconds.getAsLong();
    double ageSeconds = now - claims.path("iat").asDouble();
    if (Math.abs(ageSeconds) > MAX_SKEW_SECONDS) {
      return "the token was issued %.0f s %s; the limit is %d s"
          .formatted(Math.abs(ageSeconds), ageSeconds < 0 ? "from now" : "ago", MAX_SKEW_SECONDS);
    }
    JsonNode expiry = claims.path("exp");
    if (expiry.isNumber() && expiry.asDouble() <= now) {
      return "the token has expired";
    }
    return null;
  }

  private @Nullable JsonNode part(String text) {
    byte[] bytes = decode(text);
    try {
      return bytes == null ? null : json.readOne(bytes);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static byte @Nullable [] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private byte[] sign(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
