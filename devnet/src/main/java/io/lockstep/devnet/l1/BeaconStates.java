// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.l1;

import static io.lockstep.devnet.l1.BeaconJson.number;
import static io.lockstep.devnet.l1.BeaconJson.object;

import io.lockstep.preconf.wire.HttpReply;
import io.lockstep.preconf.wire.HttpRequest;
import io.lockstep.preconf.wire.Routes;
import io.lockstep.primitives.types.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The beacon API's routes about states: validators, checkpoints, fork, lookahead. Any thread. */
final class BeaconStates {
  /** Every validator of the box is active and stays so. */
  private static final String STATUS = "active_ongoing";

  private static final Set<String> STATUSES =
      Set.of(
          "pending_initialized",
          "pending_queued",
          STATUS,
          "active_exiting",
          "active_slashed",
          "exited_unslashed",
          "exited_slashed",
          "withdrawal_possible",
          "withdrawal_done",
          "active",
          "pending",
          "exited",
          "withdrawal");

  /** As the beacon API bounds it for GET; a longer list is answered 414. */
  private static final int MAX_IDS = 64;

  private final BeaconSide chain;
  private final BeaconIds ids;

  BeaconStates(BeaconSide chain, BeaconIds ids) {
    this.chain = chain;
    this.ids = ids;
  }

  void addTo(Routes routes) {
    String state = "/eth/v1/beacon/states/{state_id}";
    routes
        .get(state + "/validators", Refusal.answering(this::validators))
        .get(state + "/validators/{validator_id}", Refusal.answering(this::validator))
        .get(state + "/finality_checkpoints", Refusal.answering(this::checkpoints))
        .get(state + "/fork", Refusal.answering(this::fork))
        .get(state + "/root", Refusal.answering(this::root))
        .get(state + "/proposer_lookahead", Refusal.answering(this::lookahead))
        .get("/eth/v2/debug/beacon/states/{state_id}", Refusal.answering(this::whole));
  }

  private BeaconBlock state(HttpRequest request) throws Refusal {
    return ids.state(request.pathParam("state_id"));
  }

  private HttpReply validators(HttpRequest request) throws Refusal {
    BeaconBlock state = state(request);
    List<String> wanted = commaSeparated(request, "id");
    List<String> statuses = commaSeparated(request, "status");
    if (wanted.size() > MAX_IDS) {
      return HttpReply.error(414, "Too many validator IDs in request");
    }
    for (String status : statuses) {
      if (!STATUSES.contains(status)) {
        throw Refusal.badRequest("Invalid validator status: " + BeaconIds.shorten(status));
      }
    }
    boolean active = statuses.isEmpty() || statuses.contains("active") || statuses.contains(STATUS);
    ArrayNode data = BeaconJson.JSON.arrayNode();
    if (active && wanted.isEmpty()) {
      for (int i = 0; i < chain.validators().size(); i++) {
        data.add(json(i));
      }
    } else if (active) {
      for (String id : wanted) {
        int index = indexOf(id);
        if (index >= 0) {
          data.add(json(index));
        }
      }
    }
    return BeaconJson.chainData(data, ids.isFinalized(state));
  }

  private HttpReply validator(HttpRequest request) throws Refusal {
    BeaconBlock state = state(request);
    String id = request.pathParam("validator_id");
    int index = indexOf(id);
    if (index < 0) {
      throw Refusal.notFound("Validator not found: " + BeaconIds.shorten(id));
    }
    return BeaconJson.chainData(json(index), ids.isFinalized(state));
  }

  /** The checkpoints in the state of that block, by the box's rule. */
  private HttpReply checkpoints(HttpRequest request) throws Refusal {
    BeaconBlock state = state(request);
    BoxView at = BoxView.at(chain.db(), state, state.slot(), true);
    ObjectNode data = object();
    data.set("previous_justified", checkpoint(at.previousJustifiedEpoch(), at.previousJustified()));
    data.set("current_justified", checkpoint(at.justifiedEpoch(), at.justified()));
    data.set("finalized", checkpoint(at.finalizedEpoch(), at.finalized()));
    return BeaconJson.chainData(data, ids.isFinalized(state));
  }

  private static ObjectNode checkpoint(long epoch, BeaconBlock block) {
    return BeaconJson.checkpoint(epoch, BoxView.checkpointRoot(epoch, block));
  }

  private HttpReply fork(HttpRequest request) throws Refusal {
    return BeaconJson.chainData(Spec.fork(chain.fork()), ids.isFinalized(state(request)));
  }

  private HttpReply root(HttpRequest request) throws Refusal {
    BeaconBlock state = state(request);
    return BeaconJson.chainData(
        object().put("root", state.header().stateRoot().toHex()), ids.isFinalized(state));
  }

  /** EIP-7917: the proposers of the state's epoch and of the next. */
  private HttpReply lookahead(HttpRequest request) throws Refusal {
    BeaconBlock state = state(request);
    long epoch = state.slot() / BoxOptions.SLOTS_PER_EPOCH;
    ArrayNode data = BeaconJson.JSON.arrayNode();
    chain.lookahead(epoch).forEach(i -> data.add(number(i)));
    return BeaconJson.versioned(chain.fork(), data, ids.isFinalized(state));
  }

  /** The state itself, as SSZ only. */
  private HttpReply whole(HttpRequest request) throws Refusal {
    if (!BeaconJson.takesSsz(request)) {
      return HttpReply.error(406, "A state is served as application/octet-stream only");
    }
    byte[] ssz = chain.state(state(request));
    if (ssz == null) {
      throw Refusal.notFound("State not found: its branch was abandoned");
    }
    return BeaconJson.ssz(chain.fork(), ssz);
  }

  private ObjectNode json(int index) {
    Validators.Validator validator = chain.validators().get(index);
    ObjectNode out = object();
    out.put("index", number(index));
    out.put("balance", number(Validators.BALANCE_GWEI));
    out.put("status", STATUS);
    out.putObject("validator")
        .put("pubkey", validator.pubkey().toHex())
        .put("withdrawal_credentials", validator.withdrawalCredentials().toHex())
        .put("effective_balance", number(Validators.BALANCE_GWEI))
        .put("slashed", false)
        .put("activation_eligibility_epoch", "0")
        .put("activation_epoch", "0")
        .put("exit_epoch", number(Validators.FAR_FUTURE_EPOCH))
        .put("withdrawable_epoch", number(Validators.FAR_FUTURE_EPOCH));
    return out;
  }

  private int indexOf(String id) throws Refusal {
    if (BeaconIds.isNumber(id)) {
      long index = Long.parseLong(id);
      return index < chain.validators().size() ? (int) index : -1;
    }
    try {
      Bytes pubkey = Bytes.fromHex(id);
      if (id.startsWith("0x") && pubkey.size() == 48) {
        return chain.validators().indexOf(pubkey);
      }
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("Invalid validator ID: " + BeaconIds.shorten(id));
    }
    throw Refusal.badRequest("Invalid validator ID: " + BeaconIds.shorten(id));
  }

  private static List<String> commaSeparated(HttpRequest request, String name) {
    return request.query().getOrDefault(name, List.of()).stream()
        .flatMap(v -> Arrays.stream(v.split(",", -1)))
        .toList();
  }
}
