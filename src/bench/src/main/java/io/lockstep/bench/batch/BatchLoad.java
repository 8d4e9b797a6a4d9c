// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.batch;

import io.lockstep.config.cli.BenchBatchOptions;
import io.lockstep.config.cli.ExitCode;
import io.lockstep.l1client.contract.Batch;
import io.lockstep.l1client.contract.ClusterInboxAbi;
import io.lockstep.l1client.contract.RollupPart;
import io.lockstep.node.main.BatchBenchmark;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.tx.Transaction;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.types.Slot;
import io.lockstep.sequencer.batch.BatchCodec;
import io.lockstep.sequencer.batch.BatchContents;
import io.lockstep.sequencer.batch.BlockData;
import io.lockstep.sequencer.batch.EncodedBatch;
import io.lockstep.sequencer.batch.Segment;
import io.lockstep.sequencer.batch.SegmentRange;
import io.lockstep.sequencer.batch.TableEntry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code lockstep bench batch}: how many bytes a transaction takes on L1, call data, header table
 * and container included, as a share of what brotli and zlib make of the transactions alone. A
 * batch is a slot of twelve ticks. One thread.
 */
public final class BatchLoad implements BatchBenchmark {
  private static final long SEED = 901;
  private static final int BLOCKS = 12;
  private static final int TOKENS = 20;

  private final ObjectNode json = JsonNodeFactory.instance.objectNode();

  /** Found as a service. */
  public BatchLoad() {}

  @Override
  public ExitCode run(BenchBatchOptions options) {
    try {
      Traffic traffic = new Traffic(SEED, options.accounts(), TOKENS);
      measure("transfers", traffic::transfers, options);
      measure("token transfers", traffic::tokenTransfers, options);
      if (options.json()) {
        System.out.println(json);
      }
      return ExitCode.DONE;
    } catch (DecodeException e) {
      System.err.println("lockstep: a batch cannot be read back: " + e.getMessage());
      return ExitCode.NO;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ExitCode.NO;
    }
  }

  private void measure(
      String what, IntFunction<List<Transaction>> traffic, BenchBatchOptions options)
      throws DecodeException, InterruptedException {
    List<BlockData> blocks = new ArrayList<>();
    List<TableEntry> table = new ArrayList<>();
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    Hash32 anchor = Keccak.hash("anchor".getBytes(StandardCharsets.US_ASCII));
    int left = options.transactions();
    for (int i = 0; i < BLOCKS; i++) {
      List<Transaction> transactions = traffic.apply(left / (BLOCKS - i));
      left -= transactions.size();
      transactions.forEach(tx -> raw.writeBytes(tx.encoded().unsafeArray()));
      long tick = 86_400_000L + i;
      blocks.add(new BlockData(tick, 7_200_000, anchor, 30_000_000, transactions));
      Hash32 hash = Keccak.hash(("block" + i).getBytes(StandardCharsets.US_ASCII));
      table.add(new TableEntry(tick, Traffic.CHAIN_ID, 43_200_000L + i, hash));
    }
    BatchContents batch =
        new BatchContents(table, List.of(), List.of(new Segment(Traffic.CHAIN_ID, blocks)));
    long start = System.nanoTime();
    EncodedBatch encoded = BatchCodec.encode(batch);
    long written = System.nanoTime();
    boolean same = BatchCodec.decode(encoded.blobs()).equals(batch);
    long read = System.nanoTime();
    if (!same) {
      throw new DecodeException("it is another batch then");
    }
    int callData = ClusterInboxAbi.encodePropose(call(batch, encoded)).size();
    byte[] signed = raw.toByteArray();
    int posted = encoded.payloadBytes() + callData;
    report(what, options, posted, signed.length, Rivals.zlib9(signed), Rivals.brotli10(signed));
    if (!options.json()) {
      System.out.printf(
          Locale.ROOT,
          "%-16s %,d bytes of blobs and %,d of call data; written in %d ms, read in %d ms%n",
          "",
          encoded.payloadBytes(),
          callData,
          (written - start) / 1_000_000,
          (read - written) / 1_000_000);
    }
  }

  private static Batch call(BatchContents batch, EncodedBatch encoded) {
    SegmentRange range = encoded.segments().getFirst();
    BlockData last = batch.segments().getFirst().blocks().getLast();
    return new Batch(
        List.of(Hash32.ZERO),
        new Slot(7_200_002),
        List.of(),
        batch.firstTick(),
        batch.lastTick(),
        last.anchorNumber(),
        last.anchorHash(),
        0,
        encoded.headersRoot(),
        List.of(
            new RollupPart(
                range.rollupId(),
                batch.table().getLast().blockHash(),
                range.offsetBytes(),
                range.lengthBytes())),
        encoded.blobs().size());
  }

  private void report(
      String what, BenchBatchOptions options, int posted, int raw, int zlib, OptionalInt brotli) {
    double each = (double) posted / options.transactions();
    ObjectNode out =
        json.putObject(what.replace(" t", "T"))
            .put("transactions", options.transactions())
            .put("accounts", options.accounts())
            .put("rawBytes", raw)
            .put("postedBytes", posted)
            .put("bytesPerTransaction", Math.round(each * 100) / 100.0)
            .put("ofZlib9", ratio(posted, zlib));
    brotli.ifPresent(bytes -> out.put("ofBrotli10", ratio(posted, bytes)));
    if (!options.json()) {
      String beside =
          brotli.isPresent()
              ? "%.3f of brotli 10".formatted(ratio(posted, brotli.getAsInt()))
              : "brotli not compared, node is missing";
      System.out.printf(
          Locale.ROOT,
          "%-16s %6.2f bytes a transaction of %.1f as signed: %s, %.3f of zlib 9%n",
          what,
          each,
          (double) raw / options.transactions(),
          beside,
          ratio(posted, zlib));
    }
  }

  private static double ratio(int bytes, int of) {
    return Math.round(1_000.0 * bytes / of) / 1_000.0;
  }
}
