// SPDX-License-Identifier: Apache-2.0
package io.lockstep.l1client.contract;

import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Wei;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments that stand behind the code of a contract that is created. Any thread. */
public final class ConstructorAbi {
  private ConstructorAbi() {}

  /**
   * Of {@code OperatorRegistry}.
   *
   * @param slasher null when nobody can slash
   */
  public static Bytes registry(
      Wei minStake, long exitDelaySeconds, @Nullable Address slasher, BeaconParameters beacon) {
    AbiWriter out =
        new AbiWriter()
            .number(minStake.amount())
            .number(exitDelaySeconds)
            .address(slasher == null ? Address.ZERO : slasher)
            .number(4 * 32);
    BeaconAbi.write(out, beacon);
    return out.toBytes();
  }

  /** Of {@code LookaheadOracle}. */
  public static Bytes oracle(Address registry, BeaconParameters beacon) {
    AbiWriter out = new AbiWriter().address(registry).number(2 * 32);
    BeaconAbi.write(out, beacon);
    return out.toBytes();
  }

  /** Of {@code ClusterInbox}. */
  public static Bytes inbox(InboxParameters p) {
    AbiWriter out =
        new AbiWriter()
            .number(32)
            .address(p.registry())
            .address(p.oracle())
            .word(p.genesisHead())
            .number(8 * 32)
            .number(p.tickSeconds())
            .number(p.handoverLeadSeconds())
            .number(p.openAfterSlots())
            .number(p.forcedGasPriceWei());
    return ids(out, p.rollupIds()).toBytes();
  }

  /** Of {@code L1Messenger}. */
  public static Bytes messenger(Address registry, List<Long> rollupIds) {
    return ids(new AbiWriter().address(registry).number(2 * 32), rollupIds).toBytes();
  }

  private static AbiWriter ids(AbiWriter out, List<Long> rollupIds) {
    out.number(rollupIds.size());
    rollupIds.forEach(out::number);
    return out;
  }
}
