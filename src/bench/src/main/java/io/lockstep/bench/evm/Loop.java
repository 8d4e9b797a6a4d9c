// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.evm;

import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hex;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program that runs a body again and again and returns the word that it works on. The body finds
 * that word and above it the count of what is left, and leaves both so. Any thread.
 *
 * @param code called with one byte of call data it stops at once: a loop may call itself
 */
record Loop(String name, boolean isMixed, Bytes code) {
  /** Stops when there is call data; then the word 1 and the count. */
  private static final String HEAD = "36600757600956" + "5b00" + "5b6001";

  private static final String WORD =
      "7fdeaa59e0bcd00fb0cafce3d8a9b9065b7d513c857bf57dab2069478f4c423ec7";

  static List<Loop> all() {
    List<Loop> loops = new ArrayList<>();
    loops.add(of("count", 2_000_000, ""));
    loops.add(of("arith", 400_000, "90" + "8101600702" + WORD + "1860031c19" + "90"));
    loops.add(
        of("mulmod", 400_000, "90" + WORD + "81" + "80" + "09" + "90" + "50" + "8101" + "90"));
    loops.add(of("keccak", 150_000, "905f5260405f2090"));
    loops.add(of("memory", 400_000, "9081613fe016805182019081" + "9052" + "905090"));
    loops.add(of("storage", 100_000, "8060ff16805460010180935090" + "55"));
    loops.add(of("transient", 100_000, "8060ff16805c60010180935090" + "5d"));
    loops.add(of("call", 100_000, "5f5f60015f305afa9091" + "0190"));
    loops.add(of("sha256", 100_000, "905f5260205f60205f60025afa505f5190"));
    for (int seed = 1; seed <= 4; seed++) {
      loops.add(mixed(seed, 40 * seed));
    }
    return loops;
  }

  private static Loop of(String name, int rounds, String body) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    head(code, rounds);
    int start = code.size();
    code.write(Op.JUMPDEST);
    code.writeBytes(Hex.decode("0x" + body));
    tail(code, start);
    return new Loop(name, false, Bytes.wrap(code.toByteArray()));
  }

  private static void head(ByteArrayOutputStream code, int rounds) {
    code.writeBytes(Hex.decode("0x" + HEAD));
    code.write(Op.PUSH1 + 3);
    code.writeBytes(
        new byte[] {
          (byte) (rounds >>> 24), (byte) (rounds >>> 16), (byte) (rounds >>> 8), (byte) rounds
        });
  }

  private static void tail(ByteArrayOutputStream code, int start) {
    // One off the count, back if something is left, else return the word.
    code.writeBytes(Hex.decode("0x600190038061"));
    code.write(start >>> 8);
    code.write(start);
    code.write(Op.JUMPI);
    code.writeBytes(Hex.decode("0x505f5260205ff3"));
  }

  /** Random arithmetic and memory in many short blocks, of which each round skips some. */
  private static Loop mixed(int seed, int sections) {
    Random random = new Random(seed);
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    head(code, 400_000 / sections);
    int start = code.size();
    code.write(Op.JUMPDEST);
    code.write(Op.SWAP1);
    for (int i = 0; i < sections; i++) {
      steps(code, random);
      // Skips what follows on one bit of the word.
      code.writeBytes(new byte[] {(byte) Op.DUP1, 0x60, (byte) random.nextInt(64), (byte) Op.SHR});
      code.writeBytes(Hex.decode("0x60011661"));
      ByteArrayOutputStream skipped = new ByteArrayOutputStream();
      steps(skipped, random);
      int target = code.size() + 3 + skipped.size();
      code.write(target >>> 8);
      code.write(target);
      code.write(Op.JUMPI);
      code.writeBytes(skipped.toByteArray());
      code.write(Op.JUMPDEST);
    }
    code.write(Op.SWAP1);
    tail(code, start);
    Bytes bytes = Bytes.wrap(code.toByteArray());
    return new Loop("mixed " + bytes.size(), true, bytes);
  }

  private static void steps(ByteArrayOutputStream code, Random random) {
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      String step =
          switch (random.nextInt(10)) {
            case 0 -> "8101"; // plus the count
            case 1 -> WORD + "18";
            case 2 -> "60%02x02".formatted(3 + 2 * random.nextInt(40));
            case 3 -> "8060%02x1b18".formatted(1 + random.nextInt(90));
            case 4 -> "8060%02x1c01".formatted(1 + random.nextInt(90));
            case 5 -> "8060%02x5260%02x5103".formatted(random.nextInt(200), random.nextInt(200));
            case 6 -> "19";
            case 7 -> "80821060a0169003";
            case 8 -> "6001600160a01b0381168201" + "9050";
            default -> "808260011704" + "01";
          };
      code.writeBytes(Hex.decode("0x" + step));
    }
  }
}
