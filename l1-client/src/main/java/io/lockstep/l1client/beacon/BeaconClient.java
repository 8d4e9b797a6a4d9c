// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.beacon;

import io.lockstep.l1client.L1Exception;
import io.lockstep.l1client.L1Exception.Kind;
import io.lockstep.l1client.http.Endpoint;
import io.lockstep.l1client.http.EndpointPool;
import io.lockstep.l1client.http.HttpAnswer;
import io.lockstep.l1client.http.HttpCall;
import io.lockstep.l1client.http.HttpOptions;
import io.lockstep.l1client.http.HttpStream;
import io.lockstep.l1client.http.Json;
import io.lockstep.l1client.http.Transport;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Kzg;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Epoch;
import io.lockstep.primitives.types.Hash32;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The beacon node's REST API (ethereum/beacon-APIs) over one or more endpoints. Methods block; call
 * them from a virtual thread. A null result means that the node says it does not know (404). Any
 * thread.
 */
public final class BeaconClient {
  private static final String JSON = "application/json";
  private static final String SSZ_OR_JSON = "application/octet-stream;q=1.0,application/json;q=0.9";
  private static final int MAX_BLOBS_PER_ANSWER = 72;

  /** Room for {@link #MAX_BLOBS_PER_ANSWER} blobs as JSON. */
  private static final int MAX_BLOB_ANSWER_BYTES = 20 << 20;

  private static final int MAX_BLOCK_ANSWER_BYTES = 64 << 20;
  private static final int MAX_ERROR_TEXT = 200;
  private static final int MAX_ERROR_BODY_BYTES = 4_096;

  /** A slot behind is ordinary: endpoints hear of a block one after the other. */
  private static final long TOLERATED_LAG_SLOTS = 2;

  /** An endpoint without the lookahead route is asked again: a fork or an update may bring it. */
  private static final long LOOKAHEAD_ASKED_AGAIN_NANOS = 600_000_000_000L;

  private final EndpointPool pool;
  private final Transport transport;
  private final HttpOptions options;
  private final ConcurrentHashMap<Endpoint, Long> withoutLookaheadSinceNanos =
      new ConcurrentHashMap<>();

  public BeaconClient(EndpointPool pool, Transport transport, HttpOptions options) {
    this.pool = pool;
    this.transport = transport;
    this.options = options;
  }

  public EndpointPool pool() {
    return pool;
  }

  /**
   * From now on only endpoints of this chain are asked.
   *
   * @param told of each endpoint that is refused with the reason, and when it is not any more
   */
  public void requireChain(
      long chainId, Hash32 genesisValidatorsRoot, EndpointPool.GateListener told) {
    AtomicReference<@Nullable Address> contract = new AtomicReference<>();
    pool.guard(
        endpoint -> {
          BeaconGenesis genesis =
              read(endpoint, get(endpoint, "/eth/v1/beacon/genesis"), BeaconJson::genesis);
          if (!genesis.validatorsRoot().equals(genesisValidatorsRoot)) {
            return "has genesis validators root %s, expected %s"
                .formatted(genesis.validatorsRoot(), genesisValidatorsRoot);
          }
          DepositContract deposits = depositContract(endpoint);
          if (deposits != null && deposits.chainId() != chainId) {
            return "stands over execution chain %d, expected %d"
                .formatted(deposits.chainId(), chainId);
          }
          if (deposits != null && !contract.compareAndSet(null, deposits.address())) {
            Address known = contract.get();
            if (!deposits.address().equals(known)) {
              return "has deposit contract %s, another endpoint %s"
                  .formatted(deposits.address(), known);
            }
          }
          return null;
        },
        told);
  }

  /** Null where it is not served. */
  private @Nullable DepositContract depositContract(Endpoint endpoint) throws L1Exception {
    HttpAnswer answer = get(endpoint, "/eth/v1/config/deposit_contract");
    return isUnserved(answer) ? null : read(endpoint, answer, BeaconJson::depositContract);
  }

  /** Asks every endpoint for its head and ranks those last that lag behind or are syncing. */
  public void rankByHead() {
    pool.rankByHead(
        endpoint -> {
          SyncStatus status =
              read(endpoint, get(endpoint, "/eth/v1/node/syncing"), BeaconJson::syncing);
          return status.isReady() ? status.headSlot().value() : null;
        },
        TOLERATED_LAG_SLOTS);
  }

  private interface Reader<T> {
    T read(JsonNode answer) throws DecodeException;
  }

