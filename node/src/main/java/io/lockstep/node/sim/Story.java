// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What happened in a run, line by line, for people; kept only when somebody reads. One thread. */
final class Story {
  private final SimTime time;
  private final long startMs;
  private final @Nullable Consumer<String> reader;

  Story(SimTime time, @Nullable Consumer<String> reader) {
    this.time = time;
    this.startMs = time.nowMs();
    this.reader = reader;
  }

  boolean isTold() {
    return reader != null;
  }

  void tell(String who, String what) {
    if (reader != null) {
      reader.accept("%8.3f  %-10s %s".formatted((time.nowMs() - startMs) / 1000.0, who, what));
    }
  }
}
