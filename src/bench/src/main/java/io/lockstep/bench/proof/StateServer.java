// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.proof;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lockstep.config.cli.DevnetOptions.L1Fork;
import io.lockstep.primitives.beacon.BeaconTypes;
import io.lockstep.primitives.ssz.SszTree;
import io.lockstep.primitives.types.Hash32;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The few routes of a beacon node that a proof asks for, over a state that is made up. */
final class StateServer implements AutoCloseable {
  private static final String ZERO = "0x" + "00".repeat(32);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Serves on a free port of the loopback.
   *
   * @param stateRoot of the state
   */
  StateServer(SyntheticState state, L1Fork fork, long slot, Hash32 stateRoot) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    json(
        "/eth/v1/beacon/genesis",
        """
        {"data":{"genesis_time":"1606824023","genesis_validators_root":"%s",\
        "genesis_fork_version":"0x00000000"}}\
        """
            .formatted(ZERO));
    json(
        "/eth/v1/config/spec",
        """
        {"data":{"PRESET_BASE":"mainnet","CONFIG_NAME":"made-up","SECONDS_PER_SLOT":"12",\
        "SLOT_DURATION_MS":"12000","SLOTS_PER_EPOCH":"32","MIN_SEED_LOOKAHEAD":"1",\
        "FULU_FORK_EPOCH":"0","GLOAS_FORK_EPOCH":"%s","MAX_BLOBS_PER_BLOCK_ELECTRA":"9"}}\
        """
            .formatted(fork == L1Fork.GLOAS ? "0" : Long.toUnsignedString(-1L)));
    Hash32 zero = Hash32.ZERO;
    Hash32 root =
        SszTree.rootOf(
            BeaconTypes.BLOCK_HEADER, BeaconTypes.blockHeader(slot, 0, zero, stateRoot, zero));
    json(
        "/eth/v1/beacon/headers/head",
        """
        {"execution_optimistic":false,"finalized":false,"data":{"root":"%s","canonical":true,\
        "header":{"message":{"slot":"%d","proposer_index":"0","parent_root":"%s",\
        "state_root":"%s","body_root":"%s"},"signature":"0x%s"}}}\
        """
            .formatted(root, slot, ZERO, stateRoot, ZERO, "00".repeat(96)));
    server.createContext(
        "/eth/v2/debug/beacon/states/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
          exchange.sendResponseHeaders(200, state.lengthBytes());
          try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16)) {
            state.write(out);
          }
        });
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void json(String path, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        (HttpExchange exchange) -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
