// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.secret;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What endpoints ask of us: a bearer token or a name with a password, by the beginning of their
 * URL. Read from a file that its owner alone may read, one line an endpoint: {@code URL bearer
 * TOKEN} or {@code URL basic NAME:PASSWORD}; empty lines and those that begin with # do not count.
 * Never printed: messages name file, line and URL. Immutable; any thread.
 */
public final class Credentials {
  public static final Credentials NONE = new Credentials(List.of());

  private static final int MAX_BYTES = 64 << 10;

  private final List<Entry> entries;

  private record Entry(URI prefix, String authorization) {}

  /** Why a file could not be read; the message is fit for the user. */
  public static final class UnusableCredentialsException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableCredentialsException(String message) {
      super(message);
    }
  }

  private Credentials(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Reads the file; one that group or others may read is refused. */
  public static Credentials read(Path file) throws UnusableCredentialsException {
    String text;
    try {
      KeyFile.refuseOpenFile(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new UnusableCredentialsException(
            file + " is not a credentials file: more than " + MAX_BYTES + " bytes");
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (KeyFile.UnusableKeyException e) {
      throw new UnusableCredentialsException(String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      throw new UnusableCredentialsException(file + " does not exist");
    } catch (IOException e) {
      throw new UnusableCredentialsException(file + " cannot be read: " + e.getMessage());
    }
    List<Entry> entries = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String stripped = line.strip();
      if (!stripped.isEmpty() && !stripped.startsWith("#")) {
        Entry entry = parse(stripped.split("\\s+", -1));
        if (entry == null) {
          throw new UnusableCredentialsException(
              "%s line %d: expected URL bearer TOKEN, or URL basic NAME:PASSWORD"
                  .formatted(file, number));
        }
        entries.add(entry);
      }
    }
    return new Credentials(entries);
  }

  private static @Nullable Entry parse(String[] words) {
    if (words.length != 3 || !words[2].chars().allMatch(c -> c > ' ' && c < 127)) {
      return null;
    }
    URI prefix;
    try {
      prefix = URI.create(words[0]);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (prefix.getScheme() == null || prefix.getHost() == null) {
      return null;
    }
    return switch (words[1].toLowerCase(Locale.ROOT)) {
      case "bearer" -> new Entry(prefix, "Bearer " + words[2]);
      case "basic" ->
          words[2].indexOf(':') < 0
              ? null
              : new Entry(
                  prefix,
                  "Basic "
                      + Base64.getEncoder()
                          .encodeToString(words[2].getBytes(StandardCharsets.US_ASCII)));
      default -> null;
    };
  }

  /** The Authorization header for {@code url}: that of the longest matching beginning, or null. */
  public @Nullable String authorizationFor(URI url) {
    Entry best = null;
    for (Entry entry : entries) {
      if (begins(entry.prefix, url)
          && (best == null || pathOf(entry.prefix).length() > pathOf(best.prefix).length())) {
        best = entry;
      }
    }
    return best == null ? null : best.authorization;
  }

  /** The lines' URLs that none of {@code urls} begins with: most likely misspelt. */
  public List<String> unused(List<URI> urls) {
    return entries.stream()
        .map(Entry::prefix)
        .filter(prefix -> urls.stream().noneMatch(url -> begins(prefix, url)))
        .map(prefix -> prefix.getScheme() + "://" + authorityOf(prefix))
        .toList();
  }

  /** Scheme, host and port must be the same: a longer host name is another host. */
  private static boolean begins(URI prefix, URI url) {
    if (!prefix.getScheme().equalsIgnoreCase(url.getScheme())
        || !authorityOf(prefix).equalsIgnoreCase(authorityOf(url))) {
      return false;
    }
    String start = pathOf(prefix);
    String path = pathOf(url);
    return path.equals(start) || path.startsWith(start.endsWith("/") ? start : start + "/");
  }

  private static String authorityOf(URI uri) {
    return uri.getHost() + ":" + uri.getPort();
  }

  private static String pathOf(URI uri) {
    String path = uri.getRawPath();
    return path == null || path.equals("/") ? "" : path;
  }

  @Override
  public String toString() {
    return "credentials of " + entries.size() + " endpoints";
  }
}
