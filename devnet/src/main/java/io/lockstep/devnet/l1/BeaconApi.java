// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.BeaconJson.number;
import static io.lockstep.devnet.l1.BeaconJson.object;

import io.lockstep.execution.fork.BlobParams;
import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.types.Hash32;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The beacon API's routes about the node, the configuration and proposers' duties. Any thread. */
final class BeaconApi {
  static final String VERSION = "lockstep-box/0.1.0";

  private final BeaconSide chain;
  private final BoxOptions options;
  private final long chainId;
  private final BlobParams blobs;
  private final Supplier<@Nullable Throwable> failure;

  /**
   * The routes over a chain.
   *
   * @param failure why the box stopped making blocks, or null
   */
  BeaconApi(
      BeaconSide chain,
      BoxOptions options,
      long chainId,
      BlobParams blobs,
      Supplier<@Nullable Throwable> failure) {
    this.chain = chain;
    this.options = options;
    this.chainId = chainId;
    this.blobs = blobs;
    this.failure = failure;
  }

  void addTo(Routes routes) {
    routes
        .get("/eth/v1/beacon/genesis", request -> genesis())
        .get("/eth/v1/config/spec", request -> spec())
        .get(
            "/eth/v1/config/fork_schedule",
            request -> BeaconJson.data(Spec.forkSchedule(options.fork())))
        .get("/eth/v1/config/deposit_contract", request -> depositContract())
        .get("/eth/v1/node/syncing", request -> syncing())
        .get("/eth/v1/node/version", request -> BeaconJson.data(object().put("version", VERSION)))
        .get("/eth/v1/node/health", request -> health())
        .get(
            "/eth/v1/validator/duties/proposer/{epoch}",
            Refusal.answering(request -> duties(request, 1)))
        .get(
            "/eth/v2/validator/duties/proposer/{epoch}",
            Refusal.answering(request -> duties(request, 2)));
  }

  private HttpReply genesis() {
    return BeaconJson.data(
        object()
            .put("genesis_time", number(chain.clock().genesisSeconds()))
            .put("genesis_validators_root", chain.validators().registryRoot().toHex())
            .put("genesis_fork_version", Spec.GENESIS_FORK_VERSION));
  }

  private HttpReply spec() {
    return BeaconJson.data(Spec.config(options, chainId, chain.clock().genesisSeconds(), blobs));
  }

  private HttpReply depositContract() {
    return BeaconJson.data(
        object().put("chain_id", number(chainId)).put("address", "0x" + "00".repeat(20)));
  }

  /**
   * How far the head is behind; missed and stalled slots are no lack of synchrony, only the first
   * epochs, while they are made, are.
   */
  private HttpReply syncing() {
    BoxView view = chain.view();
    long now = view.live() ? view.currentSlot() : wallSlot();
    long distance = Math.max(0, now - view.head().slot());
    return BeaconJson.data(
        object()
            .put("head_slot", number(view.head().slot()))
            .put("sync_distance", number(distance))
            .put("is_syncing", !view.live() && !options.manual())
            .put("is_optimistic", false)
            .put("el_offline", false));
  }

  private long wallSlot() {
    return chain.clock().slotAt(options.clock().instant().getEpochSecond()).value();
  }

  private HttpReply health() {
    Throwable broken = failure.get();
    if (broken != null) {
      return HttpReply.error(503, "the box stopped making blocks: " + broken);
    }
    boolean ready = chain.view().live() || options.manual();
    return new HttpReply.Content(ready ? 200 : 206, "application/json", Map.of(), new byte[0]);
  }

  /**
   * The proposers of the current or the next epoch. Version 1 names the root that stood for them
   * before EIP-7917 (the last block before the epoch), version 2 the one that fixes them.
   */
  private HttpReply duties(HttpRequest request, int version) throws Refusal {
    String text = request.pathParam("epoch");
    if (!BeaconIds.isNumber(text)) {
      throw Refusal.badRequest("Invalid epoch: " + BeaconIds.shorten(text));
    }
    long epoch = Long.parseLong(text);
    long current = chain.view().currentEpoch();
    if (epoch != current && epoch != current + 1) {
      throw Refusal.badRequest(
          "Requested epoch %d must equal current %d or next epoch %d"
              .formatted(epoch, current, current + 1));
    }
    BeaconSide.Duties duties = chain.duties(epoch);
    Hash32 dependent = version == 1 ? duties.rootBeforeEpoch() : duties.dependentRoot();
    List<Integer> proposers = duties.proposers();
    ArrayNode data = BeaconJson.JSON.arrayNode();
    for (int i = 0; i < proposers.size(); i++) {
      int index = proposers.get(i);
      data.addObject()
          .put("pubkey", chain.validators().get(index).pubkey().toHex())
          .put("validator_index", number(index))
          .put("slot", number(epoch * BoxOptions.SLOTS_PER_EPOCH + i));
    }
    ObjectNode out = object();
    out.put("dependent_root", dependent.toHex());
    out.put("execution_optimistic", false);
    out.set("data", data);
    return HttpReply.json(200, out);
  }
}
