// SPDX-License-Identifier: Apache-2.0
package io.lockstep.preconf.signing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lockstep.preconf.commitment.Ctx;
import io.lockstep.preconf.commitment.Frag;
import io.lockstep.preconf.commitment.Seal;
import io.lockstep.preconf.gossip.FragMessage;
import io.lockstep.preconf.gossip.SealMessage;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.storage.kv.KeyValueStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A JVM of its own that signs without end, to be killed. It tells on its output what it releases:
 * place, identity and signature, each once its record is durable. It begins with the tick in which
 * the last one died.
 */
final class SignerProcess implements AutoCloseable {
  private static final int SCENE_SEED = 6;
  private static final int FRAGS = 5;

  private final Process process;
  private final BufferedReader output;
  private final List<String> released = new ArrayList<>();

  private SignerProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(US_ASCII);
  }

  static SigningScene scene() {
    return new SigningScene(SCENE_SEED);
  }

  static SignerProcess start(Path dir, KeyValueStore.Durability mode, long seed)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new SignerProcess(
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                SignerProcess.class.getName(),
                dir.toString(),
                mode.name(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  void awaitReleases(int count) throws IOException {
    while (released.size() < count) {
      String line = output.readLine();
      if (line == null) {
        throw new IOException("the signing process ended: " + released);
      }
      released.add(line);
    }
  }

  /** Kills with SIGKILL; everything it has released, what came while it was killed included. */
  List<String> killAndReleased() throws IOException {
    // By the handle: Process.destroyForcibly would close the output before it is read.
    process.toHandle().destroyForcibly();
    String line = output.readLine();
    while (line != null) {
      // The last line may be cut short: then its reader never got it.
      if (line.endsWith(".")) {
        released.add(line);
      }
      line = output.readLine();
    }
    process.onExit().join();
    return released;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private record Waiting(long ticket, String line) {}

  public static void main(String[] arguments) {
    SigningRig rig =
        SigningRig.open(
            scene(),
            Path.of(arguments[0]),
            SigningRig.Options.PLAIN.withMode(KeyValueStore.Durability.valueOf(arguments[1])));
    SigningScene mine = new SigningScene(Long.parseLong(arguments[2]));
    rig.commits.start((_, e) -> {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    });
    if (!(rig.signer.verdict(0) instanceof SigningVerdict.Ready)) {
      System.err.println(rig.signer.verdict(0));
      System.exit(1);
    }
    Deque<Waiting> waiting = new ArrayDeque<>();
    Frag last = null;
    Ctx ctx = mine.ctx();
    long tick = rig.signer.highestTick();
    OpenTickJournal journal = rig.signer.unfinished().orElse(null);
    if (journal != null) {
      last = journal.frags().getLast().frag().object();
      ctx = journal.ctx();
      System.out.println("continues " + last.tick() + " " + last.fragIdx() + " .");
    }
    while (true) {
      if (last == null) {
        tick++;
        while (!rig.signer.mayOpen(tick, 5)) {
          tick++;
        }
        ctx = mine.ctx();
        rig.signer.reserve(tick);
      }
      long index = last == null ? 0 : last.fragIdx() + 1;
      if (index < FRAGS) {
        Hash32 previous = last == null ? Hash32.ZERO : last.identity();
        FragMessage body = mine.scene.fragMessage(5, tick, index, ctx, 1);
        Hash32 root = body.frag().object().bodyRoot();
        Frag frag = rig.scene.frag(5, tick, index, previous, ctx, root, tick);
        if (rig.signer.sign(frag, ctx, SigningScene.OPERATOR, body.parts())
            instanceof SigningOutcome.Granted<FragMessage> granted) {
          waiting.add(
              new Waiting(
                  granted.ticket(),
                  line(
                      "frag " + tick + " " + index,
                      frag.identity(),
                      granted.message().frag().signature().toBytes().toHex())));
          last = frag;
        } else {
          throw new AssertionError(rig.sign(frag, ctx));
        }
      } else {
        List<SealMessage.SealedBlock> blocks =
            rig.scene.blocks(tick, tick, mine.scene.hash(), mine.scene.hash());
        Seal seal = rig.scene.seal(5, tick, ctx, blocks, false);
        if (rig.sign(seal, ctx, blocks) instanceof SigningOutcome.Granted<SealMessage> granted) {
          waiting.add(
              new Waiting(
                  granted.ticket(),
                  line(
                      "seal " + tick + " 0",
                      seal.identity(),
                      granted.message().seal().signature().toBytes().toHex())));
          last = null;
        } else {
          throw new AssertionError(rig.sign(seal, ctx, blocks));
        }
      }
      release(waiting, rig.signer.durability(), System.out);
    }
  }

  private static String line(String place, Hash32 identity, String signature) {
    return place + " " + identity.toHex() + " " + signature + " .";
  }

  private static void release(Deque<Waiting> waiting, Durability durability, PrintStream out) {
    while (!waiting.isEmpty() && waiting.getFirst().ticket <= durability.durable()) {
      out.println(waiting.pop().line);
    }
  }
}
