// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.state;

import io.lockstep.execution.journal.AccountState;
import io.lockstep.execution.journal.StateDiff;
import io.lockstep.execution.journal.StateDiff.AccountChange;
import io.lockstep.primitives.codec.DecodeException;
import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads the {@code alloc} of a genesis file. Pure. */
final class GenesisAllocation {
  private GenesisAllocation() {}

  static StateDiff read(GenesisFields alloc) throws DecodeException {
    Map<Address, AccountChange> accounts = new LinkedHashMap<>();
    Map<Hash32, Bytes> code = new LinkedHashMap<>();
    for (String name : alloc.node().propertyNames()) {
      if (accounts.put(address(alloc, name), account(alloc.object(name), code)) != null) {
        throw alloc.fault(name, "stands twice, in two spellings");
      }
    }
    return new StateDiff(Collections.unmodifiableMap(accounts), Collections.unmodifiableMap(code));
  }

  private static AccountChange account(GenesisFields in, Map<Hash32, Bytes> code)
      throws DecodeException {
    Bytes bytes = in.bytes("code");
    Hash32 codeHash = Keccak.hash(bytes);
    if (!bytes.isEmpty()) {
      code.put(codeHash, bytes);
    }
    Map<UInt256, UInt256> storage =
        in.field("storage") == null ? Map.of() : storage(in.object("storage"));
    AccountState state =
        new AccountState(
            in.unsignedLong("nonce"),
            in.number256("balance", UInt256.ZERO),
            codeHash,
            !storage.isEmpty());
    return new AccountChange(state, false, Collections.unmodifiableMap(storage));
  }

  // Words may be written with fewer than 64 digits; a zero is no word.
  private static Map<UInt256, UInt256> storage(GenesisFields in) throws DecodeException {
    Map<UInt256, UInt256> words = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : in.node().properties()) {
      try {
        UInt256 slot = word(entry.getKey());
        UInt256 value = word(entry.getValue().asString());
        if (!value.isZero()) {
          words.put(slot, value);
        }
      } catch (IllegalArgumentException e) {
        throw in.fault(entry.getKey(), "is not a pair of words of hex");
      }
    }
    return words;
  }

  private static UInt256 word(String hex) {
    String digits = hex.startsWith("0x") ? hex.substring(2) : hex;
    if (!digits.matches("[0-9a-fA-F]{0,64}")) {
      throw new IllegalArgumentException("not a word: " + hex);
    }
    return UInt256.of(new BigInteger("0" + digits, 16));
  }

  private static Address address(GenesisFields alloc, String name) throws DecodeException {
    try {
      return Address.fromHex(name);
    } catch (IllegalArgumentException e) {
      throw alloc.fault(name, "is not an address");
    }
  }
}
