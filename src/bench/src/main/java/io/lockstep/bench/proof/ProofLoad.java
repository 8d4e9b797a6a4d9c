// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.proof;

import io.lockstep.config.cli.BenchProofsOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.JdkTransport;
import io.lockstep.l1client.proof.BlockProofs;
import io.lockstep.l1client.proof.BlockProver;
import io.lockstep.node.main.ProofBenchmark;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.ssz.Branch;
import io.lockstep.primitives.ssz.SszTree;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code lockstep bench proofs}: the proofs of one block, from asking the beacon node to the last
 * branch, by the code that a node runs. Every branch is folded to the block's root. One thread.
 */
public final class ProofLoad implements ProofBenchmark {
  private static final long SLOT = 12_345_678;
  private static final long CONNECT_TIMEOUT_MS = 5_000;
  private static final HttpOptions OPTIONS =
      new HttpOptions(30_000, HttpOptions.DEFAULT.maxAnswerBytes());

  /** Found as a service. */
  public ProofLoad() {}

  @Override
  public ExitCode run(BenchProofsOptions options) {
    try {
      URI beacon = options.beacon();
      return beacon == null ? madeUp(options) : prove(options, beacon, null);
    } catch (IOException | L1Exception | DecodeException e) {
      System.err.println("lockstep: " + e.getMessage());
      return ExitCode.UNAVAILABLE;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    }
  }

  private static ExitCode madeUp(BenchProofsOptions options)
      throws IOException, DecodeException, L1Exception, InterruptedException {
    SyntheticState state = new SyntheticState(options.fork(), options.validators(), SLOT);
    long started = System.nanoTime();
    SszTree.Proven root = hash(state);
    double rootSeconds = (System.nanoTime() - started) / 1e9;
    try (StateServer server = new StateServer(state, options.fork(), SLOT, root.root())) {
      return prove(options, server.uri(), new ProofReport.MadeUp(state.lengthBytes(), rootSeconds));
    }
  }

  /**
   * The state's root, which its block must name; by itself, so that it is not measured as proof.
   */
  private static SszTree.Proven hash(SyntheticState state) throws IOException, DecodeException {
    try (PipedInputStream in = new PipedInputStream(1 << 16)) {
      PipedOutputStream pipe = new PipedOutputStream(in);
      Thread.ofPlatform()
          .daemon()
          .name("made-up-state")
          .start(() -> {
            try (OutputStream out = new BufferedOutputStream(pipe, 1 << 16)) {
              state.write(out);
            } catch (IOException e) {
              throw new IllegalStateException("the state could not be written", e);
            }
          });
      return SszTree.read(
          state.type(), new BufferedInputStream(in, 1 << 16), state.lengthBytes(), List.of());
    }
  }

  private static ExitCode prove(
      BenchProofsOptions options, URI beaconUri, ProofReport.@Nullable MadeUp madeUp)
      throws L1Exception, InterruptedException {
    try (JdkTransport transport = new JdkTransport(CONNECT_TIMEOUT_MS)) {
      BeaconClient beacon = new BeaconClient(pool(beaconUri), transport, OPTIONS);
      BlockProver prover = new BlockProver(beacon, beacon.spec());
      List<Long> wanted = LongStream.range(0, options.proven()).boxed().toList();
      PeakHeap heap = PeakHeap.start();
      long started = System.nanoTime();
      BlockProofs proofs = prover.prove(BlockId.HEAD, wanted);
      double seconds = (System.nanoTime() - started) / 1e9;
      long peakBytes = heap.peakBytes();
      if (proofs == null) {
        System.err.println("lockstep: the beacon node does not serve its head's state");
        return ExitCode.UNAVAILABLE;
      }
      Map<String, Branch> branches = ProofReport.byName(proofs);
      String wrong = wrong(branches, proofs);
      URI rpc = options.rpc();
      Boolean onChain = rpc == null ? null : BeaconRoots.keeps(rpc, transport, OPTIONS, proofs);
      new ProofReport(proofs, branches, seconds, peakBytes, onChain, madeUp).print(options);
      if (wrong != null) {
        System.err.println("lockstep: " + wrong + " does not lead to the block's root");
      }
      return wrong == null && !Boolean.FALSE.equals(onChain) ? ExitCode.DONE : ExitCode.NO;
    }
  }

  private static @Nullable String wrong(Map<String, Branch> branches, BlockProofs proofs) {
    for (Map.Entry<String, Branch> entry : branches.entrySet()) {
      if (!entry.getValue().root().equals(proofs.blockRoot())) {
        return entry.getKey();
      }
    }
    return null;
  }

  static EndpointPool pool(URI uri) {
    return new EndpointPool(List.of(new Endpoint(uri.toString())), System::nanoTime);
  }
}