  public BeaconGenesis genesis() throws L1Exception {
    return require("/eth/v1/beacon/genesis", BeaconJson::genesis);
  }

  public ChainSpec spec() throws L1Exception {
    BeaconGenesis genesis = genesis();
    return require("/eth/v1/config/spec", answer -> BeaconJson.spec(genesis, answer));
  }

  public SyncStatus syncing() throws L1Exception {
    return require("/eth/v1/node/syncing", BeaconJson::syncing);
  }

  public @Nullable BeaconHeader header(BlockId id) throws L1Exception {
    return find("/eth/v1/beacon/headers/" + id, BeaconJson::header);
  }

  public @Nullable Hash32 blockRoot(BlockId id) throws L1Exception {
    return find(
        "/eth/v1/beacon/blocks/" + id + "/root",
        answer -> Json.hash(Json.field(answer, "data"), "root"));
  }

  public @Nullable FinalityCheckpoints finality(BlockId stateId) throws L1Exception {
    return find("/eth/v1/beacon/states/" + stateId + "/finality_checkpoints", BeaconJson::finality);
  }

  /** Which execution block beacon block {@code id} carries or names. */
  public @Nullable ExecutionLink execution(BlockId id) throws L1Exception {
    return pool.firstFound(endpoint -> {
      HttpAnswer answer =
          get(endpoint, "/eth/v2/beacon/blocks/" + id, JSON, MAX_BLOCK_ANSWER_BYTES);
      return answer.status() == 404 ? null : read(endpoint, answer, BeaconJson::execution);
    });
  }

  /** The execution block of one endpoint's own head; null when it does not know. */
  public @Nullable ExecutionLink headLink(Endpoint endpoint) throws L1Exception {
    HttpAnswer answer =
        get(endpoint, "/eth/v2/beacon/blocks/" + BlockId.HEAD, JSON, MAX_BLOCK_ANSWER_BYTES);
    return answer.status() == 404 ? null : read(endpoint, answer, BeaconJson::execution);
  }

  /**
   * Who proposes in {@code epoch}; nodes answer for the current and the next one. Where the second
   * version of the route is missing, the first is used and its dependent root is replaced by the
   * one of EIP-7917 (that of the epoch before), which does not move with each block.
   */
  public ProposerDuties proposerDuties(Epoch epoch, int slotsPerEpoch) throws L1Exception {
    return any(endpoint -> {
      HttpAnswer v2 = get(endpoint, "/eth/v2/validator/duties/proposer/" + epoch);
      if (v2.isOk()) {
        return read(endpoint, v2, answer -> duties(epoch, slotsPerEpoch, answer));
      }
      if (v2.status() != 404 && v2.status() != 405 && v2.status() != 501) {
        throw refused(endpoint, v2);
      }
      ProposerDuties first =
          read(
              endpoint,
              get(endpoint, "/eth/v1/validator/duties/proposer/" + epoch),
              answer -> duties(epoch, slotsPerEpoch, answer));
      return withStableRoot(endpoint, first);
    });
  }

  private ProposerDuties withStableRoot(Endpoint endpoint, ProposerDuties duties)
      throws L1Exception {
    if (duties.epoch().value() == 0) {
      return duties;
    }
    HttpAnswer before =
        get(endpoint, "/eth/v1/validator/duties/proposer/" + (duties.epoch().value() - 1));
    if (!before.isOk()) {
      // a past epoch is refused: within its own epoch the first version's root is stable too
      return duties;
    }
    Hash32 root = read(endpoint, before, answer -> Json.hash(answer, "dependent_root"));
    return new ProposerDuties(duties.epoch(), root, duties.duties());
  }

  /**
   * What the endpoints that are well say the proposers of one state are (EIP-7917): a state has one
   * root, so none of them can mean another branch. Those that do not have this state are left out,
   * and so, for a while, are those that do not serve the route.
   */
  public List<StateLookahead> lookaheads(Hash32 stateRoot) {
    List<StateLookahead> answers = new ArrayList<>();
    for (Endpoint endpoint : pool.healthy()) {
      Long since = withoutLookaheadSinceNanos.get(endpoint);
      if (since != null && pool.nowNanos() - since < LOOKAHEAD_ASKED_AGAIN_NANOS) {
        continue;
      }
      try {
        if (!pool.admits(endpoint)) {
          continue;
        }
        HttpAnswer answer = get(endpoint, lookaheadOf(stateRoot.toHex()));
        if (answer.isOk()) {
          answers.add(
              new StateLookahead(endpoint.name(), read(endpoint, answer, BeaconJson::lookahead)));
        } else if (isUnserved(answer)) {
          noteWhetherServed(endpoint);
        } else {
          throw refused(endpoint, answer);
        }
        pool.succeeded(endpoint);
      } catch (L1Exception e) {
        if (e.isTemporary()) {
          pool.failed(endpoint);
        }
      }
    }
    return answers;
  }

