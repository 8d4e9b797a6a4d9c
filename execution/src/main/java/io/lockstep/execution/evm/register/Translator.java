// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.evm.register;

import io.lockstep.execution.fork.Op;
import io.lockstep.execution.fork.Rules;
import io.lockstep.execution.journal.Code;

/** Translates a code into its program. One thread, one code. */
public final class Translator {
  /** Longs above a stack's limit that a program may write to. */
  public static final int TEMPORARY_LONGS = 4 * (Places.MAX_TEMPORARIES + BlockForm.MAX_OPCODES);

  private final Code code;
  private final Rules rules;
  private final long[] destinations;
  private final Output out = new Output();
  private final BlockForm form = new BlockForm();
  private final BlockReader reader;
  private final BlockWriter writer;
  private final int[] ranks;
  private final int[] blocks;
  private int blockCount;

  private Translator(Code code, Rules rules) {
    this.code = code;
    this.rules = rules;
    this.destinations = code.jumpDestinations();
    this.reader = new BlockReader(form, code, rules);
    this.writer = new BlockWriter(form, out, destinations, code.size());
    this.ranks = new int[destinations.length];
    int count = 0;
    for (int i = 0; i < destinations.length; i++) {
      ranks[i] = count;
      count += Long.bitCount(destinations[i]);
    }
    this.blocks = new int[count];
  }

  public static Program translate(Code code, Rules rules) {
    return new Translator(code, rules).run();
  }

  private Program run() {
    int pc = 0;
    while (pc >= 0) {
      if (isDestination(pc)) {
        blocks[blockCount++] = out.size();
      }
      pc = reader.read(pc);
      writer.write();
      if (!writer.fallsThrough()) {
        pc = nextDestination(pc);
      }
    }
    int nowhere = out.size();
    form.reset(0);
    form.end = BlockForm.End.HALT;
    form.endOp = Op.JUMP;
    writer.write();
    int[] ops = out.ops();
    Program program = new Program(rules, ops, out.pool(), ranks, blocks);
    Output.resolve(ops, out, program, destinations, nowhere);
    return program;
  }

  private boolean isDestination(int pc) {
    return pc < code.size() && (destinations[pc >>> 6] >>> pc & 1) != 0;
  }

  /** The first jump destination from {@code pc} on, or -1. */
  private int nextDestination(int pc) {
    if (pc >= code.size()) {
      return -1;
    }
    int word = pc >>> 6;
    long bits = destinations[word] & -1L << pc;
    while (bits == 0) {
      word++;
      if (word == destinations.length) {
        return -1;
      }
      bits = destinations[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }
}
