// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.config.secret.KeyPassword;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Bytes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Typed reading of one command's matched arguments; faults are collected, so that all are told at
 * once. After a fault a reader answers with some value of the right type: whoever asks must look at
 * {@link #problems} before using any. One thread.
 */
final class Arguments {
  /** The option that names the deployment in every command that has it. */
  static final String CLUSTER = "--cluster";

  private static final URI NO_URI = URI.create("http://invalid");

  private final ParseResult parsed;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();

  Arguments(ParseResult parsed, Map<String, String> environment) {
    this.parsed = parsed;
    this.environment = environment;
  }

  List<String> problems() {
    return problems;
  }

  void problem(String text) {
    problems.add(text);
  }

  boolean isSet(String flag) {
    return parsed.hasMatchedOption(flag);
  }

  /** The texts given for an option or none. */
  List<String> texts(String flag) {
    OptionSpec option = parsed.matchedOption(flag);
    return option == null ? List.of() : List.copyOf(option.stringValues());
  }

  /** The given text, else the default that the help shows, else null. */
  @Nullable String text(String flag) {
    List<String> given = texts(flag);
    if (!given.isEmpty()) {
      return given.getLast();
    }
    ArgSpec option = parsed.commandSpec().findOption(flag);
    return option == null ? null : option.defaultValue();
  }

  /** The texts of the positional parameters. */
  List<String> positional() {
    List<String> texts = new ArrayList<>();
    parsed.matchedPositionals().forEach(parameter -> texts.addAll(parameter.stringValues()));
    return texts;
  }

  int integer(String flag, int least, int most) {
    return (int) number(flag, least, most);
  }

  long number(String flag, long least, long most) {
    String text = String.valueOf(text(flag));
    long value;
    try {
      value = Long.parseLong(text.replace("_", ""));
    } catch (NumberFormatException e) {
      problem("%s: \"%s\" is not a whole number".formatted(flag, text));
      return least;
    }
    if (value < least || value > most) {
      problem("%s: %d is not within %d and %d".formatted(flag, value, least, most));
      return least;
    }
    return value;
  }

  @Nullable Path optionalPath(String flag) {
    String text = text(flag);
    return text == null ? null : path(flag, text);
  }

  Path path(String name, String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      problem("%s: \"%s\" is not a path".formatted(name, text));
      return Path.of("");
    }
  }

  /** The constant that is given by its name in lower case; the first one after a problem. */
  <E extends Enum<E>> E oneOf(String flag, E[] constants) {
    String text = String.valueOf(text(flag));
    List<String> names = new ArrayList<>();
    for (E constant : constants) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (name.equals(text)) {
        return constant;
      }
      names.add(name);
    }
    problem("%s: \"%s\" is not %s".formatted(flag, text, String.join(" or ", names)));
    return constants[0];
  }

  /** The deployment that {@code --cluster} names, or null after a problem. */
  @Nullable ClusterFile cluster() {
    Path file = optionalPath(CLUSTER);
    if (file == null) {
      problem("%s: missing".formatted(CLUSTER));
      return null;
    }
    try {
      return ClusterFile.read(file);
    } catch (IOException e) {
      problem("%s: %s cannot be read".formatted(CLUSTER, file));
    } catch (DecodeException e) {
      problem("%s: %s: %s".formatted(CLUSTER, file, e.getMessage()));
    }
    return null;
  }

  /**
   * The key in the file that is named, or null when none is, and after a problem. The password of
   * an encrypted one stands in the environment.
   */
  @Nullable SecretKey key(String flag) {
    Path file = optionalPath(flag);
    if (file == null) {
      return null;
    }
    try {
      return KeyFile.read(file, KeyPassword.from(environment));
    } catch (KeyFile.UnusableKeyException e) {
      problem("%s: %s".formatted(flag, e.getMessage()));
      return null;
    }
  }

  URI requiredUrl(String flag) {
    URI url = optionalUrl(flag);
    if (url == null) {
      problem("%s: missing".formatted(flag));
      return NO_URI;
    }
    return url;
  }

  @Nullable URI optionalUrl(String flag) {
    String text = text(flag);
    if (text == null) {
      return null;
    }
    try {
      URI url = URI.create(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      if (Set.of("http", "https").contains(scheme) && url.getHost() != null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // told below, as every other URL that is none of ours
    }
    problem("%s: \"%s\" is not a URL of http or https with a host".formatted(flag, text));
    return NO_URI;
  }

  Bytes hex(String name, String text) {
    try {
      return Bytes.fromHex(text);
    } catch (IllegalArgumentException e) {
      problem("%s: not hex".formatted(name));
      return Bytes.EMPTY;
    }
  }
}
