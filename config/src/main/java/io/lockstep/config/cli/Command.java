// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** One command: its options and help, and what its arguments ask for. */
interface Command {
  CommandSpec spec();

  Invocation read(Arguments arguments, Map<String, String> environment);

  /** A command with the options every command has. */
  static CommandSpec named(String name, String summary, String... details) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage()
        .header(summary)
        .headerHeading("")
        .synopsisHeading("%nUsage: ")
        .descriptionHeading(details.length == 0 ? "" : "%n")
        .description(details)
        .width(100)
        .abbreviateSynopsis(true)
        .sortOptions(false)
        .sortSynopsis(false)
        .commandListHeading("%nCommands:%n")
        .optionListHeading("%nOptions:%n")
        .parameterListHeading("%n");
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("print this help").build());
    return spec;
  }

  static OptionSpec option(String name, String label, String description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  static OptionSpec option(String name, String label, String defaultText, String description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .defaultValue(defaultText)
        .description(description + " (default: " + defaultText + ")")
        .build();
  }

  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(Boolean.class).arity("0").description(description).build();
  }

  static OptionSpec json() {
    return flag("--json", "print one JSON object");
  }

  static PositionalParamSpec positional(String label, String arity, String description) {
    return PositionalParamSpec.builder()
        .type(String[].class)
        .arity(arity)
        .required(!arity.startsWith("0"))
        .paramLabel(label)
        .hideParamSyntax(true)
        .description(description)
        .build();
  }
}