  /** The endpoints that do not serve the lookahead, by name. */
  public List<String> withoutLookahead() {
    return withoutLookaheadSinceNanos.keySet().stream().map(Endpoint::name).sorted().toList();
  }

  /** A state that an endpoint does not have and a route that it does not have look alike. */
  private void noteWhetherServed(Endpoint endpoint) throws L1Exception {
    if (isUnserved(get(endpoint, lookaheadOf(BlockId.HEAD.text())))) {
      withoutLookaheadSinceNanos.put(endpoint, pool.nowNanos());
    } else {
      withoutLookaheadSinceNanos.remove(endpoint);
    }
  }

  private static boolean isUnserved(HttpAnswer answer) {
    return switch (answer.status()) {
      case 400, 404, 405, 501 -> true;
      default -> false;
    };
  }

  private static String lookaheadOf(String stateId) {
    return "/eth/v1/beacon/states/" + stateId + "/proposer_lookahead";
  }

  private static ProposerDuties duties(Epoch epoch, int slotsPerEpoch, JsonNode answer)
      throws DecodeException {
    return BeaconJson.inEpoch(BeaconJson.duties(epoch, answer), slotsPerEpoch);
  }

  /**
   * The blobs of a block, those of {@code versionedHashes} only where the node filters. Not
   * verified: compare commitments. Each is 131,072 bytes.
   */
  public @Nullable List<Bytes> blobs(BlockId id, List<Hash32> versionedHashes) throws L1Exception {
    String query =
        versionedHashes.isEmpty()
            ? ""
            : versionedHashes.stream()
                .map(h -> "versioned_hashes=" + h.toHex())
                .collect(Collectors.joining("&", "?", ""));
    return pool.firstFound(endpoint -> {
      HttpAnswer answer =
          get(endpoint, "/eth/v1/beacon/blobs/" + id + query, SSZ_OR_JSON, MAX_BLOB_ANSWER_BYTES);
      if (answer.isOk() && answer.contentType().startsWith("application/octet-stream")) {
        return sszBlobs(endpoint, answer.body());
      }
      return hasNoSuchRoute(answer)
          ? blobSidecars(endpoint, id)
          : read(endpoint, answer, data -> jsonBlobs(data, null));
    });
  }

  /** A 404 is an unknown block, or an older node without the route: that answers the older one. */
  private static boolean hasNoSuchRoute(HttpAnswer answer) {
    return answer.status() == 404 || answer.status() == 405 || answer.status() == 501;
  }

  /** The route before the one for blobs (deprecated in version 4 of the API, removed in 5). */
  private @Nullable List<Bytes> blobSidecars(Endpoint endpoint, BlockId id) throws L1Exception {
    HttpAnswer answer =
        get(endpoint, "/eth/v1/beacon/blob_sidecars/" + id, JSON, MAX_BLOB_ANSWER_BYTES);
    return hasNoSuchRoute(answer) ? null : read(endpoint, answer, data -> jsonBlobs(data, "blob"));
  }

  /**
   * A state from the first endpoint that has it whole, not held in memory; null when none knows it.
   * What the reader refuses is a bad answer, and the next endpoint is asked.
   */
  public <T> @Nullable T state(BlockId stateId, StateStream.Reader<T> reader) throws L1Exception {
    return pool.firstFound(endpoint -> {
      HttpCall call =
          new HttpCall(
              endpoint,
              endpoint.uri("/eth/v2/debug/beacon/states/" + stateId),
              "application/octet-stream",
              null,
              options.maxAnswerBytes(),
              options.timeoutMs());
      try (HttpStream answer = transport.stream(call)) {
        if (answer.status() == 404) {
          return null;
        }
        if (answer.status() != 200) {
          byte[] start = answer.body().readNBytes(MAX_ERROR_BODY_BYTES);
          throw refused(endpoint, new HttpAnswer(answer.status(), "", start));
        }
        return StateStream.read(answer, reader);
      } catch (IOException e) {
        throw new L1Exception(Kind.UNREACHABLE, endpoint + ": " + e.getMessage(), e);
      } catch (DecodeException e) {
        throw new L1Exception(Kind.BAD_ANSWER, endpoint + ": " + e.getMessage(), e);
      }
    });
  }

