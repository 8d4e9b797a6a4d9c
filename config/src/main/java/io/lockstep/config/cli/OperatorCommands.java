// SPDX-License-Identifier: Apache-2.0
package io.lockstep.config.cli;

import io.lockstep.config.cluster.ClusterFile;
import io.lockstep.primitives.crypto.SecretKey;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Wei;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that make one of an operator's transactions on L1. */
final class OperatorCommands {
  private static final String L1_RPC = "--l1-rpc";
  private static final String L1_BEACON = "--l1-beacon";
  private static final String KEY_FILE = "--key-file";
  private static final String OPERATOR = "--operator";
  private static final String POSTER = "--poster";
  private static final String COMMITTER = "--committer";
  private static final String STAKE = "--stake";
  private static final String AMOUNT = "--amount";
  private static final String VALIDATORS = "--validators";
  private static final int MAX_VALIDATORS = 4_096;

  private OperatorCommands() {}

  /** {@code lockstep register}. */
  static final class Register implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "register",
              "Become an operator, and claim validators with proofs.",
              "The account of --key-file becomes the operator's owner and pays the stake. A"
                  + " validator can be claimed whose withdrawal credentials name that account."
                  + " Everything counts from the third epoch after. Asked again for the same"
                  + " committer, it claims the validators that are not claimed yet.");
      place(spec, "the owner's key");
      spec.addOption(Command.option(L1_BEACON, "URL", "beacon node that serves debug states"));
      keys(spec);
      spec.addOption(Command.option(STAKE, "ETH", "stake, in ether"));
      spec.addOption(
          Command.option(VALIDATORS, "INDEX,…", "validators to claim, by beacon chain index"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      List<Long> validators = validators(arguments);
      URI beacon = arguments.optionalUrl(L1_BEACON);
      if (!validators.isEmpty() && beacon == null) {
        arguments.problem("%s: missing, proofs of validators need it".formatted(L1_BEACON));
      }
      return invocation(
          arguments,
          beacon,
          new OperatorAction.Register(
              posters(arguments),
              address(arguments, COMMITTER, text(arguments, COMMITTER)),
              ether(arguments, STAKE),
              validators));
    }
  }

  /** {@code lockstep rotate}. */
  static final class Rotate implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "rotate",
              "Give an operator other keys.",
              "They count for windows from the third epoch after. Windows before keep the keys"
                  + " they have.");
      place(spec, "the owner's key");
      spec.addOption(Command.option(OPERATOR, "ID", "the operator"));
      keys(spec);
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return invocation(
          arguments,
          null,
          new OperatorAction.Rotate(
              operatorId(arguments),
              posters(arguments),
              address(arguments, COMMITTER, text(arguments, COMMITTER))));
    }
  }

  /** {@code lockstep topup}. */
  static final class TopUp implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named("topup", "Add to an operator's stake.", "Anybody may; the owner gets it.");
      place(spec, "the payer's key");
      spec.addOption(Command.option(OPERATOR, "ID", "the operator"));
      spec.addOption(Command.option(AMOUNT, "ETH", "what to add, in ether"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return invocation(
          arguments,
          null,
          new OperatorAction.TopUp(operatorId(arguments), ether(arguments, AMOUNT)));
    }
  }

  /** {@code lockstep rescue}. */
  static final class Rescue implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec =
          Command.named(
              "rescue",
              "Keep a rollup alive whose operators are all silent.",
              "Anybody can: in an open window it gives each rollup one block with the messages and"
                  + " forced transactions that are due. Exit code 1: the window is not open.");
      place(spec, "key of any account with some ether");
      spec.addOption(
          Command.option(L1_BEACON, "URL", "beacon node that serves debug states, for proofs"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return invocation(arguments, arguments.requiredUrl(L1_BEACON), new OperatorAction.Rescue());
    }
  }

  /** The commands that need nothing but the operator's number. */
  static List<Command> simple() {
    return List.of(
        new Simple(
            "exit",
            "Leave: the stake is free after the exit delay.",
            "The operator counts no more from the third epoch after, and must still post what it"
                + " has signed.",
            OperatorAction.Exit::new),
        new Simple(
            "withdraw",
            "Take the stake back when the exit delay is over.",
            "It goes to the owner.",
            OperatorAction.Withdraw::new),
        new Simple(
            "freeze",
            "Stop an operator's posting at once and for good.",
            "For an owner whose keys were stolen. What it sealed can be carried by others.",
            OperatorAction.Freeze::new),
        new Simple(
            "rejoin",
            "Count again after the stake had fallen below the minimum.",
            "Top it up first. It counts from the third epoch after.",
            OperatorAction.Rejoin::new));
  }

  private record Simple(
      String name, String summary, String detail, Function<Integer, OperatorAction> action)
      implements Command {
    @Override
    public CommandSpec spec() {
      CommandSpec spec = Command.named(name, summary, detail);
      place(spec, "the owner's key");
      spec.addOption(Command.option(OPERATOR, "ID", "the operator"));
      spec.addOption(Command.json());
      return spec;
    }

    @Override
    public Invocation read(Arguments arguments, Map<String, String> environment) {
      return invocation(arguments, null, action.apply(operatorId(arguments)));
    }
  }

  private static void place(CommandSpec spec, String whose) {
    spec.addOption(Command.option(L1_RPC, "URL", "JSON-RPC of an L1 client"));
    spec.addOption(Command.option(Arguments.CLUSTER, "FILE", "the deployment"));
    spec.addOption(Command.option(KEY_FILE, "FILE", whose + ", as hex"));
  }

  private static void keys(CommandSpec spec) {
    spec.addOption(
        Command.option(POSTER, "ADDRESS", "sender of postings on L1; give it twice, two accounts"));
    spec.addOption(Command.option(COMMITTER, "ADDRESS", "address of the key that signs"));
  }

  private static Invocation invocation(
      Arguments arguments, @Nullable URI beacon, OperatorAction action) {
    URI l1Rpc = arguments.requiredUrl(L1_RPC);
    ClusterFile cluster = arguments.cluster();
    SecretKey key = arguments.key(KEY_FILE);
    if (key == null && arguments.text(KEY_FILE) == null) {
      arguments.problem("%s: missing".formatted(KEY_FILE));
    }
    return cluster == null || key == null
        ? new Invocation.UsageError(List.of())
        : new Invocation.L1Action(
            new L1ActionOptions(l1Rpc, beacon, cluster, key, action, arguments.isSet("--json")));
  }

  private static String text(Arguments arguments, String flag) {
    String text = arguments.text(flag);
    if (text == null) {
      arguments.problem("%s: missing".formatted(flag));
      return Address.ZERO.toHex();
    }
    return text;
  }

  private static int operatorId(Arguments arguments) {
    if (arguments.text(OPERATOR) == null) {
      arguments.problem("%s: missing".formatted(OPERATOR));
      return 0;
    }
    return arguments.integer(OPERATOR, 1, Integer.MAX_VALUE);
  }

  private static List<Address> posters(Arguments arguments) {
    List<String> given = arguments.texts(POSTER);
    if (given.size() != 2) {
      arguments.problem("%s: given %d times, an operator has two".formatted(POSTER, given.size()));
      return List.of(Address.ZERO, Address.ZERO);
    }
    return given.stream().map(text -> address(arguments, POSTER, text)).toList();
  }

  private static Address address(Arguments arguments, String flag, String text) {
    try {
      return Address.fromHex(text);
    } catch (IllegalArgumentException e) {
      arguments.problem("%s: \"%s\" is not an address".formatted(flag, text));
      return Address.ZERO;
    }
  }

  private static Wei ether(Arguments arguments, String flag) {
    String text = text(arguments, flag);
    try {
      BigDecimal wei = new BigDecimal(text).movePointRight(18);
      if (wei.signum() > 0 && wei.precision() <= 40) {
        return new Wei(UInt256.of(wei.toBigIntegerExact()));
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // told below, as every other text that is no amount
    }
    arguments.problem("%s: \"%s\" is not an amount of ether".formatted(flag, text));
    return Wei.ZERO;
  }

  private static List<Long> validators(Arguments arguments) {
    List<Long> out = new ArrayList<>();
    for (String text : arguments.texts(VALIDATORS)) {
      for (String index : text.split(",", -1)) {
        try {
          out.add(Long.parseUnsignedLong(index.strip()));
        } catch (NumberFormatException e) {
          arguments.problem("%s: \"%s\" is not an index".formatted(VALIDATORS, index));
        }
      }
    }
    if (out.size() > MAX_VALIDATORS) {
      arguments.problem(
          "%s: %d validators, at most %d at a time"
              .formatted(VALIDATORS, out.size(), MAX_VALIDATORS));
    }
    return out;
  }
}
