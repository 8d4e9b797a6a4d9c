// SPDX-License-Identifier: Apache-2.0
package io.lockstep.devnet.deploy;

import io.lockstep.primitives.crypto.Keccak;
import io.lockstep.primitives.types.Address;
import io.lockstep.primitives.types.Bytes;
import io.lockstep.primitives.types.Hash32;
import io.lockstep.primitives.uint.UInt256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The part of the Solidity ABI that the deployment's calls need: words. Any thread. */
final class Abi {
  private Abi() {}

  static UInt256 word(Address address) {
    byte[] padded = new byte[32];
    address.write(padded, 12);
    return UInt256.read(padded, 0);
  }

  static UInt256 word(Hash32 hash) {
    return UInt256.of(hash);
  }

  static UInt256 word(long unsigned) {
    return UInt256.of(unsigned);
  }

  /** Code with its constructor's arguments behind it. */
  static Bytes creation(Bytes bytecode, UInt256... arguments) {
    return join(bytecode.unsafeArray(), arguments);
  }

  /** A call of {@code signature}, arguments already laid out as words. */
  static Bytes call(String signature, UInt256... words) {
    byte[] hash = Keccak.hash(signature.getBytes(StandardCharsets.US_ASCII)).toArray();
    return join(Arrays.copyOf(hash, 4), words);
  }

  /** The words of a dynamic array: its length and its elements. */
  static List<UInt256> array(List<UInt256> elements) {
    List<UInt256> words = new ArrayList<>();
    words.add(word(elements.size()));
    words.addAll(elements);
    return words;
  }

  /** {@code keccak256(abi.encode(bytes32[]))}: how contracts and nodes hash a list of heads. */
  static Hash32 hashOfArray(List<Hash32> elements) {
    List<UInt256> words = new ArrayList<>();
    words.add(word(32));
    words.addAll(array(elements.stream().map(Abi::word).toList()));
    return Keccak.hash(join(new byte[0], words.toArray(UInt256[]::new)));
  }

  private static Bytes join(byte[] head, UInt256... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head);
    for (UInt256 word : words) {
      out.writeBytes(word.toArray());
    }
    return Bytes.wrap(out.toByteArray());
  }
}