  private static List<Bytes> sszBlobs(Endpoint endpoint, byte[] body) throws L1Exception {
    if (body.length % Kzg.BLOB_BYTES != 0 || body.length / Kzg.BLOB_BYTES > MAX_BLOBS_PER_ANSWER) {
      throw new L1Exception(
          Kind.BAD_ANSWER, endpoint + ": " + body.length + " bytes are no list of blobs");
    }
    List<Bytes> blobs = new ArrayList<>();
    Bytes all = Bytes.wrap(body);
    for (int at = 0; at < body.length; at += Kzg.BLOB_BYTES) {
      blobs.add(all.slice(at, at + Kzg.BLOB_BYTES));
    }
    return blobs;
  }

  /**
   * The blobs of an answer.
   *
   * @param field of each entry, or null when the entries are the blobs
   */
  private static List<Bytes> jsonBlobs(JsonNode answer, @Nullable String field)
      throws DecodeException {
    List<Bytes> blobs = new ArrayList<>();
    for (JsonNode entry : Json.array(answer, "data", MAX_BLOBS_PER_ANSWER)) {
      Bytes blob = field == null ? Json.asBytes(entry, "blob") : Json.bytes(entry, field);
      if (blob.size() != Kzg.BLOB_BYTES) {
        throw new DecodeException("blob of " + blob.size() + " bytes, expected 131072");
      }
      blobs.add(blob);
    }
    return blobs;
  }

  private <T> T require(String path, Reader<T> reader) throws L1Exception {
    return any(endpoint -> read(endpoint, get(endpoint, path), reader));
  }

  /** The first answer: where one endpoint refuses, being behind, another may not. */
  private <T> T any(EndpointPool.Search<T> search) throws L1Exception {
    T answer = pool.firstFound(search);
    if (answer == null) {
      throw new IllegalStateException("a beacon node's answer is never null");
    }
    return answer;
  }

  private <T> @Nullable T find(String path, Reader<T> reader) throws L1Exception {
    return pool.firstFound(endpoint -> {
      HttpAnswer answer = get(endpoint, path);
      return answer.status() == 404 ? null : read(endpoint, answer, reader);
    });
  }

  private HttpAnswer get(Endpoint endpoint, String path) throws L1Exception {
    return get(endpoint, path, JSON, options.maxAnswerBytes());
  }

  private HttpAnswer get(Endpoint endpoint, String path, String accept, int maxBytes)
      throws L1Exception {
    HttpAnswer answer =
        transport.exchange(
            new HttpCall(
                endpoint, endpoint.uri(path), accept, null, maxBytes, options.timeoutMs()));
    boolean page = answer.contentType().startsWith("text/html");
    if (page && L1Exception.kindOf(answer.status()) == Kind.REFUSED) {
      // a proxy's "not found" is not the node's
      throw new L1Exception(
          Kind.BAD_ANSWER,
          answer.status(),
          endpoint + ": HTTP " + answer.status() + ", a page instead of an answer",
          null,
          null);
    }
    return answer;
  }

  private static <T> T read(Endpoint endpoint, HttpAnswer answer, Reader<T> reader)
      throws L1Exception {
    if (!answer.isOk()) {
      throw refused(endpoint, answer);
    }
    try {
      return reader.read(Json.parse(answer.body()));
    } catch (DecodeException e) {
      throw new L1Exception(Kind.BAD_ANSWER, endpoint + ": " + e.getMessage(), e);
    }
  }

  private static L1Exception refused(Endpoint endpoint, HttpAnswer answer) {
    int status = answer.status();
    return new L1Exception(
        L1Exception.kindOf(status),
        status,
        endpoint + ": HTTP " + status + errorText(answer),
        null,
        null);
  }

  /** The {@code message} of a beacon error object, when it is one. */
  private static String errorText(HttpAnswer answer) {
    try {
      String text = Json.text(Json.parse(answer.body()), "message");
      return ": " + text.substring(0, Math.min(text.length(), MAX_ERROR_TEXT));
    } catch (DecodeException e) {
      int shown = Math.min(answer.body().length, 60);
      String start =
          new String(answer.body(), 0, shown, StandardCharsets.UTF_8)
              .replaceAll("\\p{Cntrl}+", " ")
              .strip();
      return start.isEmpty() ? "" : ": " + start;
    }
  }
}
