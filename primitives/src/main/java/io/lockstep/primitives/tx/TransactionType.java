// SPDX-License-Identifier: Apache-2.0
package io.lockstep.primitives.tx;

import io.lockstep.primitives.codec.DecodeException;

/** EIP-2718 transaction types. */
public enum TransactionType {
  LEGACY(0),
  /** EIP-2930. */
  ACCESS_LIST(1),
  /** EIP-1559. */
  FEE_MARKET(2),
  /** EIP-4844; never on L2. */
  BLOB(3),
  /** EIP-7702. */
  SET_CODE(4);

  private final int id;

  TransactionType(int id) {
    this.id = id;
  }

  /** The type byte; legacy has none on the wire. */
  public int id() {
    return id;
  }

  /** The type with this byte on the wire, legacy (which has none) not among them. */
  public static TransactionType ofWireByte(int typeByte) throws DecodeException {
    return switch (typeByte) {
      case 1 -> ACCESS_LIST;
      case 2 -> FEE_MARKET;
      case 3 -> BLOB;
      case 4 -> SET_CODE;
      default -> throw new DecodeException("transaction type not supported: " + typeByte);
    };
  }
}
