// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.rpc;

import io.lockstep.execution.evm.Frame;
import io.lockstep.execution.evm.Tracer;
import io.lockstep.execution.fork.Op;
import io.lockstep.primitives.tx.AccessListEntry;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects the accounts and storage words that a run touches (EIP-2930). The run's thread. */
final class AccessListTracer implements Tracer {
  private final Set<Address> warmAnyway;
  private final Map<Address, Set<Hash32>> touched = new TreeMap<>();

  /**
   * Begins with what is known to be touched.
   *
   * @param warmAnyway accounts that are listed only for their storage
   */
  AccessListTracer(Set<Address> warmAnyway, List<AccessListEntry> known) {
    this.warmAnyway = warmAnyway;
    for (AccessListEntry entry : known) {
      account(entry.address());
      entry.storageKeys().forEach(key -> slot(entry.address(), key));
    }
  }

  List<AccessListEntry> list() {
    List<AccessListEntry> list = new ArrayList<>();
    touched.forEach((address, keys) -> list.add(new AccessListEntry(address, List.copyOf(keys))));
    return list;
  }

  private void account(Address address) {
    if (!warmAnyway.contains(address)) {
      touched.computeIfAbsent(address, each -> new TreeSet<>());
    }
  }

  private void slot(Address address, Hash32 key) {
    touched.computeIfAbsent(address, each -> new TreeSet<>()).add(key);
  }

  @Override
  public void enter(Frame frame) {}

  @Override
  public void exit(Frame frame, int status) {}

  @Override
  public void step(Frame frame, int op) {
    int size = frame.stackSize();
    switch (op) {
      case Op.SLOAD, Op.SSTORE -> {
        if (size >= 1) {
          slot(frame.selfAddress(), frame.stackWord(size - 1).toHash());
        }
      }
      case Op.BALANCE, Op.EXTCODESIZE, Op.EXTCODECOPY, Op.EXTCODEHASH, Op.SELFDESTRUCT -> {
        if (size >= 1) {
          account(address(frame.stackWord(size - 1)));
        }
      }
      case Op.CALL, Op.CALLCODE, Op.DELEGATECALL, Op.STATICCALL -> {
        if (size >= 2) {
          account(address(frame.stackWord(size - 2)));
        }
      }
      default -> {} // touches nothing
    }
  }

  private static Address address(UInt256 word) {
    return Address.read(word.toArray(), 12);
  }
}
