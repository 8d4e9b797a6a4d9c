// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.table;

import io.lockstep.config.HostPort;
import io.lockstep.config.secret.KeyFile;
import io.lockstep.primitives.types.Address;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What values a key takes and how their text is read. Any thread.
 *
 * @param meaning the values in words, bounds included
 * @param form how a value is written in TOML
 * @param <T> the value as a section record holds it
 */
record Kind<T>(String meaning, Form form, Parser<T> parser) {
  /** How a value is written in TOML. */
  enum Form {
    NUMBER,
    STRING,
    LIST
  }

  /** Reads one value, or one element of a list. */
  interface Parser<T> {
    /**
     * Reads {@code texts}, one element unless the form is a list.
     *
     * @param base relative paths start here
     * @throws BadValueException with what is wrong, value and limit included
     */
    T parse(List<String> texts, Path base) throws BadValueException;
  }

  /** A value that a key does not take. */
  static final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    BadValueException(String message) {
      super(message);
    }
  }

  private interface Single<T> {
    T parse(String text, Path base) throws BadValueException;
  }

  private static <T> Kind<T> single(String meaning, Form form, Single<T> single) {
    return new Kind<>(
        meaning,
        form,
        (texts, base) -> {
          if (texts.size() != 1) {
            throw new BadValueException("expected one value, got " + texts.size());
          }
          return single.parse(texts.getFirst(), base);
        });
  }

  static Kind<Long> number(long least, long most) {
    return single(
        "number from %d to %d".formatted(least, most),
        Form.NUMBER,
        (text, base) -> wholeNumber(text, least, most));
  }

  static Kind<Integer> integer(int least, int most) {
    return single(
        "number from %d to %d".formatted(least, most),
        Form.NUMBER,
        (text, base) -> (int) wholeNumber(text, least, most));
  }

  private static long wholeNumber(String text, long least, long most) throws BadValueException {
    long value;
    try {
      value = Long.parseLong(text.strip().replace("_", ""));
    } catch (NumberFormatException e) {
      throw new BadValueException("\"" + text + "\" is not a whole number");
    }
    if (value < least) {
      throw new BadValueException(value + " is below the limit of " + least);
    }
    if (value > most) {
      throw new BadValueException(value + " is above the limit of " + most);
    }
    return value;
  }

  static Kind<String> host() {
    return word("host name or address");
  }

  /** A text without white space. */
  static Kind<String> word(String meaning) {
    return single(
        meaning,
        Form.STRING,
        (text, base) -> {
          if (text.isBlank() || text.chars().anyMatch(Character::isWhitespace)) {
            throw new BadValueException("\"" + text + "\" is not a " + meaning);
          }
          return text;
        });
  }

  static Kind<URI> url() {
    Set<String> schemes = Set.of("http", "https");
    return single(
        "http or https URL", Form.STRING, (text, base) -> url(text, schemes, "http or https"));
  }

  /** JSON-RPC, over WebSocket too. */
  static Kind<URI> rpcUrl() {
    Set<String> schemes = Set.of("http", "https", "ws", "wss");
    return single(
        "http, https, ws or wss URL",
        Form.STRING,
        (text, base) -> url(text, schemes, "http, https, ws or wss"));
  }

  private static URI url(String text, Set<String> schemes, String named) throws BadValueException {
    URI uri;
    try {
      uri = URI.create(text.strip());
    } catch (IllegalArgumentException e) {
      throw new BadValueException("\"" + text + "\" is not a URL");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!schemes.contains(scheme) || uri.getHost() == null) {
      throw new BadValueException("\"%s\" is not a URL of %s with a host".formatted(text, named));
    }
    return uri;
  }

  static Kind<Address> address() {
    return single(
        "20-byte address (0x and 40 hex digits)",
        Form.STRING,
        (text, base) -> {
          try {
            return Address.fromHex(text.strip());
          } catch (IllegalArgumentException e) {
            throw new BadValueException("\"" + text + "\" is not an address");
          }
        });
  }

  static Kind<HostPort> hostPort() {
    return single(
        "HOST:PORT",
        Form.STRING,
        (text, base) -> {
          try {
            return HostPort.parse(text.strip());
          } catch (IllegalArgumentException e) {
            throw new BadValueException("\"" + text + "\": " + e.getMessage());
          }
        });
  }

  static Kind<Path> path() {
    return single("path", Form.STRING, Kind::resolve);
  }

  private static Path resolve(String text, Path base) throws BadValueException {
    if (text.isBlank()) {
      throw new BadValueException("an empty path");
    }
    try {
      return base.resolve(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new BadValueException("\"" + text + "\" is not a path");
    }
  }

  static Kind<KeyFile.Content> keyFile() {
    return single(
        "path of a key file (32 bytes of hex or an encrypted keystore, readable by its owner alone)",
        Form.STRING,
        (text, base) -> {
          try {
            return KeyFile.load(resolve(text, base));
          } catch (KeyFile.UnusableKeyException e) {
            throw new BadValueException(String.valueOf(e.getMessage()));
          }
        });
  }

  static <T> Kind<T> file(String meaning, FileReader<T> reader) {
    return single(meaning, Form.STRING, (text, base) -> reader.read(resolve(text, base)));
  }

  /** Reads what a path names. */
  interface FileReader<T> {
    T read(Path file) throws BadValueException;
  }

  static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
    String names =
        Stream.of(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" or "));
    return single(
        names,
        Form.STRING,
        (text, base) -> {
          for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
              return constant;
            }
          }
          throw new BadValueException("\"" + text + "\" is not " + names);
        });
  }

  /** A list of {@code least} to {@code most} elements. */
  static <T> Kind<List<T>> listOf(Kind<T> element, int least, int most) {
    String count = least == most ? "list of " + least : "list";
    return new Kind<>(
        count + ", each a " + element.meaning(),
        Form.LIST,
        (texts, base) -> {
          if (texts.size() < least || texts.size() > most) {
            throw new BadValueException(
                "%d values, the limits are %d and %d".formatted(texts.size(), least, most));
          }
          List<T> values = new ArrayList<>();
          for (String text : texts) {
            values.add(element.parser().parse(List.of(text), base));
          }
          return List.copyOf(values);
        });
  }
}
