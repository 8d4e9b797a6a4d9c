// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.rpc.Params;
import io.lockstep.primitives.rpc.RpcError;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Which logs a query is after: any of some addresses, and at each topic's place any of some topics
 * (none given: any at all). Immutable, any thread.
 */
final class LogFilter {
  private static final int MAX_ALTERNATIVES = 1_000;
  private static final int MAX_TOPICS = 4;

  private final Set<Address> addresses;
  private final List<Set<Hash32>> topics;

  /** For each thing that must be there, its alternatives as bits of the bloom filter. */
  private final List<List<int[]>> probes = new ArrayList<>();

  private LogFilter(Set<Address> addresses, List<Set<Hash32>> topics) {
    this.addresses = addresses;
    this.topics = topics;
    if (!addresses.isEmpty()) {
      probes.add(addresses.stream().map(address -> bits(address.toArray())).toList());
    }
    for (Set<Hash32> place : topics) {
      if (!place.isEmpty()) {
        probes.add(place.stream().map(topic -> bits(topic.toArray())).toList());
      }
    }
  }

  /** Reads {@code address} and {@code topics} of a filter object. */
  static LogFilter parse(JsonNode criteria) throws RpcError {
    Set<Address> addresses = new TreeSet<>();
    JsonNode address = criteria.path("address");
    if (address.isArray()) {
      checkAlternatives(address);
      for (JsonNode each : address) {
        addresses.add(Params.address(each, "invalid address"));
      }
    } else if (!address.isMissingNode() && !address.isNull()) {
      addresses.add(Params.address(address, "invalid address"));
    }
    List<Set<Hash32>> topics = new ArrayList<>();
    JsonNode places = criteria.path("topics");
    if (!places.isMissingNode() && !places.isNull() && !places.isArray()) {
      throw RpcError.invalidParams("topics: expected an array");
    }
    if (places.size() > MAX_TOPICS) {
      throw RpcError.invalidParams("exceed max topics: a log has at most " + MAX_TOPICS);
    }
    for (JsonNode place : places) {
      topics.add(alternatives(place));
    }
    return new LogFilter(addresses, List.copyOf(topics));
  }

  private static Set<Hash32> alternatives(JsonNode place) throws RpcError {
    Set<Hash32> any = new TreeSet<>();
    if (place.isArray()) {
      checkAlternatives(place);
      for (JsonNode each : place) {
        if (each.isNull()) {
          return Set.of(); // a null among alternatives: anything goes
        }
        any.add(Params.hash(each, "invalid topic"));
      }
    } else if (!place.isNull()) {
      any.add(Params.hash(place, "invalid topic"));
    }
    return any;
  }

  private static void checkAlternatives(JsonNode list) throws RpcError {
    if (list.size() > MAX_ALTERNATIVES) {
      throw RpcError.invalidParams("exceed max addresses or topics: " + MAX_ALTERNATIVES);
    }
  }

  boolean matches(Log log) {
    if (!addresses.isEmpty() && !addresses.contains(log.address())) {
      return false;
    }
    if (topics.size() > log.topics().size()) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      if (!topics.get(i).isEmpty() && !topics.get(i).contains(log.topics().get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a block or receipt with this bloom may hold a match; false is certain. */
  boolean mayMatch(Bytes bloom) {
    for (List<int[]> alternatives : probes) {
      boolean any = false;
      for (int[] bits : alternatives) {
        any = any || holds(bloom, bits);
      }
      if (!any) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(Bytes bloom, int[] bits) {
    for (int bit : bits) {
      if (((bloom.get(bloom.size() - 1 - bit / 8) >> (bit % 8)) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The three bits of an item in a bloom filter of 2048 (yellow paper, 4.3.1). */
  private static int[] bits(byte[] item) {
    byte[] hash = Keccak.hash(item).toArray();
    int[] bits = new int[3];
    for (int i = 0; i < 3; i++) {
      bits[i] = ((hash[2 * i] & 0x07) << 8) | (hash[2 * i + 1] & 0xff);
    }
    return bits;
  }
}
