// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What the nodes log goes into the story of a traced run, and nowhere otherwise. Any thread. */
final class StoryLog extends AppenderBase<ILoggingEvent> {
  private static final String NODE = "node";

  private final Story story;

  private StoryLog(Story story) {
    this.story = story;
  }

  /** Nobody reads the nodes' logs: thousands of runs would drown everything else. */
  static void silence() {
    logger().setLevel(Level.OFF);
  }

  /** From now on they stand in the story. */
  static void attach(Story story) {
    StoryLog appender = new StoryLog(story);
    appender.start();
    logger().setLevel(Level.INFO);
    logger().setAdditive(false);
    logger().detachAndStopAllAppenders();
    logger().addAppender(appender);
  }

  /** Whose code runs on this thread from now on. */
  static void on(@Nullable String node) {
    if (node == null) {
      MDC.remove(NODE);
    } else {
      MDC.put(NODE, node);
    }
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.lockstep");
  }

  @Override
  protected void append(ILoggingEvent event) {
    String name = event.getLoggerName();
    story.tell(
        event.getMDCPropertyMap().getOrDefault(NODE, "-"),
        "%s %s: %s"
            .formatted(
                event.getLevel(),
                name.substring(name.lastIndexOf('.') + 1),
                event.getFormattedMessage()));
  }
}
