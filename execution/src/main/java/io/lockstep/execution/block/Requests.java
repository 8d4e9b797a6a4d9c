// SPDX-License-Identifier: Apache-2.0
package io.lockstep.execution.block;

import io.lockstep.primitives.crypto.Sha256;
import io.lockstep.primitives.tx.Log;
import io.lockstep.primitives.tx.Receipt;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Execution requests (EIP-7685) and the deposits among them (EIP-6110). Any thread. */
public final class Requests {
  static final int DEPOSIT = 0;
  static final int WITHDRAWAL = 1;
  static final int CONSOLIDATION = 2;

  /** DepositEvent(bytes,bytes,bytes,bytes,bytes). */
  private static final Hash32 DEPOSIT_EVENT =
      Hash32.fromHex("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");

  private static final int DEPOSIT_EVENT_BYTES = 576;
  private static final int[] FIELD_OFFSETS = {160, 256, 320, 384, 512};

  /** Public key, withdrawal credentials, amount, signature, index. */
  private static final int[] FIELD_BYTES = {48, 32, 8, 96, 8};

  private Requests() {}

  /**
   * The commitment to a block's requests, each a type byte and data; those without data count not.
   */
  public static Hash32 hash(List<Bytes> requests) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (Bytes request : requests) {
      if (request.size() > 1) {
        hashes.writeBytes(Sha256.hash(request.unsafeArray()).toArray());
      }
    }
    return Sha256.hash(hashes.toByteArray());
  }

  /** The deposits in the logs of a block, one after the other; null when one is misshapen. */
  static @Nullable Bytes deposits(List<Receipt> receipts, Address depositContract) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Receipt receipt : receipts) {
      for (Log log : receipt.logs()) {
        if (log.address().equals(depositContract)
            && !log.topics().isEmpty()
            && log.topics().getFirst().equals(DEPOSIT_EVENT)
            && !appendDeposit(log.data().unsafeArray(), out)) {
          return null;
        }
      }
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static boolean appendDeposit(byte[] data, ByteArrayOutputStream out) {
    if (data.length != DEPOSIT_EVENT_BYTES) {
      return false;
    }
    for (int i = 0; i < FIELD_OFFSETS.length; i++) {
      if (!UInt256.read(data, 32 * i).equals(UInt256.of(FIELD_OFFSETS[i]))
          || !UInt256.read(data, FIELD_OFFSETS[i]).equals(UInt256.of(FIELD_BYTES[i]))) {
        return false;
      }
    }
    for (int i = 0; i < FIELD_OFFSETS.length; i++) {
      out.write(data, FIELD_OFFSETS[i] + 32, FIELD_BYTES[i]);
    }
    return true;
  }

  static Bytes typed(int type, Bytes data) {
    byte[] out = new byte[data.size() + 1];
    out[0] = (byte) type;
    System.arraycopy(data.unsafeArray(), 0, out, 1, data.size());
    return Bytes.wrap(out);
  }
}
