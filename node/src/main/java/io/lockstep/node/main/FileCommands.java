// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.main;

import io.lockstep.config.cli.ExitCode;
import io.lockstep.config.cli.Invocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep init} and {@code lockstep config --check}. */
final class FileCommands {
  private FileCommands() {}

  static ExitCode init(Invocation.Init init) {
    try {
      Path parent = init.file().toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (init.overwrite()) {
        Files.writeString(init.file(), init.text(), StandardCharsets.UTF_8);
      } else {
        Files.writeString(
            init.file(), init.text(), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
      }
      System.out.println("wrote " + init.file());
      return ExitCode.DONE;
    } catch (FileAlreadyExistsException e) {
      System.err.println("lockstep: " + init.file() + " exists already");
      return ExitCode.USAGE;
    } catch (IOException e) {
      System.err.println("lockstep: " + init.file() + " cannot be written: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    }
  }

  static ExitCode check(Invocation.ConfigCheck check) {
    boolean fine = check.problems().isEmpty();
    if (check.json()) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.put("file", check.file().toString()).put("ok", fine);
      ArrayNode problems = out.putArray("problems");
      check.problems().forEach(problems::add);
      System.out.println(out);
    } else if (fine) {
      System.out.println(check.file() + ": fine");
    } else {
      check.problems().forEach(System.out::println);
    }
    return fine ? ExitCode.DONE : ExitCode.USAGE;
  }
}
