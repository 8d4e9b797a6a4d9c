// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OperatorKey;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operator's section: for each of its keys a file, or an address whose key the signer holds.
 * Opens encrypted files. One thread, at start-up.
 */
final class OperatorReader {
  private final Values values;
  private final @Nullable KeyPassword password;

  private OperatorReader(Values values, @Nullable KeyPassword password) {
    this.values = values;
    this.password = password;
  }

  /**
   * The operator, or null when the node is none, and after a problem.
   *
   * @param inEnvironment the password that the environment gives, or null
   */
  static @Nullable OperatorConfig read(Values values, @Nullable KeyPassword inEnvironment) {
    KeyPassword inFile = values.find(Keys.OPERATOR_KEY_PASSWORD);
    OperatorReader reader = new OperatorReader(values, inFile == null ? inEnvironment : inFile);
    return reader.operator();
  }

  private @Nullable OperatorConfig operator() {
    Key<?> committerBy = given(Keys.OPERATOR_COMMITTER, Keys.OPERATOR_COMMITTER_ADDRESS);
    Key<?> postersBy = given(Keys.OPERATOR_POSTERS, Keys.OPERATOR_POSTER_ADDRESSES);
    if (committerBy == null && postersBy != null) {
      values.problem(Keys.OPERATOR_COMMITTER, "missing, though %s is given".formatted(postersBy));
    } else if (committerBy != null && postersBy == null) {
      values.problem(Keys.OPERATOR_POSTERS, "missing, though %s is given".formatted(committerBy));
    }
    OperatorKey committer =
        one(
            Keys.OPERATOR_COMMITTER,
            values.find(Keys.OPERATOR_COMMITTER),
            Keys.OPERATOR_COMMITTER_ADDRESS,
            values.find(Keys.OPERATOR_COMMITTER_ADDRESS));
    List<OperatorKey> posters = posters();
    OperatorKey l1Key =
        one(
            Keys.OPERATOR_L1_KEY,
            values.find(Keys.OPERATOR_L1_KEY),
            Keys.OPERATOR_L1_ADDRESS,
            values.find(Keys.OPERATOR_L1_ADDRESS));
    if (values.isGiven(Keys.OPERATOR_SIGNER_URL)
        && !values.isGiven(Keys.OPERATOR_COMMITTER_ADDRESS)
        && !values.isGiven(Keys.OPERATOR_POSTER_ADDRESSES)
        && !values.isGiven(Keys.OPERATOR_L1_ADDRESS)) {
      values.problem(Keys.OPERATOR_SIGNER_URL, "no address is given whose key it would hold");
    }
    if (committer == null || posters.size() != OperatorConfig.POSTERS) {
      return null;
    }
    different(committer, posters, l1Key);
    OperatorConfig.Durability durability = values.find(Keys.OPERATOR_DURABILITY);
    Integer epochs = values.find(Keys.OPERATOR_DOPPELGANGER_EPOCHS);
    return durability == null || epochs == null
        ? null
        : new OperatorConfig(committer, posters, l1Key, durability, epochs);
  }

  private @Nullable Key<?> given(Key<?> file, Key<?> address) {
    if (values.isGiven(file)) {
      return file;
    }
    return values.isGiven(address) ? address : null;
  }

  private void different(
      OperatorKey committer, List<OperatorKey> posters, @Nullable OperatorKey l1Key) {
    Set<Address> addresses = new HashSet<>();
    addresses.add(committer.address());
    posters.forEach(poster -> addresses.add(poster.address()));
    if (addresses.size() != posters.size() + 1) {
      values.problem(Keys.OPERATOR_POSTERS, "the committer and the posters must be different keys");
    }
    if (l1Key != null && addresses.contains(l1Key.address())) {
      values.problem(
          Keys.OPERATOR_L1_KEY, "must be another key than the committer and the posters");
    }
  }

  private List<OperatorKey> posters() {
    List<KeyFile.Content> files = values.find(Keys.OPERATOR_POSTERS);
    List<Address> addresses = values.find(Keys.OPERATOR_POSTER_ADDRESSES);
    List<OperatorKey> out = new ArrayList<>();
    for (int i = 0; i < OperatorConfig.POSTERS; i++) {
      OperatorKey poster =
          one(
              Keys.OPERATOR_POSTERS,
              files == null ? null : files.get(i),
              Keys.OPERATOR_POSTER_ADDRESSES,
              addresses == null ? null : addresses.get(i));
      if (poster != null) {
        out.add(poster);
      }
    }
    return out;
  }

  /** One key; null when neither names it, and after a problem. */
  private @Nullable OperatorKey one(
      Key<?> fileKey, KeyFile.@Nullable Content file, Key<?> addressKey, @Nullable Address said) {
    if (values.isGiven(fileKey)) {
      SecretKey key = file == null ? null : unlock(fileKey, file);
      if (key != null && said != null && !said.equals(key.address())) {
        values.problem(
            fileKey,
            "holds the key of %s, and %s says %s".formatted(key.address(), addressKey, said));
      }
      return key == null ? null : new OperatorKey.Held(key);
    }
    if (said == null) {
      return null;
    }
    URI signer = values.find(Keys.OPERATOR_SIGNER_URL);
    Long timeoutMs = values.find(Keys.OPERATOR_SIGNER_TIMEOUT_MS);
    if (!values.isGiven(Keys.OPERATOR_SIGNER_URL)) {
      values.problem(
          addressKey,
          "neither %s nor %s says where its key is"
              .formatted(fileKey, Keys.OPERATOR_SIGNER_URL.name()));
    }
    return signer == null || timeoutMs == null
        ? null
        : new OperatorKey.Remote(said, signer, timeoutMs);
  }

  private @Nullable SecretKey unlock(Key<?> key, KeyFile.Content file) {
    if (password == null && values.isGiven(Keys.OPERATOR_KEY_PASSWORD)) {
      return null; // said already
    }
    try {
      return file.unlock(password);
    } catch (KeyFile.UnusableKeyException e) {
      values.problem(key, String.valueOf(e.getMessage()));
      return null;
    }
  }
}
