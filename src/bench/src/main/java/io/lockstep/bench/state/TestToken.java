// SPDX-License-Identifier: Apache-2.0
package io.lockstep.bench.state;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;

/** A token that does what a transfer needs: two balances and the event. */
public final class TestToken {
  /** Runtime code; balances are at keccak(holder, 0). */
  public static final Bytes CODE =
      Bytes.fromHex(
          "0x5f3560e01c8063a9059cbb146012575f5ffd5b335f525f60205260405f20805460243580821060855780"
              + "9103825560043573ffffffffffffffffffffffffffffffffffffffff16805f5260405f2080548301"
              + "9055905f52337fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60"
              + "205fa360015f5260205ff35b5f5ffd");

  static final Hash32 CODE_HASH = Keccak.hash(CODE);

  private TestToken() {}

  /** Where a holder's balance is. */
  public static UInt256 balanceSlot(Address holder) {
    byte[] key = new byte[64];
    holder.write(key, 12);
    return UInt256.of(Keccak.hash(key));
  }
}
