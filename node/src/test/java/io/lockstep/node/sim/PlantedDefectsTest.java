// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.config.cli.SimOptions;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulation finds mistakes: each of these within 200 seeds, all of which hold without it. */
class PlantedDefectsTest {
  private static final int MOST_SEEDS = 200;
  private static final int EPOCHS = 3;
  private static final String SEQUENCER = "io.lockstep.sequencer.";
  private static final String SIGNING = "io.lockstep.preconf.signing.";

  /**
   * A defect and where it was seen last.
   *
   * @param seed the seed to try first; the others follow when it no longer shows there
   */
  record Planted(MutantLoader.Defect defect, long seed) {
    @Override
    public String toString() {
      return defect.name();
    }
  }

  static Stream<Planted> defects() {
    return Stream.of(
        planted(
            "signatures are released before they are on the disk",
            SIGNING + "GroupCommit",
            "fsync",
            body(code ->
                code.invokestatic(
                        ClassDesc.of(SIGNING + "GroupCommit"),
                        "process",
                        MethodTypeDesc.of(ClassDesc.of(SIGNING + "GroupCommit")))
                    .areturn()),
            1),
        planted(
            "the arming rule is dropped",
            SEQUENCER + "window.WindowClock",
            "isArmed",
            answers(true),
            69),
        planted(
            "a moved signing database is taken for the original",
            SIGNING + "Lease",
            "isSamePlace",
            answers(true),
            90),
        planted(
            "the ticks of earlier windows are not carried",
            SEQUENCER + "post.BatchAssembler$Run",
            "take",
            onlyTheOwnWindow(),
            1),
        planted(
            "the seal of a carried window is put in twice",
            SEQUENCER + "post.BatchAssembler$Run",
            "closeRun",
            addsTwice(),
            1),
        planted(
            "a signature is final where it should be provisional",
            SEQUENCER + "loop.Handover",
            "pendingSlot",
            body(code -> code.loadConstant(-1L).lreturn()),
            14),
        planted(
            "a rewind stops one block short", SEQUENCER + "head.Cluster", "rewindTo", plusOne(), 1),
        planted(
            "what was released and not sealed is forgotten",
            SEQUENCER + "loop.Unsealed",
            "comesFirst",
            body(code ->
                code.getstatic(
                        ClassDesc.of(SEQUENCER + "loop.OrphanedBlock"),
                        "NONE",
                        ClassDesc.of(SEQUENCER + "loop.OrphanedBlock"))
                    .areturn()),
            55),
        planted(
            "blobs that cannot be had now are taken for none",
            SEQUENCER + "derive.L1Feed",
            "fetchBlobs",
            doesNotWaitForBlobs(),
            23),
        planted(
            "a reorg of L1 drops nothing",
            "io.lockstep.l1client.heads.L1Event$Reorg",
            "forkPoint",
            body(code ->
                code.aload(0)
                    .getfield(
                        ClassDesc.of("io.lockstep.l1client.heads.L1Event$Reorg"),
                        "added",
                        ConstantDescs.CD_List)
                    .invokeinterface(
                        ConstantDescs.CD_List,
                        "getLast",
                        MethodTypeDesc.of(ConstantDescs.CD_Object))
                    .checkcast(ClassDesc.of("io.lockstep.l1client.execution.L1Block"))
                    .invokevirtual(
                        ClassDesc.of("io.lockstep.l1client.execution.L1Block"),
                        "ref",
                        MethodTypeDesc.of(ClassDesc.of("io.lockstep.primitives.types.BlockRef")))
                    .areturn()),
            11),
        new Planted(
            new MutantLoader.Defect(
                "missing ticks are asked for once",
                List.of(
                    change(SEQUENCER + "loop.PeerCatchUp", "step", body(CodeBuilder::return_)),
                    change(SEQUENCER + "loop.PeerCatchUp", "missing", body(CodeBuilder::return_)),
                    change(
                        SEQUENCER + "loop.PeerCatchUp",
                        "derivedFirst",
                        body(CodeBuilder::return_)))),
            206),
        planted("nothing is posted", SEQUENCER + "post.Poster", "step", answers(false), 1),
        planted(
            "due forced transactions are left out",
            SEQUENCER + "inbound.InboundLog",
            "forced",
            body(PlantedDefectsTest::returnsNone),
            1),
        planted(
            "forced transactions are due at once",
            SEQUENCER + "tick.InsertionRules",
            "forcedDelaySeconds",
            body(code -> code.loadConstant(0L).lreturn()),
            1),
        planted(
            "each message is delivered twice",
            SEQUENCER + "inbound.InboundLog",
            "messages",
            addsTwice(),
            1),
        planted(
            "ticks outside of all declared ranges are derived",
            SEQUENCER + "derive.BatchCheck",
            "rangeFault",
            body(code -> code.aconst_null().areturn()),
            2),
        planted(
            "roots and heads that a batch declares are not held against its table",
            SEQUENCER + "derive.BatchCheck",
            "shapeFault",
            body(code -> code.aconst_null().areturn()),
            80),
        planted(
            "an open block makes no block",
            SEQUENCER + "derive.Derivation$Run",
            "open",
            body(code -> code.aconst_null().areturn()),
            3),
        planted(
            "the committer of every window is the operator's first",
            SEQUENCER + "schedule.Operator",
            "keysAt",
            body(code ->
                code.aload(0)
                    .getfield(
                        ClassDesc.of(SEQUENCER + "schedule.Operator"),
                        "keys",
                        ConstantDescs.CD_List)
                    .invokeinterface(
                        ConstantDescs.CD_List,
                        "getFirst",
                        MethodTypeDesc.of(ConstantDescs.CD_Object))
                    .checkcast(ClassDesc.of(SEQUENCER + "schedule.Operator$Keys"))
                    .areturn()),
            3),
        planted(
            "windows of other keys are signed for",
            SEQUENCER + "loop.Guards",
            "isForOurKey",
            answers(true),
            13),
        planted(
            "who has left counts for ever",
            SEQUENCER + "schedule.Operator",
            "isEligibleAt",
            answers(true),
            3),
        planted(
            "a schedule told for another branch of L1 is signed by",
            SEQUENCER + "head.Turns",
            "isOfThisBranch",
            answers(true),
            29),
        planted(
            "nobody syncs the lookahead",
            "io.lockstep.node.duty.OracleSyncer",
            "isMissing",
            body(CodeBuilder::return_),
            1));
  }

