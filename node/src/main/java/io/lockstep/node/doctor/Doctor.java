// SPDX-License-Identifier: Apache-2.0
package io.lockstep.node.doctor;

import io.lockstep.config.L1Config;
import io.lockstep.config.NodeConfig;
import io.lockstep.config.OperatorConfig;
import io.lockstep.config.OperatorKey;
import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.beacon.BeaconClient;
import io.lockstep.l1client.beacon.BlockId;
import io.lockstep.l1client.beacon.ChainSpec;
import io.lockstep.l1client.beacon.ExecutionLink;
import io.lockstep.l1client.execution.ExecutionClient;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.Transport;
import io.lockstep.preconf.signer.Signers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Examines the surroundings of a node with a configuration that is valid in itself: each L1
 * endpoint by itself, the clock, the cluster's contracts, the operator's keys and the disk.
 */
public final class Doctor {
  private static final long LEAST_FREE_BYTES = 1L << 30;
  private static final long COMFORTABLE_FREE_BYTES = 10L << 30;

  private final NodeConfig config;
  private final Transport transport;
  private final long nowSeconds;
  private final Report report = new Report();
  private @Nullable BeaconClient beacon;
  private @Nullable ChainSpec spec;
  private @Nullable ExecutionClient execution;

  private Doctor(NodeConfig config, Transport transport, long nowSeconds) {
    this.config = config;
    this.transport = transport;
    this.nowSeconds = nowSeconds;
  }

  /** All findings, in the order of the checks. */
  public static List<Finding> examine(
      NodeConfig config, Transport transport, LongSupplier clockMs) {
    Doctor doctor = new Doctor(config, transport, Math.floorDiv(clockMs.getAsLong(), 1_000));
    doctor.storage();
    doctor.signer();
    doctor.endpoints();
    doctor.chain();
    return doctor.report.findings();
  }

  private void endpoints() {
    BeaconChecks beacons = new BeaconChecks(config.cluster().cluster(), nowSeconds, report);
    for (URI url : config.l1().beacon()) {
      Endpoint endpoint = endpoint(url);
      BeaconClient client = new BeaconClient(alone(endpoint), transport, options());
      ChainSpec found = beacons.check("l1.beacon " + endpoint, client);
      if (found != null && spec == null) {
        beacon = client;
        spec = found;
      }
    }
    ExecutionChecks executions =
        new ExecutionChecks(config.cluster().cluster(), nowSeconds, report);
    for (URI url : config.l1().rpc()) {
      Endpoint endpoint = endpoint(url);
      ExecutionClient client = new ExecutionClient(alone(endpoint), transport, options());
      if (executions.check("l1.rpc " + endpoint, client) && execution == null) {
        execution = client;
      }
    }
  }

  private void chain() {
    ExecutionClient client = execution;
    ChainSpec known = spec;
    if (client == null) {
      return; // Said already, and there is nobody to ask.
    }
    try {
      if (beacon != null) {
        agreement(beacon, client);
      }
      ContractChecks checks = new ContractChecks(config.cluster().cluster(), client, report);
      if (known != null) {
        checks.parameters(known);
      }
      OperatorConfig operator = config.operator();
      if (!checks.contracts()) {
        return;
      }
      if (known != null) {
        checks.schedule(known.clock().epochOf(known.clock().slotAt(nowSeconds)));
      }
      if (operator != null) {
        checks.operator(operator, config.posting());
      }
    } catch (L1Exception e) {
      report.fail("cluster", "L1 stopped answering: " + e.getMessage(), "Try again");
    }
  }

  private void agreement(BeaconClient from, ExecutionClient client) throws L1Exception {
    ExecutionLink link = from.execution(BlockId.HEAD);
    if (link == null || !link.revealed()) {
      return; // The first blocks of a chain carry none, and a bid may never be revealed.
    }
    if (client.blockByHash(link.block()) == null) {
      report.warn(
          "l1",
          "the execution client does not know block %s of the beacon node's head"
              .formatted(link.block()),
          "One of the two lags, or they are of different branches; nothing is promised meanwhile");
    } else {
      report.ok("l1", "beacon node and execution client agree on the head");
    }
  }

  private void storage() {
    Path dir = config.storage().dir().toAbsolutePath();
    Path existing = dir;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
      report.fail(
          "storage.dir", dir + " cannot be written", "Mend its rights, or choose another folder");
      return;
    }
    try {
      long free = Files.getFileStore(existing).getUsableSpace();
      String text = "%s has %d MiB left".formatted(dir, free >> 20);
      if (free < LEAST_FREE_BYTES) {
        report.fail("storage.dir", text, "A node needs 1 GiB to begin with; make room");
      } else if (free < COMFORTABLE_FREE_BYTES) {
        report.warn("storage.dir", text, "It grows with the chains; give it 10 GiB or more");
      } else {
        report.ok("storage.dir", text);
      }
    } catch (IOException e) {
      report.fail("storage.dir", dir + ": " + e.getMessage(), "Choose another folder");
    }
  }

  /** Whether a signer elsewhere is there and holds the keys that are asked of it. */
  private void signer() {
    OperatorConfig operator = config.operator();
    if (operator == null) {
      return;
    }
    Map<String, OperatorKey> keys = new LinkedHashMap<>();
    keys.put("committer", operator.committer());
    for (OperatorKey poster : operator.posters()) {
      keys.put("poster " + poster.address(), poster);
    }
    if (operator.l1Key() != null) {
      keys.put("l1 key", operator.l1Key());
    }
    try (Signers signers = new Signers()) {
      keys.forEach((name, key) -> {
        if (key instanceof OperatorKey.Remote remote) {
          String trouble = signers.remote(remote).look();
          if (trouble == null) {
            report.ok("signer, " + name, "holds the key of " + key.address());
          } else {
            report.fail(
                "signer, " + name,
                trouble,
                "Start it, load the key into it, or mend operator.signer-url; nothing is signed"
                    + " meanwhile");
          }
        }
      });
    }
  }

  private HttpOptions options() {
    return new HttpOptions(config.l1().requestTimeoutMs(), HttpOptions.DEFAULT.maxAnswerBytes());
  }

  private Endpoint endpoint(URI url) {
    L1Config l1 = config.l1();
    return new Endpoint(url.toString(), l1.credentials().authorizationFor(url));
  }

  private static EndpointPool alone(Endpoint endpoint) {
    return new EndpointPool(List.of(endpoint), System::nanoTime);
  }
}
