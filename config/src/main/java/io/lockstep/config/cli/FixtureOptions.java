// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which public fixtures to run. Any thread.
 *
 * @param files {@code .json} and {@code .jsonl} files, plain or {@code .gz}, and folders to search
 *     for them
 * @param fork only cases of this fork; null for all
 * @param name only cases whose name contains this; null for all
 * @param engine name of what runs the code; means nothing where no code runs
 * @param trace one JSON object per step (EIP-3155)
 * @param time how long the last block of each case took; of block tests
 */
public record FixtureOptions(
    List<Path> files,
    @Nullable String fork,
    @Nullable String name,
    String engine,
    boolean trace,
    boolean time) {
  public FixtureOptions {
    files = List.copyOf(files);
  }
}