  private static void returnsNone(CodeBuilder code) {
    code.invokestatic(ConstantDescs.CD_List, "of", MethodTypeDesc.of(ConstantDescs.CD_List), true)
        .areturn();
  }

  private static Planted planted(
      String name, String type, String method, CodeTransform change, long seed) {
    return new Planted(new MutantLoader.Defect(name, List.of(change(type, method, change))), seed);
  }

  private static MutantLoader.Change change(String type, String method, CodeTransform code) {
    return new MutantLoader.Change(type, method, code);
  }

  /** The whole body is this instead. */
  private static CodeTransform body(Consumer<CodeBuilder> code) {
    return new CodeTransform() {
      private boolean written;

      @Override
      public void atStart(CodeBuilder builder) {
        written = false;
      }

      @Override
      public void accept(CodeBuilder builder, CodeElement element) {
        if (!written) {
          written = true;
          code.accept(builder);
        }
      }
    };
  }

  private static CodeTransform answers(boolean value) {
    return body(code -> code.loadConstant(value ? 1 : 0).ireturn());
  }

  /** The first argument, a long, is one more. */
  private static CodeTransform plusOne() {
    return before(code -> code.lload(1).loadConstant(1L).ladd().lstore(1));
  }

  private static CodeTransform before(Consumer<CodeBuilder> code) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder builder) {
        code.accept(builder);
      }

      @Override
      public void accept(CodeBuilder builder, CodeElement element) {
        builder.with(element);
      }
    };
  }

  private static CodeTransform onlyTheOwnWindow() {
    ClassDesc run = ClassDesc.of(SEQUENCER + "post.BatchAssembler$Run");
    ClassDesc message = ClassDesc.of("io.lockstep.preconf.gossip.SealMessage");
    ClassDesc signed = ClassDesc.of("io.lockstep.preconf.commitment.Signed");
    ClassDesc object = ClassDesc.of("io.lockstep.preconf.commitment.SignedObject");
    return before(code ->
        code.aload(5)
            .invokevirtual(message, "seal", MethodTypeDesc.of(signed))
            .invokevirtual(signed, "object", MethodTypeDesc.of(object))
            .invokeinterface(object, "windowSlot", MethodTypeDesc.of(ConstantDescs.CD_long))
            .aload(0)
            .getfield(run, "windowSlot", ConstantDescs.CD_long)
            .lcmp()
            .ifThen(Opcode.IFNE, foreign -> foreign.loadConstant(0).ireturn()));
  }

  /** Where it would be asked whether the block is gone, there are no blobs. */
  private static CodeTransform doesNotWaitForBlobs() {
    return (builder, element) -> {
      if (element instanceof InvokeInstruction call && call.name().equalsString("isGone")) {
        builder
            .pop2()
            .invokestatic(
                ConstantDescs.CD_List, "of", MethodTypeDesc.of(ConstantDescs.CD_List), true)
            .areturn();
      } else {
        builder.with(element);
      }
    };
  }

  /** Whatever is added to a list is added twice. */
  private static CodeTransform addsTwice() {
    return (builder, element) -> {
      if (element instanceof InvokeInstruction call && call.name().equalsString("add")) {
        builder.dup2().with((Instruction) call).pop();
      }
      builder.with(element);
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("defects")
  void isFound(Planted planted) throws Exception {
    MutantLoader loader = new MutantLoader(planted.defect());
    List<Long> seeds = new ArrayList<>(List.of(planted.seed()));
    LongStream.rangeClosed(1, MOST_SEEDS).filter(s -> s != planted.seed()).forEach(seeds::add);
    int tried = 0;
    for (long seed : seeds.subList(0, MOST_SEEDS)) {
      tried++;
      JsonNode mutant = run(loader, seed);
      if (!mutant.path("passed").asBoolean()) {
        JsonNode sound = run(null, seed);
        if (sound.path("passed").asBoolean()) {
          System.out.printf(
              "%s: seed %d, %s (tried %d seeds)%n",
              planted, seed, mutant.path("violation").path("invariant").asString(), tried);
          return;
        }
      }
    }
    assertThat(tried).as("seeds without finding: %s", planted).isLessThan(MOST_SEEDS);
  }

  /** One seed in the mutant's classes, or in the sound ones. */
  private static JsonNode run(@Nullable ClassLoader loader, long seed) throws Exception {
    ClassLoader classes = loader == null ? PlantedDefectsTest.class.getClassLoader() : loader;
    Object options =
        classes
            .loadClass(SimOptions.class.getName())
            .getConstructor(long.class, int.class, int.class, int.class, boolean.class)
            .newInstance(seed, 1, EPOCHS, 1, false);
    List<String> lines = new ArrayList<>();
    Consumer<String> out = lines::add;
    classes
        .loadClass(Simulation.class.getName())
        .getMethod("run", options.getClass(), Consumer.class)
        .invoke(null, options, out);
    return JsonMapper.shared().readTree(lines.getFirst());
  }
}
